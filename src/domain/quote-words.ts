// The verb of the line by which mail programs introduce what they quote ("On Friday, somebody wrote:"), in the languages we have met.

export const wroteWords: readonly string[] = `
wrote, writes, schrieb, hat geschrieben, a écrit, écrivait, escribió, escribio, ha escrito, ha scritto, scrisse, escreveu, escreveram,
schreef, geschreven, skrev, kirjoitti, napisał, napisała, napisał(a), pisze, napsal, napsala, napsal(a), napísal, napísala,
ezt írta, írta, a scris, написал, написала, написал(а), пишет, писал, написав, написала, пише, написа, έγραψε,
yazdı, şunu yazdı, さんは書きました, は書きました, のメール, 写道, 寫道, 작성, 썼습니다, đã viết, menulis, כתב, כתבה, كتب, نوشت, เขียน, ने लिखा,
va escriure, je napisao, je napisala, je napisal, rašė, rakstīja, kirjutas, idatzi, scripsit, skrifaði, skribis`
  .split(/[\n,]/u)
  .map((word) => word.trim())
  .filter((word) => word !== '');

const escaped = (word: string): string => word.replace(/[.*+?^${}()|[\]\\]/gu, '\\$&');

/** As a word of its own where the script has spaces. */
const asWord = (word: string): string =>
  /^[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek} ()]+$/u.test(word) ? `(?<!\\p{L})${escaped(word)}(?!\\p{L})` : escaped(word);

const ends = new RegExp(`(?:${wroteWords.map((word) => asWord(word.toLowerCase())).join('|')})[^:：]{0,80}[:：]$`, 'u');

/** Such a line, or the last one of it. `line` is short: the caller sees to it. */
export const introducesQuote = (line: string): boolean => ends.test(line.trim().toLowerCase());
