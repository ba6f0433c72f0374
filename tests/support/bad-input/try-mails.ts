// Puts many bad mails to a relay in memory, one after the other, and says which of them came to no good end.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { openMailReader, readingDefaults } from '#mail/reading/mail-reader.ts';
import type { MailReader } from '#relay/mail-port.ts';
import { becameOf, look } from '#tests/support/bad-input/fate.ts';
import type { Became, Fate, Sight } from '#tests/support/bad-input/fate.ts';
import { bounceMark, knownSender, replyMark, saysOwnWord } from '#tests/support/bad-input/mail-grammar.ts';
import { mailWriter, volunteerHere } from '#tests/support/world-people.ts';
import { evidenceHeader, minutes, readingSettings, relayWorld } from '#tests/support/world.ts';
import type { RelayWorld } from '#tests/support/world.ts';

export interface Finding {
  readonly what: string;
  readonly mail: Buffer;
}

export interface Tried {
  readonly fates: Readonly<Record<Fate, number>>;
  readonly findings: readonly Finding[];
  /** The longest that nothing else could go on, in ms. */
  readonly longestStallMs: number;
}

export const openReader = (): MailReader => openMailReader({ ...readingDefaults, ...readingSettings });

/** What a robot writes holds at least one of these somewhere. */
const robotish =
  /auto-?(?:submitted|reply|respond|generated)|preceden|preferen|list-|mailing-list|return-path|report|daemon|postmaster|bounce|delivery|failed-recipients|vacation|disposition|machinegenerated|autoresponder|message-generated|rfc822-headers|from[ \t]*:[^\r\n]*help[@+]|help\+b-|message-id[ \t]*:[ \t]*<[a-z0-9]{26}@relay/iu;
const isRobotish = (mail: Buffer): boolean => robotish.test(mail.toString('latin1'));

const plainSender = /^From:[ \t]*(?:(?:ada@writers|new@strangers)\.example|[\w ]+<(?:ada@writers|new@strangers)\.example>)[ \t]*$/u;

/** Nobody can be in doubt who sent this. */
const isPlain = (mail: Buffer): boolean => {
  const all = mail.toString('latin1');
  const end = all.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const head = all.slice(0, end);
  const lines = head.split('\r\n');
  const froms = lines.filter((each) => /^from[ \t]*:/iu.test(each));
  // A control character may end the field for one reader and not for another.
  return froms.length === 1 && plainSender.test(froms[0] ?? '') && !/[\0-\x08\x0b\x0c\x0e-\x1f]|\r(?!\n)|(?<!\r)\n|\r\n[ \t]/u.test(head);
};

const automaticMailsADay = 20;

/** Nothing automatic goes to an address that may not have written, nor more than so many a day to anybody. */
const mayNotBeAnswered = (mail: Buffer, mailsBefore: readonly string[]): boolean =>
  new RegExp(`^${evidenceHeader}: fail (?:reject|quarantine)\\r?$`, 'mu').test(mail.toString('latin1')) ||
  mailsBefore.length >= automaticMailsADay;

const troubles = (of: {
  readonly mail: Buffer;
  readonly became: Became;
  readonly taken: 'kept' | 'known';
  readonly before: Sight;
}): readonly string[] => {
  const { mail, became, taken, before } = of;
  const found = [...became.wrong];
  if (became.fate === 'nothing' && taken === 'kept' && !isRobotish(mail)) found.push('silence');
  const untold = became.setAside.includes('untold') || became.setAside.includes('flood');
  const mails = before.mails.map((each) => each.to).filter((to) => mail.toString('latin1').toLowerCase().includes(to.toLowerCase()));
  if (untold && !mayNotBeAnswered(mail, mails)) found.push('its sender could have been told');
  if (became.fate === 'quarantined' && !untold && isPlain(mail)) found.push('set aside, though its sender is plain');
  if (became.fate !== 'carried' && became.answers.some((answer) => saysOwnWord.test(answer)))
    found.push('an answer repeats what was written');
  const from = mail.toString('latin1').toLowerCase();
  for (const to of became.answeredTo)
    if (to !== knownSender && !from.includes((to.split('@')[0] ?? to).toLowerCase()))
      found.push('an answer went to somebody who is not in the mail');
  return found;
};

interface Scene {
  readonly world: RelayWorld;
  readonly rooms: readonly string[];
  readonly tokens: { readonly reply: string; readonly bounce: string };
}

const openScene = async (reader: MailReader, end: (undo: () => Promise<void> | void) => void): Promise<Scene> => {
  const world = await relayWorld({ reader, end });
  const ada = mailWriter(world, knownSender);
  await ada.writes('I do not know what to do.');
  const vera = await volunteerHere(world);
  const room = await vera.takes();
  await room.says('I am here.');
  await room.says('!send');
  const tag = (address: string): string => /\+(?:b-)?([a-z0-9]{26})@/u.exec(address)?.[1] ?? '';
  const tokens = { reply: tag(ada.last().replyTo), bounce: tag(ada.last().envelopeFrom) };
  return { world, rooms: [room.roomId, vera.desk.roomId], tokens };
};

const withTokens = (mail: Buffer, { reply, bounce }: Scene['tokens']): Buffer =>
  Buffer.from(mail.toString('latin1').replaceAll(replyMark, reply).replaceAll(bounceMark, bounce), 'latin1');

const tryOne = async (
  { world, rooms, tokens }: Scene,
  of: { readonly mail: Buffer; readonly before: Sight },
): Promise<{ readonly after: Sight; readonly fate: Fate; readonly troubles: readonly string[] }> => {
  const mail = withTokens(of.mail, tokens);
  const taken = await world.takeBytes(mail);
  await world.settle();
  // A DNS that is away is asked again for a quarter of an hour.
  if ((await world.store.inboxInState('received', 1)).length > 0) await world.pass(minutes(20));
  const after = await look(world, rooms);
  const became = becameOf(of.before, after);
  return { after, fate: became.fate, troubles: troubles({ mail, became, taken, before: of.before }) };
};

const mailsOfAWorld = 40;

export const tryMails = async (mails: readonly Buffer[], reader: MailReader): Promise<Tried> => {
  const fates: Record<Fate, number> = { carried: 0, asked: 0, 'both-told': 0, quarantined: 0, answered: 0, nothing: 0 };
  const findings: Finding[] = [];
  const stalls = monitorEventLoopDelay({ resolution: 10 });
  stalls.enable();
  for (let from = 0; from < mails.length; from += mailsOfAWorld) {
    await using ending = new AsyncDisposableStack();
    const scene = await openScene(reader, (undo) => ending.defer(undo));
    let before = await look(scene.world, scene.rooms);
    for (const mail of mails.slice(from, from + mailsOfAWorld)) {
      const tried = await tryOne(scene, { mail, before });
      before = tried.after;
      fates[tried.fate] += 1;
      for (const what of tried.troubles) findings.push({ what, mail });
    }
    // Told of one by one already.
    scene.world.faults();
  }
  stalls.disable();
  return { fates, findings, longestStallMs: stalls.max / 1e6 };
};
