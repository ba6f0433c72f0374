// Opens raw encrypted events, keeps those whose key is missing so that the SDK retries them when it comes, and says what device sent them.
import type { MatrixEvent } from 'matrix-js-sdk';
import type { CryptoBackend } from 'matrix-js-sdk/lib/common-crypto/CryptoBackend.js';
import { DecryptionFailureCode, EventShieldReason } from 'matrix-js-sdk/lib/crypto-api/index.js';
import { until } from '#matrix/deadline.ts';
import { sdk } from '#matrix/quiet-sdk.ts';
import type { RawEvent } from '#matrix/raw-event.ts';

export type Opened =
  | {
      readonly opened: 'yes';
      readonly type: string;
      readonly content: Readonly<Record<string, unknown>>;
      readonly device: 'signed' | 'unsigned';
    }
  | { readonly opened: 'no'; readonly why: 'no-key' | 'unsigned-device' | 'broken' };

export interface Decryption {
  open(roomId: string, event: RawEvent): Promise<Opened>;
  /** No longer hoped for. */
  forget(eventId: string): void;
}

/** An SDK event is kept for each that could not be opened; the oldest are let go beyond this and rely on the timer alone. */
const keptLimit = 2_000;
/** A message can arrive before its device's keys are known here. */
const unknownDeviceWaitMs = 3_000;

export function decryption(crypto: CryptoBackend, keyCame: () => void): Decryption {
  const kept = new Map<string, MatrixEvent>();

  function eventFor(roomId: string, raw: RawEvent): MatrixEvent {
    const known = kept.get(raw.event_id);
    if (known !== undefined) return known;
    // Raw sync events have no room id; without one the SDK takes an event for a to-device message.
    return new sdk.MatrixEvent({
      event_id: raw.event_id,
      room_id: roomId,
      type: raw.type,
      sender: raw.sender,
      origin_server_ts: raw.origin_server_ts,
      content: raw.content,
      unsigned: {},
    });
  }

  function keep(event: MatrixEvent, id: string): void {
    if (kept.has(id)) return;
    kept.set(id, event);
    event.on(sdk.MatrixEventEvent.Decrypted, () => {
      if (!event.isDecryptionFailure()) keyCame();
    });
    const oldest = kept.keys().next().value;
    if (kept.size > keptLimit && oldest !== undefined) kept.delete(oldest);
  }

  async function deviceOf(event: MatrixEvent): Promise<'signed' | 'unsigned' | 'forged'> {
    const settled = await until(
      unknownDeviceWaitMs,
      async () => {
        // It throws for what it cannot judge; that is no signature either.
        const info = await crypto.getEncryptionInfoForEvent(event).catch(() => null);
        return info?.shieldReason === EventShieldReason.UNKNOWN_DEVICE
          ? null
          : { reason: info === null ? EventShieldReason.UNKNOWN : info.shieldReason };
      },
      300,
    );
    switch (settled?.reason) {
      case null:
      case EventShieldReason.UNVERIFIED_IDENTITY:
      case EventShieldReason.VERIFICATION_VIOLATION:
        return 'signed';
      case EventShieldReason.MISMATCHED_SENDER:
      case EventShieldReason.MISMATCHED_SENDER_KEY:
        return 'forged';
      default:
        return 'unsigned';
    }
  }

  return {
    async open(roomId, raw) {
      const event = eventFor(roomId, raw);
      if (event.isBeingDecrypted()) await event.getDecryptionPromise();
      if (event.getType() === 'm.room.encrypted' || event.isDecryptionFailure()) {
        await event.attemptDecryption(crypto, { isRetry: true });
      }
      if (event.isDecryptionFailure()) {
        keep(event, raw.event_id);
        return { opened: 'no', why: whyNot(event.decryptionFailureReason) };
      }
      kept.delete(raw.event_id);
      const device = await deviceOf(event);
      if (device === 'forged') return { opened: 'no', why: 'broken' };
      return { opened: 'yes', type: event.getType(), content: event.getContent(), device };
    },
    forget(eventId) {
      kept.delete(eventId);
    },
  };
}

function whyNot(reason: DecryptionFailureCode | null): 'no-key' | 'unsigned-device' | 'broken' {
  switch (reason) {
    case DecryptionFailureCode.UNSIGNED_SENDER_DEVICE:
    case DecryptionFailureCode.UNKNOWN_SENDER_DEVICE:
    case DecryptionFailureCode.SENDER_IDENTITY_PREVIOUSLY_VERIFIED:
      return 'unsigned-device';
    case DecryptionFailureCode.UNKNOWN_ERROR:
    case null:
      return 'broken';
    default:
      return 'no-key';
  }
}
