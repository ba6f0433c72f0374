// How many of somebody's devices they have signed themselves. Asking the crypto library takes it some milliseconds for each device, so
// what it said stands until the homeserver tells of devices again: in no other way does it learn of one, or of a signature.
import type { MatrixClient } from 'matrix-js-sdk';

export interface DeviceCounts {
  readonly signed: number;
  readonly unsigned: number;
}

export interface SignedDevices {
  of(userId: string): Promise<DeviceCounts>;
  /** An answer to /keys/query is on its way to the crypto library. */
  told(): void;
}

/** Within this, what was told has long been worked in; until then each question is asked anew. */
export const workedInMs = 5_000;

/** `now`: milliseconds that only grow. */
export const newSignedDevices = (count: (userId: string) => Promise<DeviceCounts>, now: () => number): SignedDevices => {
  const known = new Map<string, DeviceCounts>();
  let toldAt = now();
  return {
    async of(userId) {
      const before = known.get(userId);
      if (before !== undefined) return before;
      const asOf = toldAt;
      const settled = now() - asOf > workedInMs;
      const counts = await count(userId);
      if (settled && asOf === toldAt) known.set(userId, counts);
      return counts;
    },
    told() {
      toldAt = now();
      known.clear();
    },
  };
};

export const countSigned =
  (client: MatrixClient) =>
  async (userId: string): Promise<DeviceCounts> => {
    const crypto = client.getCrypto();
    const own = (await crypto?.getUserDeviceInfo([userId], true))?.get(userId) ?? new Map<string, unknown>();
    let signed = 0;
    for (const deviceId of own.keys()) {
      const status = await crypto?.getDeviceVerificationStatus(userId, deviceId);
      if (status?.signedByOwner === true) signed += 1;
    }
    return { signed, unsigned: own.size - signed };
  };
