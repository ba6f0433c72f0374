// Synapse, a real Matrix homeserver, set up to be quick and to talk to nobody outside.
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startServer, type RunningServer } from './server.ts';
import type { Watchdog } from './watchdog.ts';

/** The most events of a room that this homeserver gives in one sync, to a client that asks for so many. */
export const TIMELINE_LIMIT = 1000;

export interface SynapseOptions {
  readonly python: string;
  readonly folder: string;
  readonly serverName: string;
  /** `default`: Synapse's own rate limits, which a relay on somebody else's homeserver has to live with. */
  readonly limits: 'raised' | 'default';
  readonly roomVersion: string;
  readonly registrationSecret: string;
  readonly watchdog: Watchdog;
}

export function startSynapse(options: SynapseOptions): Promise<RunningServer> {
  const { folder } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const logConfig = join(folder, 'log.yaml');
  const configFile = join(folder, 'homeserver.yaml');
  writeFileSync(logConfig, JSON.stringify(logging(), null, 2));
  const secrets = { macaroon_secret_key: secret(), form_secret: secret() };
  return startServer({
    name: 'Synapse',
    logFile: join(folder, 'homeserver.log'),
    portCount: 1,
    command: ([port]) => {
      // JSON is YAML.
      writeFileSync(configFile, JSON.stringify({ ...configuration(options, port ?? 0), ...secrets, log_config: logConfig }, null, 2), {
        mode: 0o600,
      });
      return [options.python, '-m', 'synapse.app.homeserver', '-c', configFile];
    },
    probe: async ([port]) => {
      const health = await fetch(`http://127.0.0.1:${port}/health`, { signal: AbortSignal.timeout(5000) });
      await health.body?.cancel();
      if (!health.ok) throw new Error(`health says ${health.status}`);
    },
    deadlineMs: 90_000,
    watchdog: options.watchdog,
    cwd: folder,
  });
}

function secret(): string {
  return randomBytes(24).toString('base64url');
}

function configuration(options: SynapseOptions, port: number): Readonly<Record<string, unknown>> {
  const { folder } = options;
  return {
    server_name: options.serverName,
    pid_file: join(folder, 'homeserver.pid'),
    signing_key_path: join(folder, 'signing.key'),
    media_store_path: join(folder, 'media'),
    database: { name: 'sqlite3', args: { database: join(folder, 'homeserver.db') } },
    listeners: [{ port, type: 'http', tls: false, bind_addresses: ['127.0.0.1'], resources: [{ names: ['client'] }] }],
    registration_shared_secret: options.registrationSecret,
    default_room_version: options.roomVersion,
    bcrypt_rounds: 4,
    report_stats: false,
    suppress_key_server_warning: true,
    trusted_key_servers: [],
    federation_domain_whitelist: [],
    presence: { enabled: false },
    push: { enabled: false },
    url_preview_enabled: false,
    enable_registration: false,
    filter_timeline_limit: TIMELINE_LIMIT,
    ...(options.limits === 'raised' ? raisedLimits() : {}),
  };
}

function raisedLimits(): Readonly<Record<string, unknown>> {
  const high = { per_second: 10_000, burst_count: 10_000 };
  return {
    rc_message: high,
    rc_registration: high,
    rc_room_creation: high,
    rc_joins_per_room: high,
    rc_key_requests: high,
    rc_admin_redaction: high,
    rc_login: { address: high, account: high, failed_attempts: high },
    rc_joins: { local: high, remote: high },
    rc_invites: { per_room: high, per_user: high, per_issuer: high },
  };
}

function logging(): Readonly<Record<string, unknown>> {
  return {
    version: 1,
    formatters: { plain: { format: '%(asctime)s %(levelname)s %(name)s %(message)s' } },
    handlers: { err: { class: 'logging.StreamHandler', formatter: 'plain', stream: 'ext://sys.stderr' } },
    root: { level: 'INFO', handlers: ['err'] },
    disable_existing_loggers: false,
  };
}
