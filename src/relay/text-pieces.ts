// Cuts a text that is too long for one Matrix event into pieces that are not. An event holds 65,536 octets (client-server API,
// "Size limits"), of which encryption takes a quarter, and an edit says its text twice.

/** Octets of a piece as JSON: twice that, encrypted and in base64, is 54,000. */
const mostOctets = 20_000;

const octets = (text: string): number => new TextEncoder().encode(JSON.stringify(text)).length;

/** The longest beginning that fits, by halving. Never in the middle of a surrogate pair. */
const fittingLength = (text: string): number => {
  let [low, high] = [1, text.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (octets(text.slice(0, middle)) <= mostOctets) low = middle;
    else high = middle - 1;
  }
  const last = text.charCodeAt(low - 1);
  return low > 1 && last >= 0xd800 && last <= 0xdbff ? low - 1 : low;
};

/** Where a person would pause: a paragraph, a line, a word; not so early that the piece gets small. */
const pauseIn = (text: string): number => {
  for (const mark of ['\n\n', '\n', ' ']) {
    const at = text.lastIndexOf(mark);
    if (at > text.length / 2) return at + mark.length;
  }
  return text.length;
};

export const textPieces = (text: string): readonly string[] => {
  const pieces: string[] = [];
  let rest = text;
  while (octets(rest) > mostOctets) {
    const head = rest.slice(0, fittingLength(rest));
    const piece = head.slice(0, pauseIn(head));
    pieces.push(piece.trimEnd());
    rest = rest.slice(piece.length);
  }
  return [...pieces, rest];
};
