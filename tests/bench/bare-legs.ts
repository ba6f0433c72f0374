// What the way of a message costs without any relay, on the same servers and with the same libraries: a mail that IMAP pushes and that
// is fetched, an encrypted text from one client to another, a mail handed to the outgoing server.
import { randomBytes } from 'node:crypto';
import { ImapFlow } from 'imapflow';
import { createTransport } from 'nodemailer';
import { startMailPerson, type MailPerson } from '#trial/people/mail-person.ts';
import type { MatrixPerson } from '#trial/people/matrix-person.ts';
import { startSdkPerson } from '#trial/people/sdk-person.ts';
import type { Mailbox } from '#trial/servers/mailboxes.ts';
import type { StackHandle } from '#trial/stack-handle.ts';
import { until } from '#tests/support/until.ts';

export interface BareLegs extends AsyncDisposable {
  /** Each resolves to ms. */
  mailIn(): Promise<number>;
  /** From one to the other of two who share an encrypted room; in turn. */
  encrypted(): Promise<number>;
  mailOut(): Promise<number>;
}

const patience = { deadlineMs: 30_000 };

/** Of letters alone: numbers may look like a phone's and would be taken out. */
export const somethingNew = (): string => `word${[...randomBytes(10)].map((byte) => String.fromCodePoint(97 + (byte % 26))).join('')}`;

/** When the relay's outgoing server has had a mail with this word in it, ms since 1970. */
export const takenAt = (stack: StackHandle, of: { readonly user: string; readonly word: string }): Promise<number> =>
  until(
    'the mail at the outgoing server',
    async () => (await stack.smtp.sent(of.user)).findLast((mail) => mail.raw.includes(of.word))?.at ?? null,
    patience,
  );

/** An encrypted room of two, with a first text in it. */
export const shareRoom = async (one: MatrixPerson, other: MatrixPerson): Promise<string> => {
  const room = await one.startChat(other.userId);
  await other.waitForRoom((each) => each.roomId === room, patience);
  await other.join(room);
  await one.waitForRoom((each) => each.roomId === room && each.joined.includes(other.userId), patience);
  const word = somethingNew();
  await one.say(room, word);
  await other.waitForText(room, word, patience);
  return room;
};

const fetchWhatIsPushed = async (stack: StackHandle, mailbox: Mailbox) => {
  const { imap } = stack.addresses;
  const client = new ImapFlow({
    host: imap.host,
    port: imap.port,
    secure: false,
    doSTARTTLS: false,
    auth: { user: mailbox.address, pass: mailbox.password },
    logger: false,
    autoIdleDelay: 100,
  });
  client.on('error', () => undefined);
  await client.connect();
  await client.mailboxOpen('INBOX');
  return {
    async next(): Promise<void> {
      const { promise, resolve } = Promise.withResolvers<number>();
      client.once('exists', ({ count }: { readonly count: number }) => resolve(count));
      const fetched = await client.fetchOne(String(await promise), { source: true });
      if (fetched === false || fetched.source === undefined) throw new Error('the bare mail is not there');
    },
    end: () => client.logout().catch(() => client.close()),
  };
};

export const openBareLegs = async (stack: StackHandle): Promise<BareLegs> => {
  await using building = new AsyncDisposableStack();
  const homeserver = stack.addresses.matrix;
  const [one, other] = await Promise.all(
    ['one', 'other'].map(async (name) =>
      building.use(await startSdkPerson({ homeserver, account: await stack.admin.freshMatrixAccount(name) })),
    ),
  );
  if (one === undefined || other === undefined) throw new Error('nobody is there');
  const room = await shareRoom(one, other);
  const writer: MailPerson = building.use(await startMailPerson(stack.addresses, stack.admin.freshMailbox('writer')));
  const inbox = stack.admin.freshSupportMailbox();
  const pushed = await fetchWhatIsPushed(stack, inbox);
  building.defer(() => pushed.end());
  const { relay } = stack.addresses.smtp;
  const out = createTransport({
    pool: true,
    host: relay.host,
    port: relay.port,
    auth: { user: inbox.address, pass: inbox.password },
    ignoreTLS: true,
  });
  building.defer(() => out.close());
  let turn = 0;
  const ending = building.move();
  return {
    async mailIn() {
      const got = pushed.next();
      const began = Date.now();
      await writer.write({ to: inbox.address, subject: 'bare', text: somethingNew() });
      await got;
      return Date.now() - began;
    },
    async encrypted() {
      turn += 1;
      const [says, hears] = turn % 2 === 0 ? [one, other] : [other, one];
      const word = somethingNew();
      const began = Date.now();
      const said = says.say(room, word);
      await hears.waitForText(room, word, patience);
      const took = Date.now() - began;
      await said;
      return took;
    },
    async mailOut() {
      const word = somethingNew();
      const began = Date.now();
      const sent = out.sendMail({ from: inbox.address, to: writer.address, subject: 'bare', text: word });
      const at = await takenAt(stack, { user: inbox.address, word });
      await sent;
      return at - began;
    },
    [Symbol.asyncDispose]: () => ending[Symbol.asyncDispose](),
  };
};
