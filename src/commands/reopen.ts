// `!reopen`, in the room of a closed conversation or, with its pseudonym, at the desk: takes it up again; asks once.
import type { Case } from '#domain/case/state.ts';
import type { Command, CommandTurn } from '#relay/command-port.ts';
import { askToTakeUp, closedByName } from '#relay/take-up.ts';

const meant = async (turn: CommandTurn): Promise<Case | null> => {
  if (turn.room.for.purpose === 'case') return (await turn.unit.load('case', turn.room.for.case))?.value ?? null;
  return closedByName(turn, turn.args);
};

export const reopen: Command = {
  name: 'reopen',
  where: 'both',
  who: 'volunteer',
  line: 'commands.reopen',
  afterTheEnd: 'works',
  run: async (turn) => {
    if (turn.one !== null) return [{ key: 'volunteer.reopen.open' }];
    if (turn.room.for.purpose === 'desk' && turn.args === '') return [{ key: 'volunteer.reopen.which' }];
    const one = await meant(turn);
    return one === null ? [{ key: 'volunteer.reopen.none' }] : askToTakeUp(turn, { one, room: turn.room });
  },
};
