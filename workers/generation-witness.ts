// The store's note of how far a bot's own file has come: an older copy of that file is refused even with its own witness beside it.
import type { GenerationWitness } from '#matrix/account-file.ts';
import type { BotName } from '#relay/matrix-port.ts';
import type { Store } from '#relay/store-port.ts';

export const generationWitness = (store: Store, bot: BotName): GenerationWitness => {
  const note = `generation-${bot}`;
  return {
    readGeneration: async () => {
      const kept = await store.note(note);
      return kept === null ? null : Number(kept);
    },
    keepGeneration: async (generation) => {
      await store.commit({ writes: [{ write: 'note', name: note, value: String(generation) }] });
    },
  };
};
