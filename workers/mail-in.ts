// The mail-in role: its source takes mails in by itself; there is nothing to drain.
import { serveRole } from '#workers/shared.ts';
import type { Running, Shared } from '#workers/shared.ts';

export const startMailIn = (shared: Shared): Running => serveRole(shared, { role: 'mail-in', drain: async () => undefined });
