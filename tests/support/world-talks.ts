// Conversations under way in a world in memory, where a test is about what comes after: asked, offered, taken and opened.
import type { Case } from '#domain/case/state.ts';
import { chatWriter, mailWriter, volunteerHere } from '#tests/support/world-people.ts';
import type { ChatWriter, InRoom, MailWriter, VolunteerHere } from '#tests/support/world-people.ts';
import { relayWorld } from '#tests/support/world.ts';
import type { RelayWorld } from '#tests/support/world.ts';

interface Talk {
  readonly world: RelayWorld;
  readonly vera: VolunteerHere;
  readonly room: InRoom;
}
export interface TalkByMail extends Talk {
  readonly ada: MailWriter;
}
export interface TalkByChat extends Talk {
  readonly cy: ChatWriter;
}

type WorldOptions = Parameters<typeof relayWorld>[0];

export const talkByMail = async (options?: WorldOptions): Promise<TalkByMail> => {
  const world = await relayWorld(options);
  const ada = mailWriter(world);
  await ada.writes('The first words.');
  const vera = await volunteerHere(world);
  return { world, ada, vera, room: await vera.takes() };
};

export const talkByChat = async (options?: WorldOptions): Promise<TalkByChat> => {
  const world = await relayWorld(options);
  const cy = await chatWriter(world);
  await cy.chat.says('The first words.');
  const vera = await volunteerHere(world);
  return { world, cy, vera, room: await vera.takes() };
};

export const casesOf = async (world: RelayWorld): Promise<readonly Case[]> =>
  (await world.parts.records.find({ kind: 'case' })).map((record) => record.value);
