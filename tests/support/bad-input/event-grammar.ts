// Events as clients could send them, from harmless to hopeless, in chats, case rooms and at desks. Same seed, same events.
import fc from 'fast-check';
import { ownWords } from '#tests/support/bad-input/mail-grammar.ts';
import { botEvent, editOf, noEvent, ownEdit, ownEvent, reactionTo, removalOf, words } from '#tests/support/bad-input/room-events.ts';
import type { RoomStep } from '#tests/support/bad-input/room-events.ts';

type Raw = RoomStep['raw'];

const oneOf = <Value>(...values: readonly Value[]): fc.Arbitrary<Value> => fc.constantFrom(...values);

const event = oneOf(ownEvent, ownEvent, ownEdit, botEvent, noEvent, '', '$'.repeat(300));
const word = oneOf(...ownWords, 'I', 'am', 'not', 'well', 'é', '你好', '🙂');
const sentence = fc.array(word, { minLength: 1, maxLength: 10 }).map((each) => each.join(' '));
const body = fc.oneof(
  { weight: 6, arbitrary: sentence },
  {
    weight: 3,
    arbitrary: oneOf(
      'HELP',
      'STOP',
      'YES',
      'NO',
      'NEW',
      'NEW\nsomething else',
      'COUNTRY Germany',
      '1',
      '2',
      '1️⃣',
      '!help',
      '!me',
      '!open',
      '!note quarfelous',
      '!send',
      '!sned',
      '!available',
      '!rest 1h',
      '!rest end',
      '!cap 9',
      '!hours zwirnelig',
      '> <@x:fake.example> zwirnelig\n\nanswer',
      '@volunteer:fake.example',
      'https://matrix.to/#/@x:fake.example',
      '',
      ' \n ',
      '\u200b',
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  {
    weight: 1,
    arbitrary: oneOf('x'.repeat(48_000), 'word '.repeat(9_000), '\n'.repeat(40_000), '\ufdfa'.repeat(15_000), 'a@'.repeat(20_000)),
  },
);

const relation = fc.oneof(
  fc.record({ 'm.in_reply_to': fc.record({ event_id: event }) }),
  fc.record({
    rel_type: oneOf('m.thread', 'm.replace', 'm.annotation', 'm.reference', 'odd', ''),
    event_id: event,
    is_falling_back: fc.boolean(),
    key: body,
  }),
  fc.jsonValue(),
);

const message: fc.Arbitrary<Raw> = fc
  .record({
    msgtype: oneOf(
      'm.text',
      'm.text',
      'm.text',
      'm.notice',
      'm.emote',
      'm.image',
      'm.audio',
      'm.location',
      'm.key.verification.request',
      'odd',
      '',
    ),
    body: fc.oneof({ weight: 9, arbitrary: body }, { weight: 1, arbitrary: fc.jsonValue() }),
    relates: fc.option(relation, { freq: 3 }),
    fresh: fc.option(fc.oneof(fc.record({ msgtype: oneOf('m.text', 'm.image'), body }), fc.jsonValue()), { freq: 6 }),
    extra: fc.option(fc.dictionary(fc.string({ maxLength: 12 }), fc.jsonValue(), { maxKeys: 3 }), { freq: 5 }),
  })
  .map(({ msgtype, body: said, relates, fresh, extra }) => ({
    type: 'm.room.message',
    content: {
      ...extra,
      msgtype,
      body: said,
      ...(relates === null ? {} : { 'm.relates_to': relates }),
      ...(fresh === null ? {} : { 'm.new_content': fresh }),
    },
  }));

const odd: fc.Arbitrary<Raw> = fc
  .record({
    type: oneOf(
      'm.sticker',
      'm.poll.start',
      'm.poll.response',
      'm.call.invite',
      'm.call.candidates',
      'm.room.message',
      'm.reaction',
      'm.room.redaction',
      'm.room.encrypted',
      'org.example.odd',
      '',
      'm.room.topic',
    ),
    content: fc.dictionary(
      oneOf('body', 'msgtype', 'm.relates_to', 'm.new_content', 'redacts', 'algorithm'),
      fc.oneof(fc.jsonValue(), body, relation),
      { maxKeys: 4 },
    ),
    stateKey: fc.option(oneOf('', 'x'), { freq: 8 }),
  })
  .map(({ type, content, stateKey }) => ({ type, content, ...(stateKey === null ? {} : { stateKey }) }));

const raw: fc.Arbitrary<Raw> = fc.oneof(
  { weight: 5, arbitrary: body.map((said) => words(said)) },
  { weight: 4, arbitrary: message },
  { weight: 3, arbitrary: odd },
  { weight: 2, arbitrary: fc.tuple(event, body).map(([of, said]) => editOf(of, said)) },
  { weight: 1, arbitrary: event.map(removalOf) },
  { weight: 1, arbitrary: fc.tuple(event, oneOf('👍', '1️⃣', '2️⃣', '1', '', 'zwirnelig')).map(([of, key]) => reactionTo(of, key)) },
);

const where = oneOf<RoomStep['where']>('chat', 'chat', 'chat', 'new-chat', 'new-chat', 'case-room', 'case-room', 'desk');

/** Now and then a key that comes late or never, or an event that came unencrypted. */
export const badEvent: fc.Arbitrary<RoomStep> = fc.tuple(where, raw, fc.nat(40)).map(([place, sent, how]) => {
  if (how === 0) return { where: place, raw: sent, key: 'never' };
  if (how === 1) return { where: place, raw: sent, key: 'late' };
  return { where: place, raw: how === 2 ? { ...sent, wire: 'clear' } : sent };
});
