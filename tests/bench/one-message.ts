// How long one message takes through the relay in each of the four ways, in turn with the bare legs of its way.
import { setTimeout as pause } from 'node:timers/promises';
import { somethingNew, takenAt, type BareLegs } from '#tests/bench/bare-legs.ts';
import type { Figure } from '#tests/bench/figure.ts';
import type { ChatCase, MailCase } from '#tests/bench/held-cases.ts';
import { spreadOf } from '#tests/bench/spread.ts';
import type { Stage } from '#tests/support/stage.ts';

const patience = { deadlineMs: 30_000 };
/** What a message still sets going (marks, the sender's own sync) is over before the next is measured. */
const restMs = 250;
/** What a relay may add to the legs that it cannot do without. */
const addedMs = 25;

interface Talking {
  readonly stage: Stage;
  readonly mail: MailCase;
  readonly chat: ChatCase;
}

const ways = ['mail-in', 'mail-out', 'chat-in', 'chat-out'] as const;
type Way = (typeof ways)[number];

const what: Readonly<Record<Way, string>> = {
  'mail-in': 'A mail handed over by its sender, until the volunteer’s client has decrypted it',
  'mail-out': 'A volunteer’s text, until the outgoing mail server has it',
  'chat-in': 'A text in an encrypted chat, until the volunteer’s client has decrypted it',
  'chat-out': 'A volunteer’s text, until the requester’s client has decrypted it',
};

/** When what is waited for had come, and how long that took, in ms; what brings it about is seen to its end. */
const took = async (of: {
  readonly sending: Promise<unknown>;
  readonly coming: Promise<unknown>;
  readonly began: number;
}): Promise<number> => {
  await of.coming;
  const ms = Date.now() - of.began;
  await of.sending;
  return ms;
};

const through = async ({ stage, mail, chat }: Talking, way: Way): Promise<number> => {
  const word = somethingNew();
  const text = `It went on like this, ${word}, all day.`;
  const began = Date.now();
  switch (way) {
    case 'mail-in':
      return took({
        began,
        sending: mail.person.answer(mail.last, text, { program: 'no-quote' }),
        coming: mail.holding.at.person.waitForText(mail.holding.room, word, patience),
      });
    case 'mail-out': {
      const said = mail.holding.at.person.say(mail.holding.room, text);
      const at = await takenAt(stage.stack, { user: stage.supportAddress, word });
      await said;
      return at - began;
    }
    case 'chat-in':
      return took({
        began,
        sending: chat.person.say(chat.chat, text),
        coming: chat.holding.at.person.waitForText(chat.holding.room, word, patience),
      });
    case 'chat-out':
      return took({
        began,
        sending: chat.holding.at.person.say(chat.holding.room, text),
        coming: chat.person.waitForText(chat.chat, word, patience),
      });
  }
};

const bareLegsOf = async (bare: BareLegs, way: Way): Promise<number> => {
  switch (way) {
    case 'mail-in':
      return (await bare.mailIn()) + (await bare.encrypted());
    case 'mail-out':
      return (await bare.encrypted()) + (await bare.mailOut());
    case 'chat-in':
    case 'chat-out':
      return (await bare.encrypted()) + (await bare.encrypted());
  }
};

/** One round more than counts: the first of each is for what is done once (connections, room keys, a process for reading). */
export const measureOneMessage = async (
  talking: Talking,
  of: { readonly bare: BareLegs; readonly rounds: number },
): Promise<readonly Figure[]> => {
  const measured = new Map<Way, { readonly relay: number[]; readonly bare: number[] }>(ways.map((way) => [way, { relay: [], bare: [] }]));
  for (let round = 0; round <= of.rounds; round += 1) {
    for (const [way, rows] of measured) {
      const bare = await bareLegsOf(of.bare, way);
      await pause(restMs);
      const relay = await through(talking, way);
      await pause(restMs);
      if (round === 0) continue;
      rows.bare.push(bare);
      rows.relay.push(relay);
    }
  }
  return [...measured].map(([way, rows]) => {
    const bare = spreadOf(rows.bare);
    return {
      figure: way,
      what: what[way],
      unit: 'ms',
      relay: spreadOf(rows.relay),
      bare,
      bound: { is: 'at-most', value: bare.median + addedMs, from: `bare + ${addedMs} ms` },
    };
  });
};
