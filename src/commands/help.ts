// `!help`: what can be done here and now, in five lines; `!help all` for everything. Both derive from the table.
import type { Say, Slot } from '#domain/say.ts';
import type { Command, CommandTurn } from '#relay/command-port.ts';
import { loadQuestions } from '#relay/questions.ts';
import { loadRoom } from '#relay/rooms.ts';

const firstAtDesk = ['available', 'off', 'rest', 'me'];
const firstInCase = ['send', 'note', 'stepback', 'close'];

const lines = (commands: readonly Command[]): Slot => ({ slot: 'says', says: commands.map((command) => ({ key: command.line })) });

const named = (turn: CommandTurn, names: readonly string[]): readonly Command[] =>
  turn.commands.filter((command) => names.includes(command.name));

const mayUse = (turn: CommandTurn, command: Command): boolean =>
  command.who === 'volunteer' || turn.parts.service.coordinators.includes(turn.record.userId);

const all = (turn: CommandTurn): Say => {
  const mine = turn.commands.filter((command) => mayUse(turn, command));
  return {
    key: 'desk.help-all',
    slots: {
      desk: lines(mine.filter((command) => command.where !== 'case')),
      case: lines(mine.filter((command) => command.where === 'case')),
    },
  };
};

const isOffered = async (turn: CommandTurn): Promise<boolean> => {
  const room = (await loadRoom(turn.unit, turn.room.ref)) ?? turn.room;
  return (await loadQuestions(turn.unit, room.questions))[0]?.about.startsWith('offer:') ?? false;
};

export const help: Command = {
  name: 'help',
  where: 'both',
  who: 'volunteer',
  line: 'commands.help',
  run: async (turn) => {
    if (turn.args.toLowerCase() === 'all') return [all(turn)];
    if (turn.one !== null) return [{ key: 'case.help', slots: { commands: lines(named(turn, firstInCase)) } }];
    const offered = await isOffered(turn);
    const commands = lines(named(turn, offered ? firstAtDesk.slice(0, 3) : firstAtDesk));
    return [{ key: offered ? 'desk.help-offer' : 'desk.help', slots: { commands } }];
  },
};
