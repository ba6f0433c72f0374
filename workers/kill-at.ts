// For tests alone: ends the process, as kill -9 does, at a named point of its work. Only the command line can ask for it; otherwise nothing happens here.

/**
 * Called with a name at points after which a kill would tell: `mail-kept` (a mail is committed, and still in the mailbox's inbox),
 * `core-drain` (an inbox row is committed, and not worked on), `mail-accepted` (the SMTP server said 250, and nothing of it is
 * committed), `front-room-made`, `desk-room-made` (a room is there, and its record does not know), `front-text-put`,
 * `desk-text-put` (the homeserver has somebody's words, and nothing of it is committed); and, beginning with `front.` or
 * `desk.`, those of the Matrix accounts.
 */
export type Failpoint = (name: string) => void;

/** `wanted`: a name, or `name#3` for its third time; undefined: nothing ever happens. */
export const killAt = (wanted: string | undefined): Failpoint => {
  if (wanted === undefined) return () => undefined;
  const [point = '', times = '1'] = wanted.split('#');
  let left = Number(times);
  return (name) => {
    if (name !== point) return;
    left -= 1;
    if (left === 0) process.kill(process.pid, 'SIGKILL');
  };
};
