// Odd events by name, as somebody's client could send them, with what has to become of each.
import type { Fate } from '#tests/support/bad-input/fate.ts';
import { botEvent, editOf, noEvent, ownEdit, ownEvent, reactionTo, removalOf, words } from '#tests/support/bad-input/room-events.ts';
import type { RoomStep } from '#tests/support/bad-input/room-events.ts';

export interface NamedEvent {
  readonly name: string;
  /** The last one is what it is about; those before make the ground. */
  readonly steps: readonly RoomStep[];
  readonly becomes: Fate;
  /** The key of what is told about it. */
  readonly told?: string;
  /** What is carried, where it is not simply what was written. */
  readonly carries?: string;
}

const inChat = (raw: RoomStep['raw'], key?: RoomStep['key']): RoomStep => ({ where: 'chat', raw, ...(key === undefined ? {} : { key }) });
const inNewChat = (raw: RoomStep['raw'], key?: RoomStep['key']): RoomStep => ({ ...inChat(raw, key), where: 'new-chat' });
const inCaseRoom = (raw: RoomStep['raw'], key?: RoomStep['key']): RoomStep => ({ ...inChat(raw, key), where: 'case-room' });
const atDesk = (raw: RoomStep['raw']): RoomStep => ({ where: 'desk', raw });

const quote = '> <@somebody:fake.example> what they had said\n\n';
const uncarried: readonly (readonly [name: string, raw: RoomStep['raw']])[] = [
  ['an event of an unknown type', { type: 'org.example.unheard-of', content: { body: 'zwirnelig' } }],
  ['a message of an unknown kind', { type: 'm.room.message', content: { msgtype: 'org.example.odd', body: 'zwirnelig' } }],
  ['a message without words', { type: 'm.room.message', content: { msgtype: 'm.text' } }],
  ['a message whose body is no text', { type: 'm.room.message', content: { msgtype: 'm.text', body: ['zwirnelig'] } }],
  ['a message of nothing', { type: 'm.room.message', content: {} }],
  ['a sticker', { type: 'm.sticker', content: { body: 'a cat', url: 'mxc://x/y', info: {} } }],
  [
    'a voice message',
    { type: 'm.room.message', content: { msgtype: 'm.audio', body: 'voice.ogg', 'org.matrix.msc3245.voice': {}, url: 'mxc://x/y' } },
  ],
  ['a picture', { type: 'm.room.message', content: { msgtype: 'm.image', body: 'me.jpg', url: 'mxc://x/y' } }],
  ['a file', { type: 'm.room.message', content: { msgtype: 'm.file', body: 'cv.pdf', url: 'mxc://x/y' } }],
  ['a film', { type: 'm.room.message', content: { msgtype: 'm.video', body: 'x.mp4', url: 'mxc://x/y' } }],
  ['a location', { type: 'm.room.message', content: { msgtype: 'm.location', body: 'here', geo_uri: 'geo:51.5,0.1' } }],
  ['a poll', { type: 'm.poll.start', content: { 'm.poll': { question: { 'm.text': [{ body: 'Well?' }] }, answers: [] } } }],
  ['a poll, as clients send it today', { type: 'org.matrix.msc3381.poll.start', content: {} }],
  ['a call', { type: 'm.call.invite', content: { call_id: 'c', lifetime: 60_000, offer: {} } }],
  [
    'an edit that brings no words',
    { type: 'm.room.message', content: { msgtype: 'm.text', body: '* x', 'm.relates_to': { rel_type: 'm.replace', event_id: ownEvent } } },
  ],
];

const wordsThatAreCarried: readonly (readonly [name: string, raw: RoomStep['raw'], carries: string])[] = [
  ['a text', words('I am quarfelous.'), 'I am quarfelous.'],
  ['a notice', { type: 'm.room.message', content: { msgtype: 'm.notice', body: 'A notice.' } }, 'A notice.'],
  ['an emote', { type: 'm.room.message', content: { msgtype: 'm.emote', body: 'sighs' } }, 'sighs'],
  ['a reply with its fallback', words(`${quote}My answer.`, { 'm.relates_to': { 'm.in_reply_to': { event_id: botEvent } } }), 'My answer.'],
  [
    'a reply to an event that nobody knows',
    words('To nothing.', { 'm.relates_to': { 'm.in_reply_to': { event_id: noEvent } } }),
    'To nothing.',
  ],
  [
    'a message in a thread',
    words('In a thread.', {
      'm.relates_to': { rel_type: 'm.thread', event_id: ownEvent, is_falling_back: true, 'm.in_reply_to': { event_id: ownEvent } },
    }),
    'In a thread.',
  ],
  ['relations that are none', words('All the same.', { 'm.relates_to': 'nothing' }), 'All the same.'],
  ['relations to relations', words('Deep.', { 'm.relates_to': { rel_type: 'm.thread', event_id: { event_id: ownEvent } } }), 'Deep.'],
  [
    'a formatted body that says something else',
    words('The plain one.', { format: 'org.matrix.custom.html', formatted_body: '<b>zwirnelig</b>' }),
    'The plain one.',
  ],
  ['a body with NUL and lone surrogates', words('a\0b\ud800c'), 'ab\ufffdc'],
  ['a body of 48 kB', words('word '.repeat(9_800).trim()), 'word '.repeat(9_800).trim()],
];

export const namedEvents: readonly NamedEvent[] = [
  ...wordsThatAreCarried.flatMap(([name, raw, carries]) =>
    ([inChat(raw), inNewChat(raw), inCaseRoom(raw)] as const).map((step) => ({
      name: `${name} (${step.where})`,
      steps: [step],
      becomes: 'carried' as const,
      carries,
    })),
  ),
  ...uncarried.flatMap(([name, raw]) => [
    { name: `${name} (chat)`, steps: [inChat(words('First.')), inChat(raw)], becomes: 'both-told' as const, told: 'requester.chat.file' },
    { name: `${name} (new-chat)`, steps: [inNewChat(raw)], becomes: 'answered' as const, told: 'requester.chat.file' },
    {
      name: `${name} (case-room)`,
      steps: [inCaseRoom(words('First.')), inCaseRoom(raw)],
      becomes: 'answered' as const,
      told: 'case.your-file',
    },
    { name: `${name} (desk)`, steps: [atDesk(raw)], becomes: 'answered' as const },
  ]),

  {
    name: 'an edit of what was carried',
    steps: [inChat(words('First.')), inChat(editOf(ownEvent, 'Second.'))],
    becomes: 'carried',
    carries: 'Second.',
  },
  {
    name: 'an edit of an edit',
    steps: [inChat(words('First.')), inChat(editOf(ownEvent, 'Second.')), inChat(editOf(ownEdit, 'Third.'))],
    becomes: 'carried',
    carries: 'Third.',
  },
  {
    name: 'an edit of an event that nobody knows',
    steps: [inChat(editOf(noEvent, 'Of nothing.'))],
    becomes: 'carried',
    carries: 'Of nothing.',
  },
  {
    name: 'an edit as the very first event',
    steps: [inNewChat(editOf(noEvent, 'Of nothing.'))],
    becomes: 'carried',
    carries: 'Of nothing.',
  },
  { name: 'an edit of somebody else’s event', steps: [inChat(editOf(botEvent, 'Not mine.'))], becomes: 'carried', carries: 'Not mine.' },
  {
    name: 'an edit of a word for us',
    steps: [inChat(words('HELP')), inChat(editOf(ownEvent, 'Help me, please.'))],
    becomes: 'carried',
    carries: 'Help me, please.',
  },
  {
    name: 'an edit of what could not be opened',
    steps: [inChat(words('First.'), 'never'), inChat(editOf(ownEvent, 'Now you can.'))],
    becomes: 'carried',
    carries: 'Now you can.',
  },
  {
    name: 'an edit that came unencrypted',
    steps: [inChat(words('First.')), inChat({ ...editOf(ownEvent, 'Forged.'), wire: 'clear' })],
    becomes: 'nothing',
  },
  {
    name: 'an edit of an edit by the volunteer',
    steps: [inCaseRoom(words('First.')), inCaseRoom(editOf(ownEvent, 'Second.')), inCaseRoom(editOf(ownEdit, 'Third.'))],
    becomes: 'carried',
    carries: 'Third.',
  },
  {
    name: 'an edit that leaves nothing of the volunteer’s line takes it back',
    steps: [inCaseRoom(words('First.')), inCaseRoom(editOf(ownEvent, ' \n'))],
    becomes: 'carried',
    carries: '',
  },
  { name: 'an edit at the desk', steps: [atDesk(words('!me')), atDesk(editOf(ownEvent, '!help'))], becomes: 'answered' },

  { name: 'a removal after it was carried', steps: [inChat(words('First.')), inChat(removalOf(ownEvent))], becomes: 'carried' },
  {
    name: 'a removal before anybody took the conversation',
    steps: [inNewChat(words('First.')), inNewChat(removalOf(ownEvent))],
    becomes: 'carried',
  },
  { name: 'a removal before it was sent', steps: [inCaseRoom(words('First.')), inCaseRoom(removalOf(ownEvent))], becomes: 'carried' },
  { name: 'a removal of an event that nobody knows', steps: [inChat(removalOf(noEvent))], becomes: 'nothing' },
  { name: 'a removal of the bot’s event', steps: [inChat(removalOf(botEvent))], becomes: 'nothing' },
  { name: 'a removal of nothing', steps: [inChat({ type: 'm.room.redaction', content: {} })], becomes: 'nothing' },

  {
    name: 'a reaction to the bot’s event',
    steps: [inChat(reactionTo(botEvent, '❤️'))],
    becomes: 'answered',
    told: 'requester.chat.reaction',
  },
  {
    name: 'a reaction to an event that nobody knows',
    steps: [inChat(reactionTo(noEvent, '👍'))],
    becomes: 'answered',
    told: 'requester.chat.reaction',
  },
  {
    name: 'a second reaction on one day',
    steps: [inChat(reactionTo(botEvent, '❤️')), inChat(reactionTo(noEvent, '👍'))],
    becomes: 'nothing',
  },
  {
    name: 'a reaction before any words',
    steps: [inNewChat(reactionTo(botEvent, '❤️'))],
    becomes: 'answered',
    told: 'requester.chat.reaction',
  },
  {
    name: 'a reaction of the volunteer to what they read',
    steps: [inCaseRoom(reactionTo(botEvent, '❤️'))],
    becomes: 'answered',
    told: 'case.your-reaction',
  },
  {
    name: 'a reaction to an event that nobody knows, in the case room',
    steps: [inCaseRoom(reactionTo(noEvent, '1️⃣'))],
    becomes: 'answered',
    told: 'case.your-reaction',
  },
  {
    name: 'a reaction without its symbol',
    steps: [inChat({ type: 'm.reaction', content: { 'm.relates_to': { rel_type: 'm.annotation', event_id: botEvent } } })],
    becomes: 'nothing',
  },

  { name: 'blank words', steps: [inChat(words(' \n\u200b'))], becomes: 'answered', told: 'requester.chat.empty' },
  { name: 'blank words of the volunteer', steps: [inCaseRoom(words(' \n\u200b'))], becomes: 'answered', told: 'case.your-blank' },
  { name: 'no words at all of the volunteer', steps: [inCaseRoom(words(''))], becomes: 'answered', told: 'case.your-blank' },
  {
    name: 'what cannot be opened, whose key never comes',
    steps: [inChat(words('First.'), 'never')],
    becomes: 'answered',
    told: 'requester.chat.unreadable',
  },
  {
    name: 'what cannot be opened, from somebody new',
    steps: [inNewChat(words('First.'), 'never')],
    becomes: 'answered',
    told: 'requester.chat.unreadable',
  },
  {
    name: 'what cannot be opened, whose key comes late',
    steps: [inChat(words('First.'), 'late')],
    becomes: 'carried',
    told: 'requester.chat.unreadable',
    carries: 'First.',
  },
  {
    name: 'what cannot be opened, in the case room',
    steps: [inCaseRoom(words('First.'), 'never')],
    becomes: 'answered',
    told: 'volunteer.unreadable',
  },
  {
    name: 'what cannot be opened, in the case room, whose key comes late',
    steps: [inCaseRoom(words('First.'), 'late')],
    becomes: 'answered',
    told: 'volunteer.unreadable',
  },

  {
    name: 'words that came unencrypted',
    steps: [inChat({ ...words('In clear.'), wire: 'clear' })],
    becomes: 'answered',
    told: 'requester.chat.unencrypted',
  },
  {
    name: 'words that came unencrypted, in the case room',
    steps: [inCaseRoom({ ...words('In clear.'), wire: 'clear' })],
    becomes: 'answered',
    told: 'volunteer.clear',
  },

  { name: 'a topic', steps: [inChat({ type: 'm.room.topic', content: { topic: 'zwirnelig' }, stateKey: '' })], becomes: 'nothing' },
  {
    name: 'a name of the room',
    steps: [inChat({ type: 'm.room.name', content: { name: 'zwirnelig' }, stateKey: '' })],
    becomes: 'nothing',
  },
  {
    name: 'a verification',
    steps: [inChat({ type: 'm.room.message', content: { msgtype: 'm.key.verification.request', body: 'x' } })],
    becomes: 'nothing',
  },
  { name: 'a vote', steps: [inChat({ type: 'm.poll.response', content: {} })], becomes: 'nothing' },
];
