// What the two bots' roles have in common.
import type { LaneId } from '#domain/ids.ts';
import { roomChannel } from '#relay/deliver-room.ts';
import { drainOutbox } from '#relay/drain-outbox.ts';
import type { MatrixAccount } from '#relay/matrix-port.ts';
import { serveRole } from '#workers/shared.ts';
import type { Running, Shared } from '#workers/shared.ts';

export const startBot = (
  shared: Shared,
  of: { readonly role: 'front-bot' | 'desk-bot'; readonly account: MatrixAccount; readonly federate: 'anywhere' | 'local-only' },
): Running => {
  const channel = roomChannel(
    { parts: shared.parts, account: of.account, federate: of.federate },
    { role: of.role, holder: shared.holder },
  );
  return serveRole(shared, {
    role: of.role,
    drain: (lane) => drainOutbox(shared.parts, { lane: lane as LaneId, channel }),
  });
};
