// The last look at a request before it leaves: only what a relay's account ever needs to write, and never a clear message.
// This is the second line behind the send guard; it knows no rooms and trusts nobody.
import { isRecord } from '#matrix/raw-event.ts';

export type WireVerdict =
  | { readonly verdict: 'pass'; readonly request: string }
  | { readonly verdict: 'refuse'; readonly code: 'request-refused' | 'clear-send-refused' };

export interface WireRequest {
  readonly method: string;
  /** The URL's path. */
  readonly path: string;
  readonly body: unknown;
}

/** A clear message that was decided on elsewhere (a fixed text, I5's exception): this path with this body and nothing else. */
export interface ClearLeave {
  readonly path: string;
  readonly body: string;
}

const writes: readonly (readonly [method: string, path: RegExp, request: string])[] = [
  ['POST', /^user\/[^/]+\/filter$/u, 'filter'],
  ['POST', /^keys\/(upload|query|claim|device_signing\/upload|signatures\/upload)$/u, 'keys/'],
  [
    'PUT',
    /^sendToDevice\/(m\.room\.encrypted|m\.room_key\.withheld|m\.secret\.request|m\.key\.verification\.[a-z]+)\/[^/]+$/u,
    'sendToDevice',
  ],
  ['PUT', /^user\/[^/]+\/account_data\/m\.(secret_storage|cross_signing)\.[^/]+$/u, 'account_data'],
  ['POST', /^createRoom$/u, 'createRoom'],
  ['POST', /^rooms\/[^/]+\/(invite|join|leave|forget)$/u, 'room/'],
  ['PUT', /^rooms\/[^/]+\/redact\/[^/]+\/[^/]+$/u, 'redact'],
  ['DELETE', /^directory\/room\/[^/]+$/u, 'unalias'],
  ['POST', /^(login|delete_devices)$/u, ''],
];

const clientPath = /^\/_matrix\/client\/(?:r0|v[0-9]+|unstable(?:\/(?:org|io|uk)\.[a-z0-9._-]+)?)\/(?<rest>.+)$/u;
const sendPath = /^rooms\/[^/]+\/send\/(?<type>[^/]+)\/[^/]+$/u;

export function judgeRequest({ method, path, body }: WireRequest, leaves: readonly ClearLeave[] = []): WireVerdict {
  const rest = clientPath.exec(path)?.groups?.['rest'];
  if (method === 'GET')
    return { verdict: 'pass', request: rest === 'sync' ? 'sync' : rest?.endsWith('/messages') === true ? 'messages' : 'read' };
  if (rest === undefined) return { verdict: 'refuse', code: 'request-refused' };

  const type = sendPath.exec(rest)?.groups?.['type'];
  if (method === 'PUT' && type !== undefined) return judgeSend(decodeURIComponent(type), { path, body, leaves });
  for (const [allowed, pattern, request] of writes) {
    const found = method === allowed ? pattern.exec(rest) : null;
    if (found !== null) return { verdict: 'pass', request: request === '' || request.endsWith('/') ? request + (found[1] ?? '') : request };
  }
  return { verdict: 'refuse', code: 'request-refused' };
}

interface Send {
  readonly path: string;
  readonly body: unknown;
  readonly leaves: readonly ClearLeave[];
}

function judgeSend(type: string, { path, body, leaves }: Send): WireVerdict {
  const refuse: WireVerdict = { verdict: 'refuse', code: 'clear-send-refused' };
  if (typeof body !== 'string') return refuse;
  if (leaves.some((leave) => leave.path === path && leave.body === body)) return { verdict: 'pass', request: 'send' };
  const content = contentOf(body);
  if (content === null) return refuse;
  if (type === 'm.room.encrypted') {
    const sealed = content['algorithm'] === 'm.megolm.v1.aes-sha2' && typeof content['ciphertext'] === 'string';
    return sealed && onlyHas(content, ['algorithm', 'ciphertext', 'device_id', 'sender_key', 'session_id', 'm.relates_to'])
      ? { verdict: 'pass', request: 'send' }
      : refuse;
  }
  return type === 'm.reaction' && onlyHas(content, ['m.relates_to']) ? { verdict: 'pass', request: 'send' } : refuse;
}

function contentOf(body: string): Record<string, unknown> | null {
  try {
    const content: unknown = JSON.parse(body);
    return isRecord(content) ? content : null;
  } catch {
    return null;
  }
}

const onlyHas = (content: Record<string, unknown>, names: readonly string[]): boolean =>
  Object.keys(content).every((name) => names.includes(name));
