// The one error of the installation: what is missing or went wrong, one line each, for the person at the terminal.

export class CannotInstall extends Error {
  readonly code = 'cannot-install';
  readonly lines: readonly string[];

  constructor(lines: readonly string[]) {
    super(lines.join('\n'));
    this.name = 'CannotInstall';
    this.lines = lines;
  }
}
