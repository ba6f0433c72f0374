// Answers: which of these words did somebody probably mean?

/** The nearest by edit distance, when it is near enough to be meant; else an empty text. */
export function nearWord(word: string, words: readonly string[]): string {
  const most = Math.max(2, Math.floor(word.length / 3));
  const [best] = words
    .map((each) => ({ each, far: distance(word.toLowerCase(), each.toLowerCase()) }))
    .filter(({ far }) => far <= most)
    .toSorted((a, b) => a.far - b.far);
  return best?.each ?? '';
}

/** Levenshtein's, over two rows. */
function distance(from: string, to: string): number {
  let above = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [row, letter] of [...from].entries()) {
    const current = [row + 1];
    for (let column = 1; column <= to.length; column += 1) {
      const changed = (above[column - 1] ?? 0) + (to[column - 1] === letter ? 0 : 1);
      current.push(Math.min((above[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, changed));
    }
    above = current;
  }
  return above[to.length] ?? 0;
}
