// The command list of the volunteers' page, from the table and the words: what the bot says is what the page says.
import { commands } from '#commands/table.ts';
import type { Command } from '#relay/command-port.ts';
import type { Words } from '#relay/words-port.ts';

const begin = '<!-- commands -->';
const end = '<!-- /commands -->';

const places: readonly { readonly title: string; readonly has: (command: Command) => boolean }[] = [
  { title: 'At your desk', has: (command) => command.where !== 'case' && command.who === 'volunteer' },
  { title: 'In the room of a conversation', has: (command) => command.where !== 'desk' },
  { title: 'At the desk of a coordinator', has: (command) => command.who === 'coordinator' },
];

const list = (words: Words): string =>
  places
    .map(({ title, has }) => {
      const lines = commands.filter(has).map((command) => `- ${words.render('en', { key: command.line }).trim()}`);
      return `${title}:\n\n${lines.join('\n')}`;
    })
    .join('\n\n');

/** The page with its list as it should be; unchanged when it is already. */
export const withCommands = (page: string, words: Words): string => {
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from === -1 || to < from) throw new Error('the page has no place for the commands');
  return `${page.slice(0, from + begin.length)}\n${list(words)}\n${page.slice(to)}`;
};
