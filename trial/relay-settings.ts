// Writes a settings file for a relay on the trial's servers, with its secrets in files of their own, as an operator would.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { StackAddresses } from './servers/addresses.ts';
import type { Mailbox } from './servers/mailboxes.ts';
import type { MatrixAccountOfTrial } from './servers/matrix-accounts.ts';

export interface RelaySetting {
  readonly stack: StackAddresses;
  readonly support: Mailbox;
  readonly frontBot: MatrixAccountOfTrial;
  readonly deskBot: MatrixAccountOfTrial;
  readonly coordinators: readonly string[];
  /** Names below `limits` in the settings file. */
  readonly limits?: Readonly<Record<string, number>>;
}

const secret = (folder: string, name: string, text: string): string => {
  writeFileSync(join(folder, name), `${text}\n`, { mode: 0o600 });
  return name;
};

/** Resolves to the path of the settings file in this folder, which it makes. */
export const writeRelaySettings = (folder: string, relay: RelaySetting): string => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { stack } = relay;
  const password = secret(folder, 'mail-password', relay.support.password);
  const bot = (name: 'front' | 'desk', account: MatrixAccountOfTrial) => ({
    user: account.userId,
    passwordFile: secret(folder, `${name}-password`, account.password),
    keyFile: `${name}-key`,
    recoveryKeyFile: `${name}-recovery-key`,
  });
  const server = (at: { readonly host: string; readonly port: number }) => ({
    host: at.host,
    port: at.port,
    security: 'none',
    user: relay.support.address,
    passwordFile: password,
  });
  const settings = {
    service: { timezone: 'Europe/Berlin', dataFolder: 'data' },
    mail: {
      address: relay.support.address,
      imap: server(stack.imap),
      smtp: server(stack.smtp.relay),
      trustedServers: [stack.authservId],
      resolvers: [stack.resolver],
    },
    matrix: { homeserver: stack.matrix.baseUrl, front: bot('front', relay.frontBot), desk: bot('desk', relay.deskBot) },
    redis: { url: stack.valkey.url },
    keys: { storageFile: 'storage-key', indexFile: 'index-key', deliveryFile: 'delivery-key' },
    people: { coordinators: [...relay.coordinators] },
    ...(relay.limits === undefined ? {} : { limits: { ...relay.limits } }),
  };
  const file = join(folder, 'hearken.yaml');
  writeFileSync(file, stringify(settings), { mode: 0o600 });
  return file;
};
