// Chance from the operating system: ids, draws and bytes.
import { randomBytes, randomInt } from 'node:crypto';
import type { Chance } from '#relay/clock.ts';

const letters = 'abcdefghijklmnopqrstuvwxyz234567';
const idBytes = 16;

/** RFC 4648 base32 in lower case, without padding: 26 characters for 128 bits. */
const base32 = (bytes: Uint8Array): string => {
  let text = '';
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) text += letters.charAt((held >>> (bits - 5)) & 31);
    held &= (1 << bits) - 1;
  }
  return bits === 0 ? text : text + letters.charAt((held << (5 - bits)) & 31);
};

export const systemChance = (): Chance => ({
  id: () => base32(randomBytes(idBytes)),
  below: (below) => randomInt(below),
  bytes: (length) => Uint8Array.from(randomBytes(length)),
});
