// Servers of a stack can be killed and come back at the same place with what they held; others can go away for a while.
import { Resolver } from 'node:dns/promises';
import { Redis } from 'ioredis';
import { afterAll, expect, test } from 'vitest';
import { startMailPerson } from '#trial/people/mail-person.ts';
import { registerMatrixAccount } from '#trial/servers/matrix-accounts.ts';
import { dialogue } from '#trial/servers/dialogue.ts';
import { startStack } from '#trial/stack.ts';

const stack = await startStack();
const { addresses } = stack;

afterAll(async () => {
  await stack[Symbol.asyncDispose]();
});

test('Valkey keeps through a kill what it was given, and nothing through a wipe', async () => {
  await withRedis(async (redis) => {
    expect(await redis.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
    await redis.set('held', 'still here');
  });
  const before = stack.valkey.pid();
  await stack.valkey.kill();
  expect(stack.valkey.pid()).toBeNull();
  await expect(dialogue(addresses.valkey.port, [{ say: 'PING', expect: /PONG/ }])).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await stack.valkey.start();
  expect(stack.valkey.pid()).not.toBe(before);
  await withRedis(async (redis) => expect(await redis.get('held')).toBe('still here'));
  await stack.valkey.flushAll();
  await withRedis(async (redis) => expect(await redis.dbsize()).toBe(0));
});

test('Synapse keeps through a kill the accounts it has', async () => {
  const { user } = await stack.admin.freshMatrixAccount('kept');
  await stack.synapse.kill();
  await expect(fetch(`${addresses.matrix.baseUrl}/health`)).rejects.toThrow('fetch failed');
  await stack.synapse.start();
  await expect(registerMatrixAccount(addresses.matrix, { user })).rejects.toThrow('M_USER_IN_USE');
});

test('Dovecot keeps through a kill the mails it has; what is written meanwhile waits at the provider until it is back', async () => {
  const mailbox = stack.admin.freshMailbox('anna');
  const toSelf = { to: mailbox.address, text: 'x' };
  {
    await using anna = await startMailPerson(addresses, mailbox);
    await anna.write({ ...toSelf, subject: 'before' });
    await stack.dovecot.kill();
    const meanwhile = anna.write({ ...toSelf, subject: 'meanwhile' });
    await expect(dialogue(addresses.imap.port, [{ expect: /^\* OK/ }])).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await stack.dovecot.start();
    await meanwhile;
    await anna.write({ ...toSelf, subject: 'after' });
  }
  await using anna = await startMailPerson(addresses, mailbox);
  expect((await anna.inbox()).map((mail) => mail.subject)).toEqual(['before', 'meanwhile', 'after']);
});

test('the SMTP server of the relay and the DNS go away and come back', async () => {
  await stack.smtp.stop();
  const greeting = [{ expect: /^220 / }];
  await expect(dialogue(addresses.smtp.relay.port, greeting)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await stack.smtp.start();
  await dialogue(addresses.smtp.relay.port, greeting);

  const resolver = new Resolver({ timeout: 300, tries: 1 });
  resolver.setServers([addresses.resolver]);
  await stack.dns.stop();
  await expect(resolver.resolveTxt('_dmarc.people.example')).rejects.toMatchObject({
    code: expect.stringMatching(/ETIMEOUT|ECONNREFUSED/),
  });
  await stack.dns.start();
  expect(await resolver.resolveTxt('_dmarc.people.example')).toEqual([['v=DMARC1; p=reject']]);
  await expect(resolver.resolveTxt('nothing.example')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  await expect(resolver.resolveTxt('plain.example')).rejects.toMatchObject({ code: 'ENODATA' });
});

async function withRedis(work: (redis: Redis) => Promise<unknown>): Promise<void> {
  const redis = new Redis(addresses.valkey.url);
  try {
    await work(redis);
  } finally {
    redis.disconnect();
  }
}
