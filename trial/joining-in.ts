// How somebody joins the running trial with their own mail program and Matrix client. Accounts and passwords of the trial only.
import type { StackAddresses } from './servers/addresses.ts';

export const joiningIn = ({ accounts, matrix, imap, smtp }: StackAddresses): readonly string[] => {
  const [, , thirdVolunteer] = accounts.volunteers;
  const [, secondRequester] = accounts.matrixRequesters;
  const [, mailbox] = accounts.mailRequesters;
  return [
    '',
    'It stays up until Ctrl-C. To join in:',
    '',
    'As somebody who asks, by email:',
    `  mailbox  ${mailbox.address}   password ${mailbox.password}`,
    `  IMAP     ${imap.host} port ${imap.port}, no encryption     SMTP ${smtp.people.host} port ${smtp.people.port}, no encryption, same login`,
    `  write to ${accounts.support.address}`,
    '',
    'As somebody who asks, by Matrix:',
    `  homeserver ${matrix.baseUrl}   user ${secondRequester.userId}   password ${secondRequester.password}`,
    `  start a direct chat with ${accounts.frontBot.userId}`,
    '',
    'As a coordinator (then !invite the volunteer below), and as a volunteer:',
    `  coordinator ${accounts.coordinator.userId}   password ${accounts.coordinator.password}`,
    `  volunteer   ${thirdVolunteer.userId}   password ${thirdVolunteer.password}`,
    '  Your client has to set up encryption (verify or sign its own device) before a volunteer is shown anything.',
    '',
  ];
};
