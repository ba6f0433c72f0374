// How people's mail programs answer a mail: where the quote stands, and how it is introduced. Texts as those programs write them.
import type { ReceivedMail } from './received-mail.ts';

export type MailProgram = 'gmail' | 'thunderbird' | 'apple-mail' | 'outlook' | 'no-quote';

export interface AnswerBody {
  readonly text: string;
  readonly html?: string;
}

export function answerBody(program: MailProgram, { to, text }: { readonly to: ReceivedMail; readonly text: string }): AnswerBody {
  const date = new Date(to.at);
  const day = date.toLocaleDateString('en-US', { weekday: 'short', month: 'short', day: 'numeric', year: 'numeric', timeZone: 'UTC' });
  const time = date.toLocaleTimeString('en-US', { hour: 'numeric', minute: '2-digit', timeZone: 'UTC' });
  const sender = `${to.fromName} <${to.replyTo}>`;
  switch (program) {
    case 'gmail': {
      const line = `On ${day} at ${time} ${sender} wrote:`;
      return {
        text: `${text}\n\n${line}\n\n${quoted(to.text)}\n`,
        html:
          `<div dir="ltr">${inHtml(text)}</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">${inHtml(line)}<br></div>` +
          `<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">${inHtml(to.text)}</blockquote></div>`,
      };
    }
    case 'thunderbird':
      return { text: `On ${date.toISOString().slice(0, 16).replace('T', ' ')}, ${to.fromName} wrote:\n${quoted(to.text)}\n\n${text}\n` };
    case 'apple-mail':
      return { text: `${text}\n\n> On ${day}, at ${time}, ${sender} wrote:\n> \n${quoted(to.text)}\n` };
    case 'outlook':
      return {
        text: `${text}\n\n________________________________\nFrom: ${sender}\nSent: ${day} ${time}\nTo: ${to.to}\nSubject: ${to.subject}\n\n${to.text}\n`,
      };
    case 'no-quote':
      return { text: `${text}\n` };
  }
}

function quoted(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? '>' : line.startsWith('>') ? `>${line}` : `> ${line}`))
    .join('\n');
}

function inHtml(text: string): string {
  return text.trimEnd().replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\n', '<br>');
}
