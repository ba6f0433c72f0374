// Runs a command to its end, within a deadline, and hands back what it said.
import { spawn } from 'node:child_process';

export interface Answer {
  /** The exit status; null where the command could not be started or was ended by its deadline or a signal. */
  readonly status: number | null;
  readonly stdout: string;
  /** stdout and stderr as they came, for showing why something failed. */
  readonly all: string;
}

export interface AskOptions {
  readonly deadlineMs: number;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

export function ask(command: readonly [string, ...string[]], options: AskOptions): Promise<Answer> {
  const [program, ...args] = command;
  return new Promise((resolve) => {
    let stdout = '';
    let all = '';
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: options.deadlineMs,
      killSignal: 'SIGKILL',
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.env === undefined ? {} : { env: options.env }),
    });
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk;
      all += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      all += chunk;
    });
    child.on('error', (error) => {
      resolve({ status: null, stdout, all: `${all}${error.message}\n` });
    });
    child.on('close', (status) => {
      resolve({ status, stdout, all });
    });
  });
}

/** The end of a longer output, for an error. */
export function lastLines(text: string, count = 20): string {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}
