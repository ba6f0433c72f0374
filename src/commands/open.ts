// `!open`: shows the first message. Until then they see nothing that the person wrote.
import { open as openCase } from '#relay/holder-acts.ts';
import type { Command } from '#relay/command-port.ts';
import { questionAbout, settle } from '#relay/questions.ts';
import { loadRoom } from '#relay/rooms.ts';

export const open: Command = {
  name: 'open',
  where: 'case',
  who: 'volunteer',
  line: 'commands.open',
  run: async (turn) => {
    if (turn.one === null) return [{ key: 'case.nothing-yet' }];
    const room = (await loadRoom(turn.unit, turn.room.ref)) ?? turn.room;
    const question = await questionAbout(turn.unit, room, `open:${turn.one.id}`);
    if (question !== null) await settle(turn.unit, question, turn.event);
    return openCase(turn, turn.one.id);
  },
};
