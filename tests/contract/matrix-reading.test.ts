// Reading what other people's chat programs send: plain bodies alone, and nothing makes it stumble.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readHappening } from '#matrix/reading.ts';
import { readRawEvent } from '#matrix/raw-event.ts';
import type { RawEvent } from '#matrix/raw-event.ts';
import { readSyncAnswer } from '#matrix/sync-body.ts';
import type { RoomHappening } from '#relay/matrix-port.ts';

const event = (content: Record<string, unknown>, more: Partial<RawEvent> = {}): RawEvent => ({
  event_id: '$e',
  type: 'm.room.message',
  sender: '@a:b',
  origin_server_ts: 1,
  content,
  redacted: 'no',
  ...more,
});
const read = (content: Record<string, unknown>, more: Partial<RawEvent> = {}): RoomHappening | null =>
  readHappening(event(content, more), event(content, more));
const text = (body: string, replyTo: string | null = null): RoomHappening => ({ type: 'text', eventId: '$e', body, replyTo });

describe('a text', () => {
  it('is its plain body, never the formatted one', () => {
    expect(read({ msgtype: 'm.text', body: 'plain', format: 'org.matrix.custom.html', formatted_body: '<b>other</b>' })).toEqual(
      text('plain'),
    );
    expect(read({ msgtype: 'm.notice', body: 'plain' })).toEqual(text('plain'));
    expect(read({ msgtype: 'm.emote', body: 'waves' })).toEqual(text('waves'));
  });

  it('loses the quote that older programs put before a reply, and nothing else', () => {
    const reply = { 'm.in_reply_to': { event_id: '$q' } };
    expect(read({ msgtype: 'm.text', body: '> <@q:b> first\n> second\n\nmy answer\n> a quote of mine', 'm.relates_to': reply })).toEqual(
      text('my answer\n> a quote of mine', '$q'),
    );
    expect(read({ msgtype: 'm.text', body: '> * <@q:b> waves\n\nmy answer', 'm.relates_to': reply })).toEqual(text('my answer', '$q'));
    expect(read({ msgtype: 'm.text', body: '> a quote of mine\n\nand words', 'm.relates_to': reply })).toEqual(
      text('> a quote of mine\n\nand words', '$q'),
    );
    expect(read({ msgtype: 'm.text', body: '> <@q:b> not a reply' })).toEqual(text('> <@q:b> not a reply'));
  });

  it('in a thread is a text, and a reply only if it is meant as one', () => {
    const thread = { rel_type: 'm.thread', event_id: '$root', 'm.in_reply_to': { event_id: '$last' } };
    expect(read({ msgtype: 'm.text', body: 'x', 'm.relates_to': { ...thread, is_falling_back: true } })).toEqual(text('x'));
    expect(read({ msgtype: 'm.text', body: 'x', 'm.relates_to': thread })).toEqual(text('x', '$last'));
  });

  it('takes its relation from outside the encryption', () => {
    const wire = event(
      { algorithm: 'm.megolm.v1.aes-sha2', 'm.relates_to': { rel_type: 'm.replace', event_id: '$first' } },
      { type: 'm.room.encrypted' },
    );
    expect(
      readHappening(wire, {
        type: 'm.room.message',
        content: { msgtype: 'm.text', body: '* new', 'm.new_content': { msgtype: 'm.text', body: 'new' } },
      }),
    ).toEqual({ type: 'edit', eventId: '$e', of: '$first', body: 'new' });
  });

  it('is at most what an event can hold', () => {
    const read1 = read({ msgtype: 'm.text', body: 'é'.repeat(100_000) });
    expect(read1?.type === 'text' && read1.body.length).toBe(60_000);
  });
});

describe('what is not carried', () => {
  it.each([['m.image'], ['m.file'], ['m.audio'], ['m.video']])('a %s is a file', (msgtype) => {
    expect(read({ msgtype, body: 'holiday.jpg' })).toEqual({ type: 'uncarried', eventId: '$e', kind: 'file' });
  });
  it.each([
    ['a sticker', {}, { type: 'm.sticker' }, 'file'],
    ['a location', { msgtype: 'm.location', body: 'here' }, {}, 'other'],
    ['a poll', { question: {} }, { type: 'org.matrix.msc3381.poll.start' }, 'other'],
    ['a call', {}, { type: 'm.call.invite' }, 'other'],
    ['a text without a body', { msgtype: 'm.text' }, {}, 'other'],
    ['a text whose body is a number', { msgtype: 'm.text', body: 5 }, {}, 'other'],
    ['a message without a type', { body: 'x' }, {}, 'other'],
    ['an edit without content', { msgtype: 'm.text', body: '* x', 'm.relates_to': { rel_type: 'm.replace', event_id: '$f' } }, {}, 'other'],
  ] as const)('%s is told', (_name, content, more, kind) => {
    expect(read(content, more)).toEqual({ type: 'uncarried', eventId: '$e', kind });
  });
  it.each([
    ['a verification', { msgtype: 'm.key.verification.request', body: 'x' }, {}],
    ['its next step', {}, { type: 'm.key.verification.start' }],
    ['a topic', { topic: 'x' }, { type: 'm.room.topic', state_key: '' }],
    ['a vote', {}, { type: 'm.poll.response' }],
  ] as const)('%s is nothing', (_name, content, more) => {
    expect(read(content, more)).toBeNull();
  });
});

describe('other happenings', () => {
  it('removals, old form and new', () => {
    expect(read({ redacts: '$x' }, { type: 'm.room.redaction' })).toEqual({ type: 'removal', of: '$x' });
    expect(read({}, { type: 'm.room.redaction', redacts: '$x' })).toEqual({ type: 'removal', of: '$x' });
    expect(read({}, { type: 'm.room.redaction' })).toBeNull();
  });
  it('reactions', () => {
    expect(read({ 'm.relates_to': { rel_type: 'm.annotation', event_id: '$x', key: '1️⃣' } }, { type: 'm.reaction' })).toEqual({
      type: 'reaction',
      eventId: '$e',
      of: '$x',
      symbol: '1️⃣',
    });
    expect(read({}, { type: 'm.reaction' })).toBeNull();
  });
  it('members, and encryption being switched on', () => {
    expect(read({ membership: 'leave' }, { type: 'm.room.member', state_key: '@c:b' })).toEqual({
      type: 'membership',
      who: '@c:b',
      now: 'leave',
    });
    expect(read({ membership: 'join' }, { type: 'm.room.member', state_key: '@c:b', was: 'invite' })).toMatchObject({ now: 'join' });
    expect(read({ membership: 'join' }, { type: 'm.room.member', state_key: '@c:b', was: 'join' })).toBeNull();
    expect(read({ membership: 7 }, { type: 'm.room.member', state_key: '@c:b' })).toBeNull();
    expect(read({ algorithm: 'x' }, { type: 'm.room.encryption', state_key: '' })).toEqual({ type: 'encryption-on' });
  });
});

describe('anything at all', () => {
  const types = [
    'm.room.message',
    'm.reaction',
    'm.room.redaction',
    'm.sticker',
    'm.room.member',
    'm.room.encryption',
    'm.room.encrypted',
    'odd',
  ];
  const content = fc.dictionary(
    fc.constantFrom('body', 'msgtype', 'm.relates_to', 'm.new_content', 'redacts', 'membership'),
    fc.oneof(
      fc.jsonValue(),
      fc.constantFrom('m.text', 'm.image'),
      fc.dictionary(
        fc.constantFrom('rel_type', 'event_id', 'key', 'm.in_reply_to', 'body', 'msgtype'),
        fc.oneof(fc.jsonValue(), fc.constantFrom('m.replace', 'm.annotation', '$x', 'm.text')),
      ),
    ),
  );

  it('reads as a happening or as nothing', () => {
    fc.assert(
      fc.property(fc.constantFrom(...types), content, fc.option(fc.string(), { nil: undefined }), (type, any, stateKey) => {
        const raw = event(any, { type, ...(stateKey !== undefined && { state_key: stateKey }) });
        const happening = readHappening(raw, raw);
        return happening === null || typeof happening.type === 'string';
      }),
      { numRuns: 2000 },
    );
  });

  it('is no sync answer, or one with only whole events in it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (rooms, toDevice, timeline) => {
        const answer = readSyncAnswer(
          JSON.stringify({
            next_batch: 's',
            rooms: {
              join: { '!r': { timeline: { events: [timeline] }, state: { events: timeline } }, '!s': rooms },
              invite: rooms,
              leave: { '!l': rooms },
            },
            to_device: { events: [toDevice] },
            device_lists: toDevice,
          }),
        );
        return answer !== null && answer.rooms.every((room) => room.timeline.every((one) => readRawEvent(one) !== null));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('what the SDK is given of a sync', () => {
  const whole = (state: readonly unknown[], timeline: readonly unknown[]): string =>
    JSON.stringify(
      readSyncAnswer(
        JSON.stringify({
          next_batch: 's',
          rooms: { join: { '!r': { state: { events: state }, timeline: { events: timeline, prev_batch: 'p' } } } },
        }),
      )?.reduced,
    );
  const member = {
    type: 'm.room.member',
    state_key: '@a:b',
    sender: '@a:b',
    event_id: '$m',
    content: { membership: 'join', displayname: 'A Name', avatar_url: 'mxc://x' },
  };

  it('is members and encryption, without names, messages or anything else', () => {
    const reduced = whole(
      [member, { ...member, type: 'm.room.topic', state_key: '', event_id: '$t', content: { topic: 'A Topic' } }],
      [event({ msgtype: 'm.text', body: 'A Text' })],
    );
    expect(reduced).toContain('"membership":"join"');
    expect(reduced).not.toMatch(/A Name|A Topic|A Text|avatar/u);
  });

  it('holds no encrypted state, which it would try to decrypt before it lets us go on', () => {
    expect(
      whole([], [{ ...member, type: 'm.room.encrypted', state_key: 'x', content: { algorithm: 'm.megolm.v1.aes-sha2' } }]),
    ).not.toContain('m.room.encrypted');
  });

  it('drops messages to devices that are not shaped like one', () => {
    const good = { type: 'm.room.encrypted', sender: '@a:b', content: {} };
    const answer = readSyncAnswer(
      JSON.stringify({ next_batch: 's', to_device: { events: [good, { ...good, content: null }, { ...good, type: 1 }, null, 'x'] } }),
    );
    expect(JSON.stringify(answer?.reduced)).toContain(JSON.stringify({ events: [good] }));
  });
});
