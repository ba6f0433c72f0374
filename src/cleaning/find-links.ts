// Finds links and mail addresses with linkify-it, piece by piece, so that no crafted text makes it slow.
import { LinkifyIt } from 'linkify-it';
import type { Span } from './spans.ts';

/** Longer runs without a space are no words of a person. They are looked at in pieces of their script, else go whole. */
const longestPiece = 2000;

/** Endings of file names that are also endings of countries. `models.py` and `README.md` stay. */
const fileEndings: ReadonlySet<string> = new Set(['md', 'py', 'rs', 'sh', 'so', 'cc', 'ps', 'pm', 'ml', 'ai', 'sc']);

/** Services that everybody uses: their bare name says nothing. With a path it points at somebody and goes. */
const everybodys: ReadonlySet<string> = new Set(
  `github.com gitlab.com bitbucket.org python.org pypi.org djangoproject.com stackoverflow.com google.com gmail.com facebook.com
  instagram.com twitter.com x.com linkedin.com youtube.com reddit.com discord.com slack.com zoom.us matrix.org element.io
  mozilla.org wikipedia.org microsoft.com apple.com amazon.com amazon.de whatsapp.com telegram.org tiktok.com bsky.app`.split(/\s+/),
);

const finder = new LinkifyIt({ fuzzyLink: true, fuzzyEmail: true, fuzzyIP: false, urlAuth: true });
finder.tlds(
  `biz com edu gov net org pro web xxx aero asia coop info museum name shop рф
  app dev io me blog site online tech page link live social chat email family club art design studio world network cloud digital academy school
  university community foundation group team jobs work consulting agency berlin hamburg koeln wien paris london nyc amsterdam tokyo onion
  bank health care clinic help support church center codes software systems store space fun today life love xyz zone wiki tools news media`.split(
    /\s+/,
  ),
  true,
);

/** Anything in front of `://` that linkify-it has not heard of, links without slashes, and hosts of an ending it does not know, with a path. */
const otherSchemes =
  /(?:[a-z][a-z0-9+.-]{0,20}:\/\/|\bwww\.|(?<![a-z0-9.-])(?:[a-z0-9-]{1,63}\.){1,5}[a-z]{2,24}\/|\b(?:mailto|tel|sms|xmpp|sip|skype|matrix|signal|tg|geo|acct|callto|facetime|whatsapp):)[^\s<>"，。、）」』]+/gi;
const worthALook = /[.:@/]/;
const cjk = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]+/gu;

/** Takes a folded text; places are indices into it. */
export function findLinks(text: string): readonly Span[] {
  const found: Span[] = [];
  for (const match of text.matchAll(otherSchemes)) {
    const link = match[0].replace(/[.,;:!?)\]}'*_]{1,5}$/, '');
    found.push({ from: match.index, to: match.index + link.length, kind: kindOf(link) });
  }
  for (const run of text.matchAll(/\S+/g)) {
    if (!worthALook.test(run[0])) continue;
    if (run[0].length <= longestPiece) addLinks(found, run[0], run.index);
    else addLongRun(found, run[0], run.index);
  }
  return found;
}

function addLongRun(found: Span[], run: string, offset: number): void {
  let done = 0;
  for (const script of [...run.matchAll(cjk), null]) {
    const to = script === null ? run.length : script.index;
    const piece = run.slice(done, to);
    if (piece.length > longestPiece) found.push({ from: offset + done, to: offset + to, kind: 'link' });
    else if (worthALook.test(piece)) addLinks(found, piece, offset + done);
    done = script === null ? to : script.index + script[0].length;
  }
}

function addLinks(found: Span[], piece: string, offset: number): void {
  for (const match of finder.match(piece) ?? []) {
    if (match.schema === '' && isNoLink(match.raw)) continue;
    const kind = match.schema === 'mailto:' ? 'address' : 'link';
    found.push({ from: offset + match.index, to: offset + match.lastIndex, kind });
  }
}

/** A bare `name.ending` without a path may be a file, or a service everybody knows. */
function isNoLink(raw: string): boolean {
  const host = raw.replace(/^www\./, '');
  if (everybodys.has(host)) return true;
  const labels = host.split('.');
  return labels.length === 2 && fileEndings.has(labels[1] ?? '');
}

function kindOf(link: string): Span['kind'] {
  if (/^(?:mailto|acct|xmpp|sip):/i.test(link)) return 'address';
  return /^(?:tel|sms|callto|facetime):/i.test(link) ? 'phone' : 'link';
}
