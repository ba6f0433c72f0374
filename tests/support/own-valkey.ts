// A Valkey of the test's own, to be killed, wiped and filled without disturbing anybody.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installServers } from '#trial/install/servers.ts';
import { startValkey } from '#trial/servers/valkey.ts';
import type { ValkeyControl } from '#trial/servers/valkey.ts';
import { startWatchdog } from '#trial/servers/watchdog.ts';

export interface OwnValkey extends AsyncDisposable {
  readonly control: ValkeyControl;
  readonly url: string;
  readonly port: number;
  /** Its append-only file and whatever else it keeps. */
  readonly folder: string;
}

export const startOwnValkey = async (): Promise<OwnValkey> => {
  const { valkeyServer } = await installServers(() => undefined);
  const folder = mkdtempSync(join(tmpdir(), 'hearken-valkey-'));
  const watchdog = startWatchdog(folder);
  const files = join(folder, 'valkey');
  const control = await startValkey({ program: valkeyServer, folder: files, watchdog });
  const [port = 0] = control.ports;
  return { control, url: `redis://127.0.0.1:${port}`, port, folder: files, [Symbol.asyncDispose]: () => watchdog[Symbol.asyncDispose]() };
};
