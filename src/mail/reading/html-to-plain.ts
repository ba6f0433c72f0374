// Turns a mail's HTML into the text a reader would have seen: only text between tags comes out, never an attribute,
// never what is hidden. Links, pictures and styles are left behind; quotes are marked as in plain text.
import { Parser } from 'htmlparser2';

export interface PlainText {
  readonly text: string;
  /** `some`: there was text, perhaps hidden; `none`: there was no letter in it at all. */
  readonly content: 'some' | 'none';
}

/** Two million letters are read in 0.2 s; real mails have some hundred thousand. */
export const longestHtml = 2_000_000;
/** Browsers flatten at 512; the parser's stack becomes slow far above. */
const deepest = 1_000;
/** Each level is a mark on every line: without a bound a small mail of a thousand levels becomes a text that no memory holds. */
const mostQuotes = 30;

const dropped: ReadonlySet<string> = new Set([
  'head',
  'title',
  'script',
  'style',
  'template',
  'svg',
  'math',
  'object',
  'embed',
  'applet',
  'iframe',
  'frameset',
  'noframes',
  'audio',
  'video',
  'canvas',
  'map',
  'select',
  'datalist',
  'textarea',
  'input',
  'button',
  'meter',
  'progress',
  'img',
  'link',
  'meta',
  'base',
]);
const paragraphs: ReadonlySet<string> = new Set(['p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'blockquote', 'ul', 'ol', 'dl', 'table', 'pre']);
const linesOfTheirOwn: ReadonlySet<string> = new Set([
  'div',
  'section',
  'article',
  'main',
  'header',
  'footer',
  'nav',
  'aside',
  'address',
  'center',
  'form',
  'fieldset',
  'figure',
  'figcaption',
  'details',
  'summary',
  'li',
  'dt',
  'dd',
  'tr',
  'caption',
  'body',
  'html',
]);

const hiding =
  /(?:^|;)(?:display:none|visibility:(?:hidden|collapse)|mso-hide:all|color:transparent|opacity:0(?:\.0+)?(?:;|!|$)|font-size:0(?:px|pt|em|rem|%)?(?:;|!|$)|max-(?:height|width):0(?:px)?(?:;|!|$))/;

/** As Gmail, Outlook, Apple Mail, Thunderbird, Proton and Yahoo mark what they add below a person's words, with or without dashes. */
const signature =
  /(?:^|[\s_])(?:gmail_signature|(?:x_)*signature|ms-outlook-mobile-signature|applemailsignature|moz-signature|protonmail_signature_block|yahoo_signature)(?=$|[\s_-])/i;
/** People have been seen to write their letter into it; then it stays. */
const mostSignatureLines = 12;
const mostSignatureLetters = 900;

type Attributes = Readonly<Record<string, string>>;

interface Frame {
  readonly silent: boolean;
  /** Style sheets, scripts, titles: no content, whereas hidden words are, since somebody wrote them. */
  readonly code: boolean;
  readonly quote: number;
  readonly verbatim: boolean;
  /** The paper that was being written on before this signature began. */
  readonly above: Paper | null;
}

const ground: Frame = { silent: false, code: false, quote: 0, verbatim: false, above: null };

class TooDeep extends Error {
  readonly code = 'too-deep';
}

/** Never throws: HTML that is too long or too deep has content and no text. */
export function htmlToPlain(html: string): PlainText {
  if (html.length > longestHtml) return { text: '', content: 'some' };
  const whole = newPaper();
  let paper = whole;
  const frames: Frame[] = [];
  let content: PlainText['content'] = 'none';
  const top = (): Frame => frames.at(-1) ?? ground;
  const breakFor = (name: string, quote: number): void => {
    if (paragraphs.has(name)) paper.paragraph(quote);
    else if (linesOfTheirOwn.has(name)) paper.line(quote);
  };
  const parser = new Parser({
    onopentag(name, attributes) {
      if (frames.length > deepest) throw new TooDeep('too-deep');
      const outer = top();
      const frame: Frame = {
        silent: outer.silent || dropped.has(name) || isHidden(attributes),
        code: outer.code || dropped.has(name),
        quote: Math.min(outer.quote + (name === 'blockquote' && !isIndent(attributes) ? 1 : 0), mostQuotes),
        verbatim: outer.verbatim || name === 'pre',
        above: paper === whole && isSignature(attributes) ? whole : null,
      };
      frames.push(frame);
      if (frame.above !== null) paper = newPaper();
      if (outer.silent) return;
      if (name === 'img') paper.write(emoji(attributes), outer);
      if (frame.silent) return;
      breakFor(name, frame.quote);
      if (name === 'br') paper.newline(frame.quote);
      if (name === 'hr') paper.rule(frame.quote);
      if (name === 'li') paper.write('- ', { ...frame, verbatim: true });
      if (name === 'td' || name === 'th') paper.write(' ', frame);
    },
    ontext(text) {
      if (content === 'none' && text.trim() !== '' && !top().code) content = 'some';
      if (!top().silent) paper.write(text, top());
    },
    onclosetag(name) {
      const frame = frames.pop();
      if (frame !== undefined && frame.above !== null) {
        const lines = paper.text().split('\n');
        paper = frame.above;
        const short = lines.length <= mostSignatureLines && lines.join('').length <= mostSignatureLetters;
        paper.line(0);
        for (const line of short ? [] : lines) {
          paper.write(line, ground);
          paper.newline(0);
        }
      }
      if (frame?.silent === false) breakFor(name, top().quote);
    },
  });
  try {
    parser.write(html);
    parser.end();
  } catch {
    return { text: '', content: 'some' };
  }
  return { text: whole.text(), content };
}

function isHidden(attributes: Attributes): boolean {
  if ('hidden' in attributes) return true;
  const style = attributes['style'];
  return style !== undefined && hiding.test(style.toLowerCase().replace(/\s+/g, ''));
}

function isSignature(attributes: Attributes): boolean {
  return ['class', 'id', 'data-smartmail'].some((name) => signature.test(attributes[name] ?? ''));
}

/** Gmail and others indent a person's own words with a block quote that has no line at its side. */
function isIndent(attributes: Attributes): boolean {
  if ('class' in attributes || 'type' in attributes || 'cite' in attributes) return false;
  return /border:(?:none|0)/.test((attributes['style'] ?? '').toLowerCase().replace(/\s+/g, ''));
}

/** Some programs write a feeling as a picture of it. */
function emoji(attributes: Attributes): string {
  const alt = attributes['alt'] ?? '';
  return alt.length <= 16 && /^[\p{Extended_Pictographic}\p{Emoji_Component}]+$/u.test(alt) && /\p{Extended_Pictographic}/u.test(alt)
    ? alt
    : '';
}

interface Paper {
  write(text: string, frame: Frame): void;
  newline(quote: number): void;
  /** Begins a line unless one has just begun. */
  line(quote: number): void;
  paragraph(quote: number): void;
  rule(quote: number): void;
  text(): string;
}

function newPaper(): Paper {
  const done: string[] = [];
  // In pieces: a parser may hand over a megabyte letter by letter, and looking at the end of what is put together each time
  // took the square of that.
  let line: string[] = [];
  let quote = 0;
  let lastQuote = 0;
  const add = (piece: string): void => {
    if (piece !== '') line.push(piece);
  };
  const end = (next: number): void => {
    done.push(`${'> '.repeat(quote)}${line.join('').trimEnd()}`);
    line = [];
    lastQuote = quote;
    quote = next;
  };
  const startLine = (next: number): void => {
    if (line.every((piece) => /^[ \t]*$/.test(piece))) {
      // A no-break space is how editors keep an empty line open, and stays one.
      line = [];
      quote = next;
    } else end(next);
  };
  return {
    write(text, frame) {
      if (frame.verbatim) {
        const [first = '', ...rest] = text.split('\n');
        add(first);
        for (const each of rest) {
          end(frame.quote);
          add(each);
        }
        return;
      }
      const flat = text.replace(/[ \t\n\r\f]+/g, ' ');
      add(line.at(-1)?.endsWith(' ') === false ? flat : flat.replace(/^ /, ''));
    },
    newline: (next) => end(next),
    line: startLine,
    paragraph(next) {
      startLine(next);
      if (done.length === 0) return;
      lastQuote = Math.min(next, lastQuote);
      const gap = '> '.repeat(lastQuote);
      const isGap = /^[> ]*$/.test(done.at(-1) ?? '');
      // One empty line between two paragraphs, marked as a quote only where both are.
      if (!isGap) done.push(gap);
      else if (gap.length < (done.at(-1) ?? '').length) done[done.length - 1] = gap;
    },
    rule(next) {
      startLine(next);
      // As Outlook writes it in plain text: a header block below makes it the start of a quote.
      done.push(`${'> '.repeat(next)}${'_'.repeat(32)}`);
    },
    text() {
      if (line.some((piece) => piece.trim() !== '')) end(0);
      return done
        .map((each) => each.trimEnd())
        .join('\n')
        .trim();
    },
  };
}
