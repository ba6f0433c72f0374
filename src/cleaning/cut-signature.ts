// Cuts signatures and the lines that mail programs add about themselves. Careful: whatever may be the person's words stays.
import { fold } from './folded.ts';

/** RFC 3676 4.3 says four lines; employers write more. Above this, the dashes part two halves of a letter. */
const mostSignatureLines = 12;
const mostSignatureLetters = 900;
/** A program's own line stands at the very end, or right above the quote that is gone by now. */
const footerReach = 8;

export interface SignatureCut {
  readonly lines: readonly string[];
}

export function cutSignature(lines: readonly string[]): SignatureCut {
  return { lines: withoutDashed(withoutFooters(withoutArmour(lines))) };
}

function withoutDashed(lines: readonly string[]): readonly string[] {
  const at = lines.findLastIndex((line) => /^--[ \t]?$/.test(line));
  if (at < 0) return lines;
  const below = lines.slice(at + 1).filter((line) => line.trim() !== '');
  const letters = below.reduce((sum, line) => sum + line.length, 0);
  return below.length <= mostSignatureLines && letters <= mostSignatureLetters ? lines.slice(0, at) : lines;
}

const brand = `(?:i ?phon|fairphone|xperia|motorola|oneplus|alcatel|htc|lumia|redmi|airmail|mailbox|i ?pad|ipod|android|samsung|galaxy|huawei|xiaomi|pixel|blackberry|nokia|windows|outlook|gmail|yahoo|proton ?mail|tutanota|tuta|k-9|k9|fairemail|thunderbird|apple|web\\.de|gmx|mail app|mail for|mail fur|mailbird|spark|posteo|fastmail|zoho)`;
const device = `(?:${brand}|mobile|movil|mobilgerat|handy|smartphone|telefon|telefono|telephone|telefoon|mobiltelefon|tablet)`;

/** Whole lines, folded, each bound to a device or a program, so that "sent from the hospital" stays. */
const footers: readonly RegExp[] = [
  `sent (?:from|with|via|using|by) .{0,40}${brand}.{0,60}`,
  `(?:sent|from|posted) (?:from )?(?:my|a) .{0,30}(?:phone|cell|mobile|tablet|device|computer).{0,60}`,
  `from my .{0,20}${device}.{0,20}`,
  `(?:von|aus) (?:meinem|meiner) .{0,30}${device}.{0,40}(?:gesendet|gesandt|verschickt|gesendet\\.).{0,60}`,
  `(?:diese nachricht wurde|gesendet|versendet|verschickt) (?:von|mit|via|uber) .{0,40}${device}.{0,80}`,
  `(?:envoye|envoyee|expedie) (?:de|depuis|a partir de|avec|via) .{0,40}${device}.{0,60}`,
  `enviad[oa] (?:desde|do|de|a partir do|pelo|com|con|via) .{0,40}${device}.{0,60}`,
  `inviato (?:da|dal|dalla|con|tramite) .{0,40}${device}.{0,60}`,
  `(?:verzonden|verstuurd) (?:vanaf|vanuit|met|via|van) .{0,40}${device}.{0,60}`,
  `(?:skickat|skickades) (?:fran|med|via) .{0,40}${device}.{0,60}`,
  `sendt (?:fra|med|via) .{0,40}${device}.{0,60}`,
  `lahetetty .{0,40}${device}.{0,60}`,
  `(?:wyslane|wyslano) (?:z|za pomoca|przez) .{0,40}${device}.{0,60}`,
  `(?:odeslano|odoslane) (?:z|ze|pomoci) .{0,40}${device}.{0,60}`,
  `отправлено (?:с|из|через) .{0,60}`,
  `надіслано (?:з|із|через) .{0,60}`,
  `.{0,20}${device}.{0,20}(?:dan|den|umdan|imden) gonderildi.{0,20}`,
  `(?:az )?.{0,20}${device}.{0,20}kuldve.{0,20}`,
  `trimis (?:de pe|din) .{0,40}${device}.{0,40}`,
  `σταλθηκε απο .{0,60}`,
  `.{0,20}${device}.{0,10}から送信.{0,20}`,
  `(?:发自|從|发送自).{0,30}${device}.{0,30}`,
  `.{0,30}${device}.{0,10}에서 보냄.{0,20}`,
  `(?:get|holen sie sich|hol dir|telecharger|telechargez|obtener|obtenha|scarica|ottieni|download|hamta|hent|pobierz|stahnout) outlook (?:for|fur|pour|para|per|voor|til|dla|pro) .{0,40}`,
  `outlook (?:for|fur|pour|para) (?:ios|android|mac).{0,40}`,
  `.{0,60}(?:k-9|k9|fairemail|thunderbird|outlook|mail).{0,40}(?:excuse my brevity|entschuldigen sie meine kurze|excusez ma brievete|disculpa mi brevedad).{0,20}`,
  `(?:please )?excuse my brevity.{0,40}`,
  `(?:virus-?free|virenfrei).{0,20}(?:avast|avg).{0,40}`,
].map((pattern) => new RegExp(`^[\\s*_(<]{0,4}${pattern.normalize('NFKD')}[.!\\s*_)>]{0,6}$`, 'u'));

function withoutFooters(lines: readonly string[]): readonly string[] {
  let written = 0;
  const gone = new Set<number>();
  for (let at = lines.length - 1; at >= 0 && written < footerReach; at -= 1) {
    const line = (lines[at] ?? '').trim();
    if (line === '') continue;
    written += 1;
    if (line.length <= 140 && footers.some((footer) => footer.test(fold(line)))) gone.add(at);
  }
  return gone.size === 0 ? lines : lines.filter((_line, at) => !gone.has(at));
}

/** OpenPGP armour (RFC 9580 6.2): a signature or a key says who it is. What was signed is the person's text, and stays. */
function withoutArmour(lines: readonly string[]): readonly string[] {
  const kept: string[] = [];
  let inside: string | null = null;
  for (const line of lines) {
    if (inside !== null) {
      if (line.startsWith(`-----END PGP ${inside}-----`)) inside = null;
      continue;
    }
    const begins = /^-----BEGIN PGP (SIGNATURE|PUBLIC KEY BLOCK|PRIVATE KEY BLOCK)-----/.exec(line);
    if (begins !== null) inside = begins[1] ?? null;
    else if (!/^-----BEGIN PGP SIGNED MESSAGE-----|^Hash: SHA\d{1,3}/.test(line)) kept.push(line);
  }
  return kept;
}
