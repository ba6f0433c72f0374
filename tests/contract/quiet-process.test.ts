// A process that breaks says that it did and where, and nothing of what a library put into its message.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const child = join(import.meta.dirname, '..', 'support', 'crashing-child.ts');
const words = 'quarvexil@people.example';

const breaks = (how: string, quiet: 'quiet' | 'not quiet' = 'quiet') => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [child, how, words, quiet], { encoding: 'utf8' });
  return { status, stdout, stderr };
};

describe('a process that breaks', () => {
  it.each([
    ['throws', 'EENVELOPE'],
    ['throws later', 'EENVELOPE'],
    ['throws no error', 'unexpected'],
    ['rejects', 'EENVELOPE'],
    ['rejects with no error', 'ERR_UNHANDLED_REJECTION'],
    ['emits an error that nobody listens for', 'EENVELOPE'],
    ['parses', 'unexpected'],
  ])('when it %s, ends with a code and nothing else', (how, code) => {
    const { status, stdout, stderr } = breaks(how);
    expect(status).toBe(1);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({ event: 'relay.crashed', code, at: 'elsewhere' });
    // Left to Node, the words are there.
    expect(breaks(how, 'not quiet').stderr).toContain('quarvexil');
  });

  it('goes on after a warning, and says its kind', () => {
    expect(breaks('warns')).toEqual({ status: 0, stdout: '{"event":"node.warning","code":"OddWarning"}\nwent on\n', stderr: '' });
    expect(breaks('warns', 'not quiet').stderr).toContain('quarvexil');
  });

  it('lets no library write to the console', () => {
    expect(breaks('prints')).toEqual({ status: 0, stdout: 'went on\n', stderr: '' });
    expect(breaks('prints', 'not quiet').stderr).toContain('quarvexil');
  });

  it('names the place in our own code', () => {
    const { status, stdout, stderr } = breaks('breaks in our own code');
    expect([status, stderr]).toEqual([1, '']);
    expect(JSON.parse(stdout)).toMatchObject({ event: 'relay.crashed', at: expect.stringMatching(/^src\.relay\.read-command\.\d+$/u) });
  });
});
