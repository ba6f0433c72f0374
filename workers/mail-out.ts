// The mail-out role: sends what stands in mail lanes.
import type { LaneId } from '#domain/ids.ts';
import { mailChannel } from '#relay/deliver-mail.ts';
import { drainOutbox } from '#relay/drain-outbox.ts';
import type { MailSender } from '#relay/mail-port.ts';
import { serveRole } from '#workers/shared.ts';
import type { Running, Shared } from '#workers/shared.ts';

export const startMailOut = (shared: Shared, of: { readonly sender: MailSender }): Running => {
  const channel = mailChannel(shared.parts, { sender: of.sender, holder: shared.holder });
  return serveRole(shared, {
    role: 'mail-out',
    drain: (lane) => drainOutbox(shared.parts, { lane: lane as LaneId, channel }),
  });
};
