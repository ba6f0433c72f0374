// `!boundary pace`: tells the requester a limit in set words. They are shown first, and go as a line of the holder's.
import type { Say } from '#domain/say.ts';
import type { Command } from '#relay/command-port.ts';
import { askBeforeLine } from '#relay/holder-acts.ts';

const kinds = ['pace', 'length', 'topics', 'me', 'ending'] as const;

export const boundary: Command = {
  name: 'boundary',
  where: 'case',
  who: 'volunteer',
  line: 'commands.boundary',
  run: async (turn): Promise<readonly Say[]> => {
    const { one, parts, room, event } = turn;
    const named = turn.args.trim().toLowerCase();
    const kind = kinds.find((each) => each === named);
    if (one === null || kind === undefined) return [{ key: 'case.boundary.which' }];
    // As the requester gets it, in the language of the case.
    const text = parts.words.render(one.language, { key: `requester.boundary.${kind}` }).trim();
    const asks: Say = { key: 'case.boundary.ask', slots: { words: { slot: 'block', lines: text.split('\n') } } };
    await askBeforeLine(turn, { room, case: one.id, event, text, asks });
    return [];
  },
};
