// A stage for stories: a relay of its own on the run's real servers, with people at both ends who use ordinary clients.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ask } from '#operator/ask.ts';
import { dataFiles } from '#settings/data-folder.ts';
import { atDesk, openDesk, type AtDesk } from '#trial/conversation.ts';
import { startMailPerson, type MailPerson } from '#trial/people/mail-person.ts';
import type { MatrixPerson } from '#trial/people/matrix-person.ts';
import { startNioPerson } from '#trial/people/nio-person.ts';
import { startSdkPerson } from '#trial/people/sdk-person.ts';
import { relayProcess, type RelayProcess } from '#trial/relay-process.ts';
import { writeRelaySettings } from '#trial/relay-settings.ts';
import type { MatrixAccountOfTrial } from '#trial/servers/matrix-accounts.ts';
import type { StackHandle } from '#trial/stack-handle.ts';
import { until } from '#tests/support/until.ts';

export interface StageOptions {
  readonly stack: StackHandle;
  /** Below `limits` in the settings; gathering is a second unless said. */
  readonly limits?: Readonly<Record<string, number>>;
  /** `hearken init` is killed so many ms after its beginning, and run again; once for each. */
  readonly killInitAfter?: readonly number[];
  /** Where the relay, and nobody else, finds the homeserver. Default: where it is. */
  readonly homeserverOfRelay?: string;
  /** Started in place of `workers/all.ts`. */
  readonly program?: string;
}

export interface VolunteerOptions {
  readonly name: string;
  /** Default: the SDK's client. */
  readonly client?: 'sdk' | 'nio';
  /** Said at the desk after joining. Default: `!available`. */
  readonly says?: readonly (readonly [line: string, hears: string])[];
}

export interface Stage extends AsyncDisposable {
  readonly stack: StackHandle;
  readonly relay: RelayProcess;
  readonly folder: string;
  /** Path of the settings file. */
  readonly config: string;
  readonly supportAddress: string;
  readonly supportMailbox: { readonly address: string; readonly password: string };
  readonly frontBot: string;
  readonly deskBot: string;
  readonly deskAccount: MatrixAccountOfTrial;
  readonly coordinator: AtDesk;
  /** Invited by the coordinator, joined, and available unless said otherwise. */
  volunteer(options: VolunteerOptions): Promise<AtDesk>;
  /** The relay's clock, and nobody else's, goes on by so many ms. */
  later(ms: number): Promise<void>;
  /** Resolves when everything that was taken in so far has been dealt with. */
  allRead(): Promise<void>;
  mailPerson(name: string, domain?: string): Promise<MailPerson>;
  matrixPerson(name: string, options?: { readonly client?: 'sdk' | 'nio'; readonly device?: 'signed' | 'unsigned' }): Promise<MatrixPerson>;
  accountOf(person: MatrixPerson): MatrixAccountOfTrial;
  /** A further device of somebody here, which their other one has not signed. */
  anotherDevice(of: MatrixPerson): Promise<MatrixPerson>;
}

const quick = { mailGatherSeconds: 1, chatGatherSeconds: 1 };

/** Each worker of the run has a database of its own in Valkey, so that relays do not take each other's wakes. */
const withOwnDatabase = (stack: StackHandle): StackHandle['addresses'] => {
  const database = Number(process.env['VITEST_POOL_ID'] ?? '1');
  return { ...stack.addresses, valkey: { ...stack.addresses.valkey, url: `${stack.addresses.valkey.url}/${database}` } };
};

export const setStage = async (options: StageOptions): Promise<Stage> => {
  const { stack } = options;
  await using building = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'hearken-story-'));
  building.defer(() => rmSync(folder, { recursive: true, force: true }));
  const support = stack.admin.freshSupportMailbox();
  const [front, desk, coordinatorAccount] = await Promise.all(
    ['front', 'desk', 'coordinator'].map((name) => stack.admin.freshMatrixAccount(name)),
  );
  if (front === undefined || desk === undefined || coordinatorAccount === undefined) throw new Error('no accounts');
  const homeserver = stack.addresses.matrix;
  const own = withOwnDatabase(stack);
  const config = writeRelaySettings(join(folder, 'relay'), {
    stack: { ...own, matrix: { ...own.matrix, baseUrl: options.homeserverOfRelay ?? own.matrix.baseUrl } },
    support,
    frontBot: front,
    deskBot: desk,
    coordinators: [coordinatorAccount.userId],
    limits: { ...quick, ...options.limits },
  });
  const temporaryFolder = join(folder, 'temporary');
  mkdirSync(temporaryFolder);
  const program = options.program === undefined ? {} : { program: options.program };
  const relay = building.use(relayProcess(config, { clock: 'movable', temporaryFolder, ...program }));
  const socket = dataFiles(join(folder, 'relay', 'data')).socket;
  const starting = async (): Promise<void> => {
    for (const ms of options.killInitAfter ?? []) {
      const run = relay.beginHearken('init');
      await pause(ms);
      await run.kill();
    }
    const init = await relay.hearken('init');
    if (init.code !== 0) throw new Error(`hearken init ended with ${init.code}: ${init.out}`);
    await relay.start();
  };
  const cast = { deskBot: desk.userId };
  const arriving = startSdkPerson({ homeserver, account: coordinatorAccount });
  building.defer(async () => (await arriving)[Symbol.asyncDispose]());
  const [coordinatorPerson] = await Promise.all([arriving, starting()]);
  const coordinator = await openDesk(cast, { name: 'coordinator', person: coordinatorPerson });
  const accounts = new Map<string, MatrixAccountOfTrial>();
  const freshAccount = async (name: string): Promise<MatrixAccountOfTrial> => {
    const account = await stack.admin.freshMatrixAccount(name);
    accounts.set(account.userId, account);
    return account;
  };
  const accountOf = (person: MatrixPerson): MatrixAccountOfTrial => {
    const account = accounts.get(person.userId);
    if (account === undefined) throw new Error('nobody of this stage');
    return account;
  };
  const ending = building.move();
  return {
    stack,
    relay,
    folder,
    config,
    supportAddress: support.address,
    supportMailbox: support,
    frontBot: front.userId,
    deskBot: desk.userId,
    deskAccount: desk,
    coordinator,
    async volunteer({ name, client = 'sdk', says = [['!available', 'You are available until']] }) {
      const account = await freshAccount(name);
      const person = ending.use(await (client === 'nio' ? startNioPerson : startSdkPerson)({ homeserver, account }));
      await atDesk(coordinator, { says: `!invite ${account.userId}`, hears: 'I am inviting them' });
      const at = await openDesk(cast, { name, person });
      for (const [line, hears] of says) await atDesk(at, { says: line, hears });
      return at;
    },
    async later(ms) {
      await ask(socket, { command: 'advance-clock', ms });
    },
    async allRead() {
      await until('nothing to read', async () =>
        (await ask(socket, { command: 'status' })).lines.some((line) => /\b0 to read\b/.test(line)),
      );
    },
    async mailPerson(name, domain) {
      return ending.use(await startMailPerson(stack.addresses, stack.admin.freshMailbox(name, domain)));
    },
    async matrixPerson(name, { client = 'sdk', device = 'signed' } = {}) {
      const account = await freshAccount(name);
      return ending.use(await (client === 'nio' ? startNioPerson : startSdkPerson)({ homeserver, account, device }));
    },
    accountOf,
    async anotherDevice(of) {
      return ending.use(await startSdkPerson({ homeserver, account: accountOf(of), device: 'unsigned' }));
    },
    [Symbol.asyncDispose]: () => ending[Symbol.asyncDispose](),
  };
};
