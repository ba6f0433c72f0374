// A volunteer takes up again what was closed: in the room that still stands, or by its name at the desk.
import { describe, expect, test } from 'vitest';
import { joinLatest, mailWriter, volunteerHere } from '#tests/support/world-people.ts';
import type { InRoom, MailWriter, VolunteerHere } from '#tests/support/world-people.ts';
import { days, hours, minutes } from '#tests/support/world.ts';
import type { RelayWorld } from '#tests/support/world.ts';
import { talkByChat, talkByMail } from '#tests/support/world-talks.ts';

interface Closed {
  readonly world: RelayWorld;
  readonly ada: MailWriter;
  readonly vera: VolunteerHere;
  readonly room: InRoom;
  readonly pseudonym: string;
}

const caseOf = async (world: RelayWorld) => {
  const [record] = await world.parts.records.find({ kind: 'case' });
  if (record === undefined) throw new Error('there is no case');
  return record.value;
};
const phase = async (world: RelayWorld): Promise<string> => (await caseOf(world)).state.phase;

const closed = async (): Promise<Closed> => {
  const { world, ada, vera, room } = await talkByMail();
  await room.says('!close');
  await room.says('1');
  return { world, ada, vera, room, pseudonym: (await caseOf(world)).pseudonym };
};

describe('a closed conversation goes on', () => {
  test('from its room, asked once; the requester is told, and both write in it again', async () => {
    const { world, ada, vera, room } = await closed();
    await room.says('One more thing.');
    expect((await room.hears()).at(-1)).toContain('!reopen takes it up again');
    await room.says('!reopen');
    expect((await room.hears()).at(-1)).toContain('They are told that you have taken it up again.');
    expect(await phase(world)).toBe('closed');
    await room.says('1');
    expect((await room.hears()).at(-1)).toContain('Good. A new room');
    expect(ada.texts().at(-1)).toContain('Your conversation is open again, if you like: River has taken it up.');
    const again = await joinLatest(world, vera.person);
    expect(again.roomId).not.toBe(room.roomId);
    expect((await again.hears()).join('\n')).toContain('They have been told that you are there again');
    await ada.writes('How good.', { answers: ada.last() });
    expect((await again.hears()).at(-1)).toBe('How good.');
    await again.says('I thought of you.');
    await world.pass(minutes(2));
    expect(ada.texts().at(-1)).toBe('I thought of you.\n\n— River');
    await world.pass(days(59));
    expect(await phase(world)).toBe('open');
    expect(await world.parts.records.find({ kind: 'contact' })).toHaveLength(1);
  });

  test('from the desk, by its name, also when the room is gone; in a chat the speaker is not announced twice', async () => {
    const { world, cy, vera, room } = await talkByChat();
    await room.says('!close');
    await room.says('1');
    await world.pass(days(20));
    const { pseudonym } = await caseOf(world);
    await vera.desk.says(`!reopen ${pseudonym.toUpperCase()}.`);
    await vera.desk.says('1');
    expect(await phase(world)).toBe('open');
    const again = await joinLatest(world, vera.person);
    await again.says('Hello again.');
    await world.pass(minutes(1));
    expect((await cy.chat.hears()).slice(-2)).toEqual([expect.stringContaining('River has taken it up'), 'Hello again.']);
  });

  test('not when it is left as it is', async () => {
    const { world, ada, room } = await closed();
    const before = ada.got().length;
    await room.says('!reopen');
    await room.says('2');
    expect((await room.hears()).at(-1)).toContain('it stays closed');
    expect(await phase(world)).toBe('closed');
    expect(ada.got()).toHaveLength(before);
  });
});

describe('a closed conversation stays closed', () => {
  test('for who said STOP', async () => {
    const { world, ada, room } = await talkByMail();
    await ada.writes('STOP', { answers: ada.last() });
    const before = ada.got().length;
    await room.says('!reopen');
    expect((await room.hears()).at(-1)).toContain('only they take it up again');
    expect(ada.got()).toHaveLength(before);
    expect(await phase(world)).toBe('closed');
  });

  test('while the requester is being asked: what they wrote is read by nobody before they say yes', async () => {
    const { world, ada, room } = await closed();
    await room.says('!reopen');
    await ada.writes('Thank you.', { answers: ada.last() });
    await room.says('1');
    expect((await room.hears()).at(-1)).toContain('They are being asked now');
    expect(await phase(world)).toBe('closed');
  });

  test('when it was too long ago, for another volunteer, and by a name that nobody has', async () => {
    const { world, vera, pseudonym } = await closed();
    const will = await volunteerHere(world, { name: 'will' });
    for (const [who, says] of [
      [will, `!reopen ${pseudonym}`],
      [vera, '!reopen Nobody Heron'],
    ] as const) {
      await who.desk.says(says);
      expect((await who.desk.hears()).at(-1)).toContain('I found no closed conversation of yours');
    }
    await vera.desk.says('!reopen');
    expect((await vera.desk.hears()).at(-1)).toContain('Please say whose as well');
    await world.pass(days(31));
    await vera.desk.says(`!reopen ${pseudonym}`);
    expect((await vera.desk.hears()).at(-1)).toContain('that can still be taken up');
  });

  test('for who holds as many as fit', async () => {
    const { world, vera, room } = await closed();
    await world.pass(hours(2));
    await mailWriter(world, 'second@writers.example').writes('And me?');
    await vera.desk.says('!available');
    await vera.takes();
    await room.says('!reopen');
    expect((await room.hears()).at(-1)).toContain('as many conversations as fit');
  });
});
