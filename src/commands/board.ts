// `!board`: waiting times and states, coarse, and nothing else: no pseudonym, no volunteer, no text.
import type { Say } from '#domain/say.ts';
import { anybodyFree } from '#relay/candidates.ts';
import type { Command } from '#relay/command-port.ts';

export const board: Command = {
  name: 'board',
  where: 'desk',
  who: 'coordinator',
  line: 'commands.board',
  run: async (turn) => {
    const { parts, unit } = turn;
    const cases = (await parts.records.find({ kind: 'case', states: ['waiting', 'offered', 'open'] })).map((record) => record.value);
    const { zone } = turn.record.volunteer;
    const waiting: readonly Say[] = cases
      .filter((one) => one.state.phase !== 'open')
      .toSorted((a, b) => a.waitingSince - b.waitingSince)
      .map((one) => ({
        key: one.state.phase === 'offered' ? 'coordinator.board-lines.offered' : 'coordinator.board-lines.waiting',
        slots: { waited: { slot: 'since', value: one.waitingSince, now: unit.now, zone } },
      }));
    const open = cases.filter((one) => one.state.phase === 'open').length;
    const says: readonly Say[] = [
      ...(waiting.length === 0 ? [{ key: 'coordinator.board-lines.empty' }] : waiting),
      ...(open === 0 ? [] : [{ key: 'coordinator.board-lines.open', slots: { n: { slot: 'number', value: open } } } as const]),
      ...((await anybodyFree(parts, unit.now)) === 'somebody' ? [] : [{ key: 'coordinator.board-lines.nobody-available' }]),
    ];
    return [{ key: 'coordinator.board', slots: { lines: { slot: 'says', says } } }];
  },
};
