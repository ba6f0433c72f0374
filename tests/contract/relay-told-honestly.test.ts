// What the requester is told is what happens: where a mail after NEW goes, what became of words that waited for a YES, what nobody read.
import { describe, expect, test } from 'vitest';
import { chatWriter, mailWriter, volunteerHere } from '#tests/support/world-people.ts';
import { days, minutes, relayWorld } from '#tests/support/world.ts';
import { casesOf, talkByChat } from '#tests/support/world-talks.ts';

const unread = 'Some of what you wrote had not been read';

describe('after NEW by mail', () => {
  test('answers to that mail and new mails belong to the new conversation, answers to older ones to the old, as they are told', async () => {
    const world = await relayWorld();
    const ada = mailWriter(world);
    await ada.writes('The first.', { subject: '' });
    const older = ada.last();
    const vera = await volunteerHere(world);
    const first = await vera.takes();
    await world.pass(minutes(1));
    await ada.writes('NEW\nThe second.', { answers: older });
    const newer = ada.last();
    expect(newer.mail.text).toContain('To go on in it, answer this mail, or write a new one.');
    const second = await (await volunteerHere(world, { name: 'will' })).takes();
    await ada.writes('To the second, by answering.', { answers: newer });
    await ada.writes('To the second, by a new mail.', { subject: '' });
    await ada.writes('To the first.', { answers: older });
    expect((await second.hears()).slice(-3)).toEqual(['The second.', 'To the second, by answering.', 'To the second, by a new mail.']);
    expect((await first.hears()).at(-1)).toBe('To the first.');
  });
});

describe('NEW in a chat', () => {
  test('is let go of when they write on: a YES later ends nothing, and they are told what became of the words beside it', async () => {
    const { world, cy, room } = await talkByChat();
    await cy.chat.says('NEW\nFor somebody else.');
    await cy.chat.says('I thought about it again.');
    expect((await cy.chat.hears()).at(-1)).toContain('What you wrote together with NEW has gone to nobody');
    await cy.chat.says('yes');
    expect(await casesOf(world)).toMatchObject([{ state: { phase: 'open' } }]);
    expect((await room.hears()).slice(-2)).toEqual(['I thought about it again.', 'yes']);
    expect((await room.hears()).join('\n')).not.toContain('For somebody else');
  });

  test('alone, and they write on: they are told that this one goes on', async () => {
    const { world, cy } = await talkByChat();
    await cy.chat.says('NEW');
    await cy.chat.says('It is about my work.');
    expect((await cy.chat.hears()).at(-1)).toContain('this conversation goes on');
    await cy.chat.says('yes');
    expect(await casesOf(world)).toHaveLength(1);
  });

  test('stands while they only ask for people to talk to', async () => {
    const { world, cy } = await talkByChat();
    await cy.chat.says('NEW\nFor somebody else.');
    await cy.chat.says('HELP');
    await cy.chat.says('yes');
    expect(await casesOf(world)).toMatchObject([{ state: { phase: 'closed' } }, { state: { phase: 'waiting' } }]);
  });

  test('said twice: the words of the first are not lost without a word', async () => {
    const { cy } = await talkByChat();
    await cy.chat.says('NEW\nFor somebody else.');
    await cy.chat.says('NEW');
    expect((await cy.chat.hears()).join('\n')).toContain('has gone to nobody');
  });

  test('and no answer: they are told what became of the words beside it', async () => {
    const { world, cy } = await talkByChat();
    await cy.chat.says('NEW\nFor somebody else.');
    await world.pass(days(4));
    expect((await cy.chat.hears()).at(-1)).toContain('What you wrote together with NEW has gone to nobody');
  });
});

describe('a conversation that ends before all of it was read', () => {
  test('by the volunteer: they are told', async () => {
    const world = await relayWorld();
    const ada = mailWriter(world);
    await ada.writes('Words that stay sealed.');
    const room = await (await volunteerHere(world)).takes({ open: 'sealed' });
    await room.says('!close');
    await room.says('1');
    await room.says('1');
    expect(await casesOf(world)).toMatchObject([{ state: { phase: 'closed', by: 'holder' } }]);
    expect(ada.last().mail.text).toContain('has come to its end');
    expect(ada.last().mail.text).toContain(unread);
  });

  test('by STOP: they are told', async () => {
    const world = await relayWorld();
    const ada = mailWriter(world);
    await ada.writes('Words that nobody took.');
    await ada.writes('STOP', { answers: ada.last() });
    expect(ada.last().mail.text).toContain('as you wished');
    expect(ada.last().mail.text).toContain(unread);
  });

  test('says nothing of the kind when all was read', async () => {
    const { cy } = await talkByChat();
    await cy.chat.says('STOP');
    await cy.chat.says('yes');
    expect((await cy.chat.hears()).at(-1)).toContain('as you wished');
    expect((await cy.chat.hears()).join('\n')).not.toContain(unread);
  });
});

describe('a change of words that were read', () => {
  test('reaches nobody after the end, and they are told', async () => {
    const { cy, room } = await talkByChat();
    const said = await cy.chat.says('Monday.');
    await room.says('!close');
    await room.says('1');
    await cy.chat.edits(said, 'Tuesday.');
    expect((await cy.chat.hears()).at(-1)).toContain('Your change came after');
    expect((await room.hears()).join('\n')).not.toContain('Tuesday');
  });

  test('reaches nobody after the one who read them has left, and they are told', async () => {
    const { world, cy, room } = await talkByChat();
    const said = await cy.chat.says('Monday.');
    await room.says('!stepback');
    await volunteerHere(world, { name: 'will' });
    await cy.chat.edits(said, 'Tuesday.');
    expect((await cy.chat.hears()).at(-1)).toContain('Your change came after');
  });

  test('goes on to who reads them now, without a word', async () => {
    const { world, cy, room } = await talkByChat();
    const said = await cy.chat.says('Monday.');
    await cy.chat.edits(said, 'Tuesday.');
    await world.pass(minutes(1));
    expect(await room.hears()).toContain('Tuesday.');
    expect((await cy.chat.hears()).join('\n')).not.toContain('Your change came after');
  });

  test('that nobody has read yet changes them, without a word', async () => {
    const world = await relayWorld();
    const cy = await chatWriter(world);
    const said = await cy.chat.says('Monday.');
    await cy.chat.edits(said, 'Tuesday.');
    expect((await cy.chat.hears()).join('\n')).not.toContain('Your change came after');
    const room = await (await volunteerHere(world)).takes();
    expect(await room.hears()).toContain('Tuesday.');
  });
});
