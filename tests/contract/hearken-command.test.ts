// The operator's command line on real servers: init makes two accounts that are logged in, doctor finds all good, status says what it can.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSettings } from '#settings/read-settings.ts';
import { theStack } from '#tests/support/stack.ts';
import { relayProcess } from '#trial/relay-process.ts';
import { writeRelaySettings } from '#trial/relay-settings.ts';
import { queuePrefix } from '#workers/queue-prefix.ts';

const root = join(import.meta.dirname, '..', '..');

/** Kills it, -9, as soon as it has said this. */
async function initKilledAt(said: string, config: string): Promise<void> {
  const child = spawn(process.execPath, [join(root, 'workers', 'hearken.ts'), 'init', '--config', config], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
    if (out.includes(said)) child.kill('SIGKILL');
  });
  await once(child, 'close');
  expect(out).toContain(said);
  expect(out).not.toContain('Everything is ready');
}

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly errors: string;
}

const hearken = (...args: readonly string[]): Promise<Ended> => program('hearken.ts', args);

async function program(name: 'hearken.ts' | 'all.ts', args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [join(root, 'workers', name), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, errors };
}

class Closing implements Disposable {
  readonly client: Redis;
  constructor(url: string) {
    this.client = new Redis(url);
  }
  [Symbol.dispose](): void {
    this.client.disconnect();
  }
}

describe('hearken', () => {
  let folder = '';
  let config = '';
  let secrets: readonly string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hearken-command-'));
    const stack = theStack();
    const support = stack.admin.freshSupportMailbox();
    const [frontBot, deskBot] = [await stack.admin.freshMatrixAccount('front'), await stack.admin.freshMatrixAccount('desk')];
    secrets = [support.address, support.password, frontBot.user, frontBot.password, deskBot.user, deskBot.password];
    config = writeRelaySettings(join(folder, 'relay'), {
      stack: stack.addresses,
      support,
      frontBot,
      deskBot,
      coordinators: ['@robin:example.org'],
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const freshSettings = async (name: string): Promise<string> => {
    const { addresses, admin } = theStack();
    return writeRelaySettings(join(folder, name), {
      stack: addresses,
      support: admin.freshSupportMailbox(),
      frontBot: await admin.freshMatrixAccount('front'),
      deskBot: await admin.freshMatrixAccount('desk'),
      coordinators: ['@robin:example.org'],
    });
  };

  it('says how it is used', async () => {
    for (const args of [[], ['frobnicate'], ['init', 'twice'], ['status', '--colour']]) {
      const { code, out } = await hearken(...args);
      expect(code).toBe(2);
      expect(out).toMatch(
        args[0] === 'frobnicate' ? /^There is no command "frobnicate"\.\n\nUsage: hearken COMMAND/ : /^Usage: hearken COMMAND/,
      );
    }
  });

  it('the relay says in one line what is wrong with how it was started', async () => {
    const missing = join(folder, 'nowhere.yaml');
    const sentence = 'The settings file is not there. Name it with --config FILE; `hearken init --config FILE` makes one to fill in.\n';
    expect(await program('all.ts', ['--config', missing])).toEqual({ code: 2, out: '', errors: sentence });
    expect(await hearken('status', '--config', missing)).toEqual({ code: 2, out: sentence, errors: '' });
    const odd = await program('all.ts', ['--colour']);
    expect(odd).toMatchObject({ code: 2, out: '' });
    expect(odd.errors).toMatch(/^Usage: npm start -- [^\n]*\n$/);
  });

  it('init makes a settings file to fill in, which editors find the schema from', async () => {
    const fresh = join(folder, 'fresh', 'hearken.yaml');
    expect((await hearken('init', '--config', fresh)).out).toBe('The settings file: could not be made. May this user write there?\n');
    mkdirSync(join(folder, 'fresh'));
    const { code, out } = await hearken('init', '--config', fresh);
    expect(out).toMatch(/^The settings file was not there, so it was made[^\n]*\n$/);
    expect(code).toBe(1);
    expect(statSync(fresh).mode & 0o777).toBe(0o600);
    const [, schema = ''] = /\$schema=(\S+)/.exec(readFileSync(fresh, 'utf8')) ?? [];
    expect(JSON.parse(readFileSync(resolve(folder, 'fresh', schema), 'utf8'))).toMatchObject({ title: 'Settings of Hearken' });
    const again = await hearken('init', '--config', fresh);
    expect(again.code).toBe(2);
    expect(again.out).toContain('mail.imap.passwordFile names a file that is not there.');
  });

  it('doctor, before anything is made, says what is missing and finds the servers good', async () => {
    const { code, out, errors } = await hearken('doctor', '--config', config);
    expect(errors).toBe('');
    expect(code).toBe(1);
    expect(out).toContain('keys.storageFile is not there yet. `hearken init` makes it.');
    for (const good of [
      'Mail in (mail.imap): good.',
      'Mail out (mail.smtp): good.',
      'Queue (redis): good.',
      'Reading mails: good.',
      'Front bot, homeserver: good.',
    ])
      expect(out).toContain(good);
    expect(readdirSync(join(folder, 'relay'))).not.toContain('data');
  });

  it('init that is killed, four times at different places, goes on at the next try', async () => {
    const killed = await freshSettings('killed');
    for (const said of ['keys.indexFile: made.', 'Mail in (mail.imap): good.', 'Queue (redis): good.', 'Front bot: logged in'])
      await initKilledAt(said, killed);
    const { code, out } = await hearken('init', '--config', killed);
    expect(out).toContain('Everything is ready.');
    expect(code).toBe(0);
    expect(readdirSync(join(folder, 'killed')).filter((name) => /unfinished|before/.test(name))).toEqual([]);
  });

  it('init makes everything, says so without a secret or an address, and can run again', async () => {
    const first = await hearken('init', '--config', config);
    expect(first.errors).toBe('');
    expect(first.out.split('\n').at(-2)).toMatch(/^Everything is ready\./);
    expect(first.code).toBe(0);
    expect(readSettings(config).ok).toBe(true);
    for (const secret of secrets) expect(first.out).not.toContain(secret);
    for (const name of ['front', 'desk']) {
      expect(statSync(join(folder, 'relay', `${name}-recovery-key`)).mode & 0o777).toBe(0o600);
      expect(readFileSync(join(folder, 'relay', `${name}-recovery-key`), 'utf8')).toMatch(/^(?:[A-Za-z0-9]{4} ?){12}\n$/);
    }
    const keys = () =>
      readdirSync(join(folder, 'relay'))
        .filter((name) => name.endsWith('-key'))
        .map((name) => readFileSync(join(folder, 'relay', name)).toString('hex'));
    const before = keys();
    const again = await hearken('init', '--config', config);
    expect(again.code).toBe(0);
    expect(again.out).not.toContain('made.');
    expect(keys()).toEqual(before);
    expect(before).toHaveLength(7);
  });

  it('doctor is then content, and status says that the relay is not running', async () => {
    const doctor = await hearken('doctor', '--config', config);
    expect(doctor.out).toContain('Everything is good.');
    expect(doctor.code).toBe(0);
    const status = await hearken('status', '--config', config);
    expect(status).toEqual({ code: 1, out: 'Hearken: the relay is not running. (not-running)\n', errors: '' });
    expect(existsSync(join(folder, 'relay', 'data', 'hearken.sock'))).toBe(false);
  });

  it('status of a running relay fits on a screen; init leaves it alone; and once stopped it is gone', async () => {
    await using relay = relayProcess(config);
    await relay.start();
    const { code, out } = await hearken('status', '--config', config);
    expect(out).toMatch(/^Hearken has been running for .*mail-in/);
    expect(out).toMatch(/^All is well\.$/m);
    expect(code).toBe(0);
    expect(out.split('\n').length).toBeLessThan(24);
    for (const secret of secrets) expect(out).not.toContain(secret);
    expect(statSync(join(folder, 'relay', 'data', 'hearken.sock')).mode & 0o777).toBe(0o600);
    expect((await hearken('init', '--config', config)).out).toMatch(/^The relay is running/);
    await relay.stop();
    expect((await hearken('status', '--config', config)).out).toContain('(not-running)');
    for (const secret of secrets) expect(relay.log.join('\n')).not.toContain(secret);
  });

  it('a second process on the same data says so in one line and leaves the first alone; another relay has a name of its own in Redis', async () => {
    const [one, other] = [await freshSettings('one'), await freshSettings('other')];
    await using first = relayProcess(one);
    await using second = relayProcess(other);
    for (const each of [one, other]) expect((await hearken('init', '--config', each)).code).toBe(0);
    await first.start();
    const refused = await program('all.ts', ['--config', one]);
    expect(refused.code).toBe(1);
    expect(refused.errors).toMatch(/^The data folder \(service\.dataFolder\): another process works on [^\n]* \(store-in-use\)\n$/);
    const logged: unknown[] = refused.out.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
    expect(logged).toMatchObject([{ event: 'fault', where: 'start', code: 'store-in-use' }]);
    await second.start();
    expect((await hearken('status', '--config', one)).out).toMatch(/^All is well\.$/m);
    using redis = new Closing(theStack().addresses.valkey.url);
    const prefixes = ['one', 'other'].map((name) => queuePrefix(readFileSync(join(folder, name, 'index-key'))));
    expect(new Set(prefixes).size).toBe(2);
    for (const prefix of prefixes) expect(await redis.client.exists(`${prefix}:core:meta`), prefix).toBe(1);
  });

  it("a bot whose file was moved away, as the operators' page says, is logged in anew by init and goes on", async () => {
    const moved = await freshSettings('moved');
    const data = join(folder, 'moved', 'data');
    await using relay = relayProcess(moved);
    expect((await hearken('init', '--config', moved)).code).toBe(0);
    await relay.start();
    await relay.stop();
    const ofFront = readdirSync(data).filter((name) => name.startsWith('front.sqlite'));
    expect(ofFront).toContain('front.sqlite-generation');
    for (const name of ofFront) rmSync(join(data, name));
    const { code, out } = await hearken('init', '--config', moved);
    expect(out).toContain('Front bot: logged in');
    expect(code).toBe(0);
    await relay.start();
    expect((await hearken('status', '--config', moved)).out).toMatch(/^All is well\.$/m);
    await relay.stop();
  });
});
