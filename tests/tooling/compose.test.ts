// docker-compose.yml, Dockerfile and .dockerignore, as far as they can be held to account without an engine.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { until } from '#tests/support/until.ts';
import { installServers } from '#trial/install/servers.ts';
import schema from '../support/compose-spec.schema.json' with { type: 'json' };

const root = join(import.meta.dirname, '..', '..');
const read = (name: string): string => readFileSync(join(root, name), 'utf8');

interface Service {
  readonly user: string;
  readonly read_only: boolean;
  readonly cap_drop: readonly string[];
  readonly security_opt: readonly string[];
  readonly command?: readonly string[];
  readonly network_mode?: string;
  readonly ports?: unknown;
  readonly environment?: unknown;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly volumes: readonly { readonly source: string; readonly target: string; readonly read_only?: boolean }[];
}

const compose = parse(read('docker-compose.yml')) as { readonly services: Readonly<Record<'relay' | 'init' | 'valkey', Service>> };
const services = Object.entries(compose.services);

const ajv = new Ajv({ strict: false, allErrors: true });
for (const format of ['duration', 'ports', 'expose', 'subnet_ip_address', 'uri']) ajv.addFormat(format, true);
const check = ajv.compile(schema);

describe('docker-compose.yml', () => {
  it('is what the Compose Specification says', () => {
    check(compose);
    expect(check.errors ?? []).toEqual([]);
  });

  it('would not be if it were not (the schema really looks)', () => {
    for (const wrong of [{ services: { relay: { read_onyl: true } } }, { services: { relay: { cap_drop: 'ALL' } } }, { service: {} }]) {
      expect(check(wrong)).toBe(false);
    }
  });

  it('publishes nothing, runs nothing as root, and lets nobody change what he need not', () => {
    for (const [name, service] of services) {
      expect(service.ports, name).toBeUndefined();
      expect(service.user, name).toBe('${HEARKEN_UID:-1000}:${HEARKEN_GID:-1000}');
      expect(service.read_only, name).toBe(true);
      expect(service.cap_drop, name).toEqual(['ALL']);
      expect(service.security_opt, name).toEqual(['no-new-privileges:true']);
    }
    expect(compose.services.valkey.network_mode).toBe('none');
    expect(compose.services.relay.volumes.find(({ target }) => target === '/hearken')?.read_only).toBe(true);
  });

  it('hands no secret on by environment', () => {
    for (const [name, service] of services) expect(service.environment, name).toBeUndefined();
    expect(read('Dockerfile')).not.toMatch(/^(?:ENV|ARG).*(?:password|secret|key|token)/im);
  });

  it('starts files that are there, with the settings where they are mounted', () => {
    for (const words of [compose.services.init.command, compose.services.relay.healthcheck?.test.slice(1)]) {
      expect(words?.[0]).toBe('node');
      expect(existsSync(join(root, words?.[1] ?? ''))).toBe(true);
      expect(words?.slice(-2)).toEqual(['--config', '/hearken/hearken.yaml']);
    }
  });

  it('starts a Valkey that the relay would accept, reachable by its socket and by nothing else', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hearken-valkey-'));
    const [command, ...args] = compose.services.valkey.command ?? [];
    expect(command).toBe('valkey-server');
    const { valkeyServer } = await installServers(() => undefined);
    const child = spawn(
      valkeyServer,
      args.map((each) => each.replace('/hearken/valkey', folder)),
      { stdio: 'ignore' },
    );
    try {
      const socket = join(folder, 'valkey.sock');
      await until('the socket of Valkey', () => existsSync(socket));
      expect(statSync(socket).mode & 0o777).toBe(0o700);
      const redis = new Redis({ path: socket, lazyConnect: true });
      try {
        await redis.connect();
        expect(await redis.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
        expect(await redis.config('GET', 'appendonly')).toEqual(['appendonly', 'yes']);
        expect(await redis.config('GET', 'save')).toEqual(['save', '']);
        expect(await redis.info('server')).toMatch(/tcp_port:0/);
      } finally {
        redis.disconnect();
      }
    } finally {
      child.kill('SIGKILL');
      await once(child, 'exit');
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('the image', () => {
  it('takes only what .dockerignore lets through, and starts what is there', () => {
    const lets = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    const copied = [...read('Dockerfile').matchAll(/^COPY (.+) \S+$/gm)].flatMap(([, names = '']) => names.split(' '));
    expect(copied.toSorted()).toEqual(lets.toSorted());
    for (const name of copied) expect(existsSync(join(root, name)), name).toBe(true);
    expect(read('Dockerfile')).toMatch(/^USER node$/m);
    expect(read('Dockerfile')).toMatch(
      /^CMD \["node", "--max-semi-space-size=8", "workers\/all\.ts", "--config", "\/hearken\/hearken\.yaml"\]$/m,
    );
    expect(read('Dockerfile')).toMatch(/npm ci .*--ignore-scripts/);
  });
});
