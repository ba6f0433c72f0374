// However long a server was away, what waited for it goes within half a minute of its coming back (O1).
import { expect, test } from 'vitest';
import { hours, relayWorld } from '#tests/support/world.ts';
import { chatWriter, mailWriter, volunteerHere } from '#tests/support/world-people.ts';
import { talkByMail } from '#tests/support/world-talks.ts';

const soon = 30_000;

test('a homeserver that was away for hours', async () => {
  const world = await relayWorld();
  const ada = mailWriter(world);
  const cy = await chatWriter(world);
  await ada.writes('Hello.');
  const vera = await volunteerHere(world);
  const room = await vera.takes();
  world.desk.goAway('unreachable');
  world.front.goAway('unreachable');
  await ada.writes('While it is away.', { answers: ada.last() });
  await cy.chat.says('By chat.');
  await world.pass(hours(5));
  world.desk.comeBack();
  world.front.comeBack();
  await world.pass(soon);
  expect((await room.hears()).at(-1)).toBe('While it is away.');
  expect((await cy.chat.hears()).at(-1)).toContain('Thank you for writing');
});

test('a mail server that was away for hours', async () => {
  const { world, ada, room } = await talkByMail();
  world.sender.stuck({ outcome: 'later', code: 'unreachable' });
  await room.says('Take your time.');
  await world.pass(hours(5));
  world.sender.stuck(null);
  await world.pass(soon);
  expect(ada.texts().at(-1)).toContain('Take your time.');
});

test('a server that takes this mail later is asked ever more seldom', async () => {
  const { world, room } = await talkByMail();
  world.sender.stuck({ outcome: 'later', code: 'smtp-4.2.2' });
  await room.says('Take your time.');
  const tries = (): number => world.log.filter((event) => event.event === 'lane.blocked' && event.code === 'smtp-4.2.2').length;
  await world.pass(hours(5));
  const before = tries();
  await world.pass(hours(1));
  expect(tries() - before).toBeLessThanOrEqual(13);
});
