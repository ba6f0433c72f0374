// The core role: works off the inbox.
import { commands } from '#commands/table.ts';
import type { LaneId } from '#domain/ids.ts';
import { drainInbox } from '#relay/drain-inbox.ts';
import type { MailReader } from '#relay/mail-port.ts';
import type { Failpoint } from '#workers/kill-at.ts';
import { serveRole } from '#workers/shared.ts';
import type { Running, Shared } from '#workers/shared.ts';

export const startCore = (shared: Shared, of: { readonly reader: MailReader; readonly failpoint: Failpoint }): Running => {
  const core = { parts: shared.parts, reader: of.reader, commands, holder: shared.holder };
  return serveRole(shared, {
    role: 'core',
    drain: (lane) => {
      of.failpoint('core-drain');
      return drainInbox(core, lane as LaneId);
    },
  });
};
