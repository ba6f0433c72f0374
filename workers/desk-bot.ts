// The desk bot's role: drains desks and case rooms with the desk account.
import type { MatrixAccount } from '#relay/matrix-port.ts';
import { startBot } from '#workers/bot.ts';
import type { Running, Shared } from '#workers/shared.ts';

export const startDeskBot = (
  shared: Shared,
  of: { readonly account: MatrixAccount; readonly federate: 'anywhere' | 'local-only' },
): Running => startBot(shared, { role: 'desk-bot', ...of });
