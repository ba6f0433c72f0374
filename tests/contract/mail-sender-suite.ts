// What every MailSender does, the real one and the fake: the outcome tells the truth about where the mail is.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { brandId } from '#domain/ids.ts';
import type { LaneId } from '#domain/ids.ts';
import type { MailSender, OutgoingMail } from '#relay/mail-port.ts';

export type SenderFault =
  | 'refused-recipient'
  | 'recipient-later'
  | 'message-refused'
  | 'message-later'
  | 'lost-before'
  | 'lost-after'
  | 'away';

export interface ArrivedMail {
  readonly envelopeFrom: string;
  readonly to: string;
  readonly replyTo: string;
  readonly messageId: string;
  readonly subject: string;
  readonly text: string;
}

export interface SenderHarness extends AsyncDisposable {
  readonly sender: MailSender;
  /** The next mail meets it. */
  fault(fault: SenderFault): Promise<void>;
  mend(): Promise<void>;
  arrived(): Promise<readonly ArrivedMail[]>;
}

export const support = { local: 'support', domain: 'peers.example' };
const replyToken = 'abcdefghijklmnopqrstuvwxyz';
const verpToken = 'zyxwvutsrqponmlkjihgfedcba';

export function aMail(change: Partial<OutgoingMail> = {}): OutgoingMail {
  return {
    lane: brandId<LaneId>('lane-of-heron'),
    to: { local: 'Quiet.Heron', domain: 'mail.example' },
    subject: 'Re: Größe',
    text: 'Hello,\n\n.a line with a dot\n  spaces in front\nand a longer one: ' + 'long '.repeat(60) + '\n\n— ✓ River\n',
    messageId: 'id1@peers.example',
    date: Date.UTC(2026, 10, 24, 12),
    inReplyTo: null,
    references: [],
    replyToken,
    verpToken,
    autoSubmitted: null,
    ...change,
  };
}

export function mailSenderContract(name: string, open: () => Promise<SenderHarness>): void {
  describe(`${name} as a mail sender`, () => {
    let at: SenderHarness;
    beforeEach(async () => {
      at = await open();
    });
    afterEach(() => at[Symbol.asyncDispose]());

    test('says accepted, and the mail is there once, with its text as it was written', async () => {
      const mail = aMail();
      expect(await at.sender.send(mail)).toEqual({ outcome: 'accepted' });
      expect(await at.arrived()).toEqual([
        {
          envelopeFrom: `support+b-${verpToken}@peers.example`,
          to: 'Quiet.Heron@mail.example',
          replyTo: `support+${replyToken}@peers.example`,
          messageId: 'id1@peers.example',
          subject: 'Re: Größe',
          text: mail.text,
        },
      ]);
    });

    test('sends from the null sender where no bounce is wanted', async () => {
      expect(await at.sender.send(aMail({ verpToken: null, autoSubmitted: 'auto-replied' }))).toEqual({ outcome: 'accepted' });
      expect((await at.arrived()).map((mail) => mail.envelopeFrom)).toEqual(['']);
    });

    test.each([
      ['refused-recipient', 'refused', 0],
      ['recipient-later', 'later', 0],
      ['message-refused', 'refused', 0],
      ['message-later', 'later', 0],
      ['lost-before', 'later', 0],
      ['lost-after', 'unsure', 1],
      ['away', 'later', 0],
    ] as const)('meets %s with %s, and sends the next mail as ever', async (fault, outcome, arrived) => {
      await at.fault(fault);
      const met = await at.sender.send(aMail());
      expect(met).toMatchObject({ outcome });
      expect(JSON.stringify(met).toLowerCase()).not.toMatch(/heron|example/);
      expect(await at.arrived()).toHaveLength(arrived);
      await at.mend();
      expect(await at.sender.send(aMail({ messageId: 'id2@peers.example' }))).toEqual({ outcome: 'accepted' });
      expect((await at.arrived()).map((mail) => mail.messageId).slice(arrived)).toEqual(['id2@peers.example']);
    });

    test('says by check whether mail can go, and sends nothing', async () => {
      expect(await at.sender.check()).toBe('ok');
      await at.fault('away');
      expect(await at.sender.check()).toMatchObject({ code: expect.stringMatching(/^[a-z0-9.-]+$/) });
      expect(await at.arrived()).toEqual([]);
    });

    test('refuses an address that is none, without asking the server', async () => {
      for (const local of ['a b', 'a>', 'a\r\nRCPT TO:<x@y.example>', 'a,b', ''])
        expect(await at.sender.send(aMail({ to: { local, domain: 'mail.example' } }))).toEqual({
          outcome: 'refused',
          code: 'unusable-recipient',
        });
      expect(await at.arrived()).toEqual([]);
    });

    test('sends nothing more once it is disposed, and says so', async () => {
      await at.sender[Symbol.asyncDispose]();
      expect(await at.sender.send(aMail())).toMatchObject({ outcome: 'later' });
      expect(await at.arrived()).toEqual([]);
    });
  });
}
