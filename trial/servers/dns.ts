// A small DNS server on loopback (UDP) for the trial's own zone. What is not in it does not exist.
import { createSocket, type Socket } from 'node:dgram';
import { AUTHORITATIVE_ANSWER, decode, encode, type Answer } from 'dns-packet';

/** By name in lower case, without the final dot. */
export type Zone = ReadonlyMap<string, readonly { readonly type: 'A' | 'MX' | 'TXT'; readonly value: string }[]>;

export interface DnsControl extends AsyncDisposable {
  readonly port: number;
  /** Nobody answers any more, as when a resolver is away. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

const NO_SUCH_NAME = 3;
const TTL_S = 60;
/** RFC 1035 3.3.14: a TXT record is made of strings of at most 255 octets. */
const STRING_LENGTH = 255;

export async function startDns(zone: Zone): Promise<DnsControl> {
  let socket: Socket | null = await listen(zone, 0);
  const port = socket.address().port;
  const stop = async (): Promise<void> => {
    const closing = socket;
    socket = null;
    if (closing !== null) await new Promise<void>((resolve) => closing.close(resolve));
  };
  return {
    port,
    stop,
    async start() {
      socket ??= await listen(zone, port);
    },
    [Symbol.asyncDispose]: stop,
  };
}

function listen(zone: Zone, port: number): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.on('message', (question, from) => {
    const packet = answerTo(zone, question);
    if (packet !== null) socket.send(packet, from.port, from.address);
  });
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(port, '127.0.0.1', () => {
      resolve(socket);
    });
  });
}

function answerTo(zone: Zone, question: Buffer): Buffer | null {
  const asked = decodeOrNull(question);
  const first = asked?.questions?.[0];
  if (asked === null || first === undefined) return null;
  const name = first.name.toLowerCase();
  const records = zone.get(name);
  // A name above an existing one exists too, though nothing stands there (RFC 8020).
  const exists = records !== undefined || [...zone.keys()].some((known) => known.endsWith(`.${name}`));
  return encode({
    type: 'response',
    ...(asked.id === undefined ? {} : { id: asked.id }),
    flags: AUTHORITATIVE_ANSWER | (exists ? 0 : NO_SUCH_NAME),
    questions: [first],
    answers: (records ?? []).flatMap((record): Answer[] => (record.type === first.type ? [answer(first.name, record)] : [])),
  });
}

function answer(name: string, record: { readonly type: 'A' | 'MX' | 'TXT'; readonly value: string }): Answer {
  switch (record.type) {
    case 'A':
      return { type: 'A', name, ttl: TTL_S, data: record.value };
    case 'MX':
      return { type: 'MX', name, ttl: TTL_S, data: { preference: 10, exchange: record.value } };
    case 'TXT':
      return { type: 'TXT', name, ttl: TTL_S, data: strings(record.value) };
  }
}

function strings(text: string): string[] {
  const parts: string[] = [];
  for (let at = 0; at < text.length; at += STRING_LENGTH) parts.push(text.slice(at, at + STRING_LENGTH));
  return parts;
}

function decodeOrNull(question: Buffer): ReturnType<typeof decode> | null {
  try {
    return decode(question);
  } catch {
    return null;
  }
}
