// `npm run try`: real servers, a real relay, two conversations to watch; then it stays, and says how to join in.
// `--once` ends after the conversations: 0 when everything arrived.
import { parseArgs } from 'node:util';
import { join } from 'node:path';
import { teller } from './columns.ts';
import { leavePlaces, playConversations, takePlaces } from './conversation.ts';
import { joiningIn } from './joining-in.ts';
import { startMailPerson } from './people/mail-person.ts';
import { startSdkPerson } from './people/sdk-person.ts';
import { relayProcess } from './relay-process.ts';
import { writeRelaySettings } from './relay-settings.ts';
import { startStack } from './stack.ts';
import { untilStopped } from './until-stopped.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const play = async (once: boolean): Promise<void> => {
  const stopped = untilStopped();
  say('Starting a homeserver, Valkey, and mail servers on this machine …');
  await using stack = await startStack({ progress: say });
  const { addresses } = stack;
  const { accounts, matrix: homeserver } = addresses;
  // The account that the play uses has a client's device and identity, which whoever joins in has no part of.
  const joiner = { coordinator: await stack.admin.freshMatrixAccount('casey') };
  const config = writeRelaySettings(join(addresses.folder, 'relay'), {
    stack: addresses,
    support: accounts.support,
    frontBot: accounts.frontBot,
    deskBot: accounts.deskBot,
    coordinators: [accounts.coordinator.userId, joiner.coordinator.userId],
    // Whoever joins in with one volunteer wants to be asked more than once an hour.
    limits: { offerRestMinutes: 0 },
  });
  await using relay = relayProcess(config);
  say('Setting the relay up with `hearken init` …');
  const init = await relay.hearken('init');
  if (init.code !== 0) throw new Error(`hearken init ended with ${init.code}:\n${init.out}`);
  say(init.out.trim());
  await relay.start();
  say('The relay is running.\n');
  {
    await using people = new AsyncDisposableStack();
    const matrix = async (account: (typeof accounts)['coordinator']) => people.use(await startSdkPerson({ homeserver, account }));
    const [coordinator, first, second, asks] = await Promise.all([
      matrix(accounts.coordinator),
      matrix(accounts.volunteers[0]),
      matrix(accounts.volunteers[1]),
      matrix(accounts.matrixRequesters[0]),
    ]);
    const mailRequester = people.use(await startMailPerson(addresses, accounts.mailRequesters[0]));
    const cast = {
      supportAddress: accounts.support.address,
      frontBot: accounts.frontBot.userId,
      deskBot: accounts.deskBot.userId,
      coordinator,
      volunteers: [first, second],
      mailRequester,
      matrixRequester: asks,
    } as const;
    const tell = teller(process.stdout);
    const played = (async () => {
      const desks = await takePlaces(cast, tell);
      await playConversations(cast, desks, tell);
      if (!once) await leavePlaces(desks, tell);
      return 'played' as const;
    })();
    const end = await Promise.race([played, stopped.then(() => 'stopped' as const)]);
    if (end === 'stopped') {
      played.catch(() => undefined);
      return;
    }
  }
  say('Both conversations arrived, both ways.');
  if (once) return;
  for (const line of joiningIn(addresses, joiner)) say(line);
  await stopped;
  say('\nStopping everything …');
};

if (import.meta.main) {
  const { values } = parseArgs({ options: { once: { type: 'boolean', default: false } } });
  try {
    await play(values.once);
  } catch (error) {
    process.stderr.write(`\nIt did not work: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
