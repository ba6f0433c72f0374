// All commands on one page. Parser, help and the volunteers' page of the docs derive from this table.
import { accept } from '#commands/accept.ts';
import { alias } from '#commands/alias.ts';
import { available } from '#commands/available.ts';
import { board } from '#commands/board.ts';
import { boundary } from '#commands/boundary.ts';
import { cap } from '#commands/cap.ts';
import { close } from '#commands/close.ts';
import { help } from '#commands/help.ts';
import { invite } from '#commands/invite.ts';
import { languages } from '#commands/languages.ts';
import { me } from '#commands/me.ts';
import { note } from '#commands/note.ts';
import { off } from '#commands/off.ts';
import { open } from '#commands/open.ts';
import { pass } from '#commands/pass.ts';
import { reopen } from '#commands/reopen.ts';
import { rest } from '#commands/rest.ts';
import { send } from '#commands/send.ts';
import { stepback } from '#commands/stepback.ts';
import { timezone } from '#commands/timezone.ts';
import type { Command } from '#relay/command-port.ts';

export const commands: readonly Command[] = [
  available,
  off,
  rest,
  accept,
  pass,
  me,
  alias,
  cap,
  languages,
  timezone,
  help,
  board,
  invite,
  open,
  note,
  send,
  boundary,
  stepback,
  close,
  reopen,
];
