// R5: with each conversation the version of what was promised at its start is kept, whatever is said to others later.
import { expect, test } from 'vitest';
import { promiseVersion } from '#relay/begin-case.ts';
import { mailWriter, volunteerHere } from '#tests/support/world-people.ts';
import { days, relayWorld } from '#tests/support/world.ts';

test('the version is kept with the conversation, from its first message to its end and back', async () => {
  const world = await relayWorld();
  const ada = mailWriter(world);
  await ada.writes('Hello.');
  const version = async (): Promise<string | undefined> => (await world.parts.records.find({ kind: 'case' }))[0]?.value.promise;
  expect(await version()).toBe(promiseVersion);
  const vera = await volunteerHere(world);
  const room = await vera.takes();
  await room.says('!close');
  await room.says('1');
  await world.pass(days(3));
  await ada.writes('Hello again.', { answers: ada.last() });
  expect(await version()).toBe(promiseVersion);
});
