// The wire-level tripwire: what may leave an account's process.
import { describe, expect, it } from 'vitest';
import { judgeRequest } from '#matrix/wire-rules.ts';

const client = '/_matrix/client/v3/';
const sealed = JSON.stringify({ algorithm: 'm.megolm.v1.aes-sha2', ciphertext: 'abc', device_id: 'D', sender_key: 'k', session_id: 's' });
const put = (rest: string, body: string): ReturnType<typeof judgeRequest> => judgeRequest({ method: 'PUT', path: client + rest, body });

describe('what may leave', () => {
  it('lets encrypted messages, reactions and removals pass', () => {
    expect(put('rooms/!a%3Ab/send/m.room.encrypted/t1', sealed)).toEqual({ verdict: 'pass', request: 'send' });
    expect(
      put('rooms/!a%3Ab/send/m.room.encrypted/t1', sealed.replace('}', ',"m.relates_to":{"rel_type":"m.replace","event_id":"$e"}}')),
    ).toEqual({ verdict: 'pass', request: 'send' });
    expect(
      put('rooms/!a%3Ab/send/m.reaction/t1', JSON.stringify({ 'm.relates_to': { rel_type: 'm.annotation', event_id: '$e', key: '⏳' } }))
        .verdict,
    ).toBe('pass');
    expect(put('rooms/!a%3Ab/redact/%24e/t1', '{}').verdict).toBe('pass');
  });

  it.each([
    ['a clear message', 'rooms/!a/send/m.room.message/t1', JSON.stringify({ msgtype: 'm.text', body: 'x' })],
    ['a clear message, its type encoded', 'rooms/!a/send/m%2Eroom%2Emessage/t1', JSON.stringify({ msgtype: 'm.text', body: 'x' })],
    ['a clear body beside a ciphertext', 'rooms/!a/send/m.room.encrypted/t1', sealed.replace('}', ',"body":"x"}')],
    ['a clear body that calls itself encrypted', 'rooms/!a/send/m.room.encrypted/t1', JSON.stringify({ body: 'x' })],
    ['words beside a reaction', 'rooms/!a/send/m.reaction/t1', JSON.stringify({ 'm.relates_to': {}, body: 'x' })],
    ['a sticker', 'rooms/!a/send/m.sticker/t1', JSON.stringify({ body: 'x' })],
    ['something that is no JSON', 'rooms/!a/send/m.room.encrypted/t1', 'body=x'],
  ])('refuses %s', (_name, path, body) => {
    expect(put(path, body)).toEqual({ verdict: 'refuse', code: 'clear-send-refused' });
  });

  it.each([
    ['typing', 'PUT', 'rooms/!a/typing/@b'],
    ['a read receipt', 'POST', 'rooms/!a/receipt/m.read/$e'],
    ['presence', 'PUT', 'presence/@b/status'],
    ['a display name', 'PUT', 'profile/@b/displayname'],
    ['a list of direct chats', 'PUT', 'user/@b/account_data/m.direct'],
    ['a room key in clear', 'PUT', 'sendToDevice/m.room_key/t'],
    ['a state event', 'PUT', 'rooms/!a/state/m.room.topic/'],
    ['a key backup', 'PUT', 'room_keys/keys'],
    ['an upload', 'POST', 'media/upload'],
  ])('refuses %s, which no account of ours needs', (_name, method, rest) => {
    expect(judgeRequest({ method, path: client + rest, body: '{}' })).toEqual({ verdict: 'refuse', code: 'request-refused' });
  });

  it('lets a clear text pass that was decided on: this path with this body, and nothing else', () => {
    const body = JSON.stringify({ msgtype: 'm.notice', body: 'fixed words' });
    const path = `${client}rooms/!a/send/m.room.message/t1`;
    const leaves = [{ path, body }];
    expect(judgeRequest({ method: 'PUT', path, body }, leaves).verdict).toBe('pass');
    expect(judgeRequest({ method: 'PUT', path, body: body.replace('fixed', 'other') }, leaves).verdict).toBe('refuse');
    expect(judgeRequest({ method: 'PUT', path: path.replace('!a', '!b'), body }, leaves).verdict).toBe('refuse');
  });
});
