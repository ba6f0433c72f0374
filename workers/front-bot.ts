// The front bot's role: drains requesters' chats with the front account.
import type { MatrixAccount } from '#relay/matrix-port.ts';
import { startBot } from '#workers/bot.ts';
import type { Running, Shared } from '#workers/shared.ts';

export const startFrontBot = (shared: Shared, account: MatrixAccount): Running =>
  startBot(shared, { role: 'front-bot', account, federate: 'anywhere' });
