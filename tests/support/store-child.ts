// A process of its own on a store, for tests that kill it, shut it out or fill its disk. What to do stands in its arguments.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brandId, instant } from '#domain/ids.ts';
import type { CaseId } from '#domain/ids.ts';
import type { Write } from '#relay/store-port.ts';
import { openSqliteStore } from '#store/sqlite-store.ts';
import { bytes, putNew, receive, send } from '#tests/support/store-rows.ts';
import { testKeys } from '#tests/support/vault-keys.ts';
import { systemChance } from '#vault/system-chance.ts';
import { openVault } from '#vault/vault.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** A plan over all tables whose parts carry the same number, so that a half of one can be told. */
const numbered = (n: number, lane: Awaited<ReturnType<Awaited<ReturnType<typeof openSqliteStore>>['lane']>>): readonly Write[] => [
  putNew({ id: `case-${n}`, owner: `case-${n}`, sealed: new Uint8Array(2_000).fill(n) }),
  receive(lane, { id: `in-${n}` }),
  send(lane, { id: `out-${n}`, owner: `case-${n}` }),
  { write: 'timer', timer: { id: `timer-${n}`, what: 'w', ref: `case-${n}`, dueAt: instant(n) } },
  { write: 'note', name: 'last', value: String(n) },
];

/** Says each number once its plan is committed. Begins behind the last one that is there. */
const commitForever = async (folder: string): Promise<void> => {
  await using store = await openSqliteStore({ folder, chance: systemChance() });
  const lane = await store.lane('core', bytes('lane'));
  for (let n = Number((await store.note('last')) ?? 0) + 1; ; n += 1) {
    await store.commit({ writes: numbered(n, lane) });
    say(`committed ${n}`);
  }
};

/** Draws a key, then commits its owner, and says so; each second owner is forgotten again. */
const drawForever = async (folder: string): Promise<void> => {
  await using vault = await openVault({ keys: testKeys, folder });
  for (let n = 1; ; n += 1) {
    const owner = brandId<CaseId>(`case-${n}-${process.pid}`);
    await vault.newOwner(owner);
    const sealed = await vault.seal({ under: 'owner', owner }, 'x', bytes(owner));
    if (n % 2 === 0) await vault.forgetOwner(owner);
    say(`${n % 2 === 0 ? 'forgotten' : 'drawn'} ${owner} ${Buffer.from(sealed).toString('base64')}`);
  }
};

/** Says with what code it is shut out, or `opened`. */
const tryToOpen = async (folder: string): Promise<void> => {
  try {
    await using store = await openSqliteStore({ folder, chance: systemChance() });
    say(`opened ${(await store.find({ kind: 'case' })).length}`);
  } catch (fault) {
    say(fault instanceof Error && 'code' in fault ? String(fault.code) : 'no code');
  }
};

const ballastBytes = 1_000_000;

/** Commits until the disk is full, then says what is there, makes room, and goes on. */
const fillTheDisk = async (folder: string): Promise<void> => {
  await using store = await openSqliteStore({ folder, chance: systemChance() });
  const lane = await store.lane('core', bytes('lane'));
  // Something else takes up a part of it. A disk that an ordinary user has made cannot be enlarged by them.
  const ballast = join(folder, 'ballast');
  writeFileSync(ballast, Buffer.alloc(ballastBytes));
  let n = 0;
  try {
    for (n = 1; n < 10_000; n += 1) await store.commit({ writes: numbered(n, lane) });
  } catch (fault) {
    say(fault instanceof Error && 'code' in fault ? String(fault.code) : 'no code');
  }
  const whole = async (of: number): Promise<string> =>
    [
      await store.get('case', `case-${of}`),
      await store.inboxRow(`in-${of}`),
      await store.outboxRow(`out-${of}`),
      await store.timer(`timer-${of}`),
    ]
      .map((part) => (part === null ? '-' : '+'))
      .join('');
  say(`last ${n - 1} noted ${await store.note('last')} ${await whole(n - 1)} ${await whole(n)}`);
  rmSync(ballast);
  await store.commit({ writes: [putNew({ id: 'afterwards' })] });
  say(`afterwards ${(await store.get('case', 'afterwards'))?.id}`);
};

const [act = '', folder = ''] = process.argv.slice(2);
switch (act) {
  case 'commit-forever':
    await commitForever(folder);
    break;
  case 'draw-forever':
    await drawForever(folder);
    break;
  case 'try-to-open':
    await tryToOpen(folder);
    break;
  case 'fill-the-disk':
    await fillTheDisk(folder);
    break;
  default:
    throw new Error('nothing to do');
}
