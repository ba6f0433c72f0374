// How somebody joins the running trial with their own mail program and Matrix client. Accounts and passwords of the trial only, and
// none that the play used: each has no device yet, as an account of one's own has none.
import type { StackAddresses } from './servers/addresses.ts';
import type { MatrixAccountOfTrial } from './servers/matrix-accounts.ts';

export interface Joiners {
  /** Named in the relay's settings. */
  readonly coordinator: MatrixAccountOfTrial;
}

export const joiningIn = ({ accounts, matrix, imap, smtp }: StackAddresses, { coordinator }: Joiners): readonly string[] => {
  const [, , volunteer] = accounts.volunteers;
  const [, asks] = accounts.matrixRequesters;
  const [, mailbox] = accounts.mailRequesters;
  return [
    '',
    'It stays up until Ctrl-C, and nobody but you is in it now. To join in, in this order:',
    '',
    `All Matrix accounts are on the homeserver ${matrix.baseUrl}. When your client offers to set up encryption, let it: a volunteer`,
    'is shown nothing on a device that its owner has not signed. Use a window or profile of its own for each account.',
    '',
    '1. As a coordinator, who invites volunteers:',
    `     user ${coordinator.userId}   password ${coordinator.password}`,
    `     accept the invitation of ${accounts.deskBot.userId}: it is your desk. Write there: !invite ${volunteer.userId}`,
    '2. As that volunteer:',
    `     user ${volunteer.userId}   password ${volunteer.password}`,
    '     accept the invitation, and write there: !alias Willow   and then: !available',
    '3. As somebody who asks, by email or by Matrix:',
    `     mailbox ${mailbox.address}   password ${mailbox.password}`,
    `     IMAP ${imap.host} port ${imap.port}, SMTP ${smtp.people.host} port ${smtp.people.port}, both without encryption; the user is the whole address`,
    `     write a mail to ${accounts.support.address}`,
    `   or`,
    `     user ${asks.userId}   password ${asks.password}`,
    `     begin a direct chat with ${accounts.frontBot.userId}, and write there`,
    '4. The volunteer is asked at the desk: answer 1, accept the invitation to the new room, and answer 1 there to read the first message.',
    '     !send lets what you wrote leave at once, !close ends the conversation, !help says the rest.',
    'One thing differs from a relay in use: there, nobody is asked twice within an hour.',
    '',
  ];
};
