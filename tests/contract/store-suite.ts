// What every store must do, whatever it is built on. Run against the fake and the real one.
import { describe, expect, onTestFinished, test } from 'vitest';
import { instant } from '#domain/ids.ts';
import type { LaneId } from '#domain/ids.ts';
import type { CommitOutcome, Store, Write } from '#relay/store-port.ts';
import { anEntry, aRecord, bytes, putNew, receive, send } from '#tests/support/store-rows.ts';

const committed: CommitOutcome = { outcome: 'committed', known: [] };
const conflict: CommitOutcome = { outcome: 'conflict' };
const at = instant;

export const storeContract = (name: string, openFresh: () => Promise<Store>): void => {
  const fresh = async (): Promise<Store> => {
    const store = await openFresh();
    onTestFinished(() => store[Symbol.asyncDispose]());
    return store;
  };
  const commit = (store: Store, ...writes: readonly Write[]): Promise<CommitOutcome> => store.commit({ writes });
  const laneNamed = (store: Store, text: string): Promise<LaneId> => store.lane('mail-out', bytes(text));

  describe(`${name}: records`, () => {
    test('a record comes back as it was put, with version 1, and with one more at each later put', async () => {
      const store = await fresh();
      const row = aRecord({ id: 'a', parent: 'p', owner: 'o', dueAt: at(5), form: 3, epoch: 2 });
      expect(await commit(store, { write: 'put', row, expect: 'new' })).toEqual(committed);
      expect(await store.get('case', 'a')).toEqual({ ...row, version: 1 });
      const later = { ...row, state: 'open', parent: null, sealed: bytes('later') };
      expect(await commit(store, { write: 'put', row: later, expect: 1 })).toEqual(committed);
      expect(await store.get('case', 'a')).toEqual({ ...later, version: 2 });
      expect(await store.get('room', 'a')).toBeNull();
    });

    test('a put against another version, or of a row that is there already, is a conflict and changes nothing', async () => {
      const store = await fresh();
      await commit(store, putNew({ id: 'a' }));
      expect(await commit(store, putNew({ id: 'a', state: 'open' }))).toEqual(conflict);
      expect(await commit(store, { write: 'put', row: aRecord({ id: 'a', state: 'open' }), expect: 2 })).toEqual(conflict);
      expect(await commit(store, { write: 'put', row: aRecord({ id: 'b' }), expect: 1 })).toEqual(conflict);
      expect(await store.get('case', 'a')).toMatchObject({ state: 'waiting', version: 1 });
      expect(await store.get('case', 'b')).toBeNull();
    });

    test('a version that was only looked at must still stand', async () => {
      const store = await fresh();
      await commit(store, putNew({ id: 'a' }));
      const looked: Write = { write: 'expect', kind: 'case', id: 'a', version: 1 };
      expect(await commit(store, looked, { write: 'note', name: 'n', value: '1' })).toEqual(committed);
      await commit(store, { write: 'put', row: aRecord({ id: 'a' }), expect: 1 });
      expect(await commit(store, looked, { write: 'note', name: 'n', value: '2' })).toEqual(conflict);
      expect(await store.note('n')).toBe('1');
      expect(await commit(store, { write: 'expect', kind: 'case', id: 'not there', version: 1 })).toEqual(conflict);
    });

    test('a conflict in the last write undoes all before it', async () => {
      const store = await fresh();
      const lane = await laneNamed(store, 'x');
      await commit(store, putNew({ id: 'there' }));
      const plan: readonly Write[] = [
        putNew({ id: 'a' }),
        { write: 'index', entry: anEntry({ ref: 'a' }) },
        receive(lane, { id: 'in' }),
        send(lane, { id: 'out' }),
        { write: 'timer', timer: { id: 't', what: 'w', ref: 'a', dueAt: at(1) } },
        { write: 'note', name: 'n', value: 'v' },
        putNew({ id: 'there' }),
      ];
      expect(await commit(store, ...plan)).toEqual(conflict);
      expect(await store.get('case', 'a')).toBeNull();
      expect(await store.lookup('contact', bytes('hash'))).toEqual([]);
      expect(await store.inboxRow('in')).toBeNull();
      expect(await store.outboxRow('out')).toBeNull();
      expect(await store.timer('t')).toBeNull();
      expect(await store.note('n')).toBeNull();
      await commit(store, send(lane, { id: 'first' }));
      expect(await store.outboxRow('first')).toMatchObject({ seq: 1 });
    });

    test('writes of a plan see those before them', async () => {
      const store = await fresh();
      const outcome = await commit(
        store,
        putNew({ id: 'a' }),
        { write: 'put', row: aRecord({ id: 'a', state: 'open' }), expect: 1 },
        { write: 'expect', kind: 'case', id: 'a', version: 2 },
      );
      expect(outcome).toEqual(committed);
      expect(await store.get('case', 'a')).toMatchObject({ state: 'open', version: 2 });
    });

    test('finds by state, parent and due time, the oldest first', async () => {
      const store = await fresh();
      await commit(
        store,
        putNew({ id: 'z', state: 'waiting', dueAt: at(10) }),
        putNew({ id: 'a', state: 'open', parent: 'v', dueAt: at(20) }),
        putNew({ id: 'm', state: 'waiting', parent: 'v' }),
        putNew({ id: 'm', kind: 'room', state: 'waiting', parent: 'v' }),
      );
      await commit(store, { write: 'put', row: aRecord({ id: 'z', dueAt: at(10) }), expect: 1 });
      const ids = async (query: Parameters<Store['find']>[0]): Promise<readonly string[]> => (await store.find(query)).map(({ id }) => id);
      expect(await ids({ kind: 'case' })).toEqual(['z', 'a', 'm']);
      expect(await ids({ kind: 'case', limit: 2 })).toEqual(['z', 'a']);
      expect(await ids({ kind: 'case', states: ['waiting'] })).toEqual(['z', 'm']);
      expect(await ids({ kind: 'case', states: ['waiting', 'open'] })).toEqual(['z', 'a', 'm']);
      expect(await ids({ kind: 'case', states: [] })).toEqual([]);
      expect(await ids({ kind: 'case', parent: 'v' })).toEqual(['a', 'm']);
      expect(await ids({ kind: 'case', parent: 'v', states: ['open'] })).toEqual(['a']);
      expect(await ids({ kind: 'case', dueBefore: at(10) })).toEqual(['z']);
      expect(await ids({ kind: 'case', dueBefore: at(9) })).toEqual([]);
      await commit(store, { write: 'drop', kind: 'case', id: 'z' }, { write: 'drop', kind: 'case', id: 'not there' });
      expect(await ids({ kind: 'case' })).toEqual(['a', 'm']);
    });
  });

  describe(`${name}: index, timers, notes`, () => {
    test('one hash points to several refs; the same ref again replaces its entry', async () => {
      const store = await fresh();
      const one = anEntry({ ref: 'a', owner: 'o' });
      const two = anEntry({ ref: 'b' });
      await commit(
        store,
        { write: 'index', entry: one },
        { write: 'index', entry: two },
        { write: 'index', entry: anEntry({ ref: 'a', kind: 'token' }) },
      );
      expect(await store.lookup('contact', bytes('hash'))).toEqual([one, two]);
      await commit(store, { write: 'index', entry: { ...one, dropAt: at(9), epoch: 2 } });
      expect(await store.lookup('contact', bytes('hash'))).toEqual([{ ...one, dropAt: at(9), epoch: 2 }, two]);
      await commit(store, { write: 'unindex', kind: 'contact', hash: bytes('hash'), ref: 'a' });
      expect(await store.lookup('contact', bytes('hash'))).toEqual([two]);
      await commit(store, { write: 'index', entry: one }, { write: 'unindex', kind: 'contact', hash: bytes('hash') });
      expect(await store.lookup('contact', bytes('hash'))).toEqual([]);
      expect(await store.lookup('token', bytes('hash'))).toHaveLength(1);
    });

    test('timers come due in order, and one of the same id replaces the other', async () => {
      const store = await fresh();
      const timer = (id: string, due: number): Write => ({ write: 'timer', timer: { id, what: 'w', ref: 'r', dueAt: at(due) } });
      await commit(store, timer('late', 30), timer('soon', 10), timer('moved', 5), timer('moved', 20));
      const due = async (now: number, limit = 9): Promise<readonly string[]> => (await store.dueTimers(at(now), limit)).map(({ id }) => id);
      expect(await due(9)).toEqual([]);
      expect(await due(30)).toEqual(['soon', 'moved', 'late']);
      expect(await due(30, 1)).toEqual(['soon']);
      expect(await store.timer('moved')).toEqual({ id: 'moved', what: 'w', ref: 'r', dueAt: 20 });
      await commit(store, { write: 'timer-drop', id: 'soon' }, { write: 'timer-drop', id: 'not there' });
      expect(await due(30)).toEqual(['moved', 'late']);
    });

    test('a note is kept and replaced', async () => {
      const store = await fresh();
      expect(await store.note('generation')).toBeNull();
      await commit(store, { write: 'note', name: 'generation', value: '1' });
      await commit(store, { write: 'note', name: 'generation', value: '2' });
      expect(await store.note('generation')).toBe('2');
    });

    test('dropping an owner takes its records, entries and outbox rows, and nobody else’s', async () => {
      const store = await fresh();
      const lane = await laneNamed(store, 'x');
      for (const owner of ['gone', 'stays']) {
        await commit(
          store,
          putNew({ id: owner, owner }),
          putNew({ id: owner, kind: 'message', owner }),
          { write: 'index', entry: anEntry({ ref: owner, owner }) },
          send(lane, { id: owner, owner }),
        );
      }
      await commit(store, putNew({ id: 'free' }), send(lane, { id: 'free' }));
      expect(await commit(store, { write: 'drop-owner', owner: 'gone' })).toEqual(committed);
      expect((await store.find({ kind: 'case' })).map(({ id }) => id)).toEqual(['stays', 'free']);
      expect((await store.find({ kind: 'message' })).map(({ id }) => id)).toEqual(['stays']);
      expect((await store.lookup('contact', bytes('hash'))).map(({ ref }) => ref)).toEqual(['stays']);
      expect((await store.outboxRows(lane)).map(({ id }) => id)).toEqual(['stays', 'free']);
    });
  });

  describe(`${name}: lanes`, () => {
    test('a role and a hash have one lane, made when it is new', async () => {
      const store = await fresh();
      const lane = await store.lane('core', bytes('a'));
      expect(await store.lane('core', bytes('a'))).toBe(lane);
      expect(await store.lane('core', bytes('b'))).not.toBe(lane);
      expect(await store.lane('tidy', bytes('a'))).not.toBe(lane);
      expect(await store.laneRole(lane)).toBe('core');
      expect(await store.laneRole('not there' as LaneId)).toBeNull();
    });

    test('inbox rows keep their order; the same source again is known and changes nothing', async () => {
      const store = await fresh();
      const lane = await store.lane('core', bytes('a'));
      expect(await store.inboxKnows(bytes('source 1'))).toBe(false);
      await commit(store, receive(lane, { id: '1' }), receive(lane, { id: '2' }));
      const again = receive(lane, { id: '3', sourceHash: bytes('source 1') });
      expect(await commit(store, again, { write: 'note', name: 'n', value: 'v' })).toEqual({ outcome: 'committed', known: ['3'] });
      expect(await store.note('n')).toBe('v');
      expect(await store.inboxRow('3')).toBeNull();
      expect(await store.inboxKnows(bytes('source 1'))).toBe(true);
      expect(await store.inboxHead(lane)).toMatchObject({ id: '1', seq: 1 });
      expect(await store.inboxRow('2')).toMatchObject({ seq: 2 });
    });

    test('the head is the first received row: held, quarantined and done ones are passed over, and a claimed one has its old turn', async () => {
      const store = await fresh();
      const lane = await store.lane('core', bytes('a'));
      await commit(store, receive(lane, { id: '1' }), receive(lane, { id: '2' }), receive(lane, { id: '3' }));
      const change = (id: string, to: 'received' | 'held' | 'done', from: 'received' | 'held'): Write => ({
        write: 'inbox-change',
        id,
        expect: from,
        change: { state: to },
      });
      await commit(store, change('1', 'held', 'received'));
      expect(await store.inboxHead(lane)).toMatchObject({ id: '2' });
      expect((await store.inboxInState('held', 9)).map(({ id }) => id)).toEqual(['1']);
      await commit(store, change('2', 'done', 'received'));
      expect(await store.inboxHead(lane)).toMatchObject({ id: '3' });
      await commit(store, change('1', 'received', 'held'));
      expect(await store.inboxHead(lane)).toMatchObject({ id: '1' });
      expect(await commit(store, change('1', 'done', 'held'))).toEqual(conflict);
      expect(await commit(store, change('not there', 'done', 'held'))).toEqual(conflict);
    });

    test('an inbox row changes in all that may change, and comes last in the lane it is moved to', async () => {
      const store = await fresh();
      const lane = await store.lane('core', bytes('a'));
      const other = await store.lane('core', bytes('b'));
      await commit(store, receive(lane, { id: '1' }), receive(other, { id: '2' }));
      const change = { notBefore: at(7), attempts: 3, wrappedKey: bytes('w'), sealed: bytes('s'), lane: other };
      expect(await commit(store, { write: 'inbox-change', id: '1', expect: 'received', change })).toEqual(committed);
      expect(await store.inboxRow('1')).toMatchObject({ ...change, seq: 2 });
      expect(await store.inboxHead(lane)).toBeNull();
      expect(await store.inboxHead(other)).toMatchObject({ id: '2' });
      expect(await commit(store, { write: 'inbox-change', id: '1', expect: 'received', change: {} })).toEqual(committed);
    });

    test('outbox rows are changed and dropped only from an expected state', async () => {
      const store = await fresh();
      const lane = await laneNamed(store, 'a');
      await commit(store, send(lane, { id: '1' }), send(lane, { id: '2', state: 'gathering' }));
      const sending: Write = {
        write: 'outbox-change',
        id: '1',
        expect: ['queued'],
        change: { state: 'sending', triedAt: at(5), attempts: 1 },
      };
      expect(await commit(store, sending)).toEqual(committed);
      expect(await commit(store, sending)).toEqual(conflict);
      expect(await store.outboxRow('1')).toMatchObject({ state: 'sending', triedAt: 5, attempts: 1 });
      expect(await commit(store, { write: 'outbox-change', id: '2', expect: ['gathering', 'queued'], change: {} })).toEqual(committed);
      expect((await store.outboxRows(lane)).map(({ id }) => id)).toEqual(['1', '2']);
      expect(await commit(store, { write: 'outbox-drop', id: '1', expect: ['queued'] })).toEqual(conflict);
      expect(await commit(store, { write: 'outbox-drop', id: '1', expect: ['sending'] })).toEqual(committed);
      expect(await commit(store, { write: 'outbox-drop', id: '1', expect: ['sending'] })).toEqual(conflict);
      expect(await commit(store, { write: 'outbox-drop', id: '1' })).toEqual(committed);
      expect(await store.outboxHead(lane)).toMatchObject({ id: '2' });
      await commit(store, { write: 'outbox-drop', id: '2' });
      expect(await store.outboxHead(lane)).toBeNull();
    });

    test('a row for a lane that is not there is a fault, and leaves nothing', async () => {
      const store = await fresh();
      const plan: readonly Write[] = [putNew({ id: 'a' }), send('not there' as LaneId, { id: '1' })];
      await expect(commit(store, ...plan)).rejects.toMatchObject({ code: 'unknown-lane' });
      await expect(commit(store, receive('not there' as LaneId, { id: '1' }))).rejects.toMatchObject({ code: 'unknown-lane' });
      expect(await store.get('case', 'a')).toBeNull();
    });

    test('an id twice is a fault, and leaves nothing', async () => {
      const store = await fresh();
      const lane = await laneNamed(store, 'a');
      await commit(store, send(lane, { id: '1' }));
      await expect(commit(store, putNew({ id: 'a' }), send(lane, { id: '1' }))).rejects.toMatchObject({ code: 'store-refused' });
      expect(await store.get('case', 'a')).toBeNull();
    });
  });

  describe(`${name}: leases`, () => {
    test('a lane has one holder at a time, until the lease is released or runs out', async () => {
      const store = await fresh();
      const lane = await laneNamed(store, 'a');
      const first = await store.claim(lane, 'me', at(100), at(200));
      expect(first).toEqual({ lane, fence: 1 });
      expect(await store.claim(lane, 'you', at(199), at(300))).toBeNull();
      expect(await store.claim(lane, 'you', at(200), at(300))).toEqual({ lane, fence: 2 });
      expect(await store.claim(lane, 'me', at(201), at(300))).toBeNull();
      await store.release({ lane, fence: 2 });
      expect(await store.claim(lane, 'me', at(202), at(300))).toEqual({ lane, fence: 3 });
      expect(await store.claim('not there' as LaneId, 'me', at(1), at(2))).toBeNull();
    });

    test('claiming one’s own lease renews it; once it ran out it is a new one', async () => {
      const store = await fresh();
      const lane = await laneNamed(store, 'a');
      await store.claim(lane, 'me', at(100), at(200));
      expect(await store.claim(lane, 'me', at(150), at(300))).toEqual({ lane, fence: 1 });
      expect(await store.claim(lane, 'you', at(250), at(400))).toBeNull();
      expect(await store.claim(lane, 'me', at(300), at(400))).toEqual({ lane, fence: 2 });
    });

    test('whoever lost the lease commits nothing, and releasing it does not take it from the next one', async () => {
      const store = await fresh();
      const lane = await laneNamed(store, 'a');
      const mine = await store.claim(lane, 'me', at(100), at(200));
      const note = (value: string): readonly Write[] => [{ write: 'note', name: 'n', value }];
      if (mine === null) throw new Error('not claimed');
      expect(await store.commit({ writes: note('1'), lease: mine })).toEqual(committed);
      const yours = await store.claim(lane, 'you', at(200), at(300));
      expect(await store.commit({ writes: note('2'), lease: mine })).toEqual(conflict);
      await store.release(mine);
      expect(await store.claim(lane, 'me', at(201), at(300))).toBeNull();
      if (yours === null) throw new Error('not claimed');
      expect(await store.commit({ writes: note('3'), lease: yours })).toEqual(committed);
      await store.release(yours);
      expect(await store.commit({ writes: note('4'), lease: yours })).toEqual(conflict);
      expect(await store.note('n')).toBe('3');
    });

    test('at start the leases of an earlier process are void', async () => {
      const store = await fresh();
      const lane = await laneNamed(store, 'a');
      const old = await store.claim(lane, 'earlier', at(100), at(900));
      if (old === null) throw new Error('not claimed');
      await store.dropLeases();
      expect(await store.commit({ writes: [], lease: old })).toEqual(conflict);
      const fresher = await store.claim(lane, 'now', at(101), at(900));
      expect(fresher).not.toBeNull();
      expect(await store.commit({ writes: [], lease: old })).toEqual(conflict);
    });
  });

  describe(`${name}: what is due`, () => {
    test('only the first unfinished row of a lane decides', async () => {
      const store = await fresh();
      const gated = await laneNamed(store, 'gated');
      const open = await laneNamed(store, 'open');
      await commit(
        store,
        send(gated, { id: 'g1', notBefore: at(500) }),
        send(gated, { id: 'g2', notBefore: at(10) }),
        send(open, { id: 'o1', notBefore: at(300) }),
      );
      expect(await store.dueLanes('mail-out', at(299), 9)).toEqual([]);
      expect(await store.dueLanes('mail-out', at(300), 9)).toEqual([open]);
      expect(await store.dueLanes('mail-out', at(500), 9)).toEqual([open, gated]);
      expect(await store.dueLanes('mail-out', at(500), 1)).toEqual([open]);
      expect(await store.dueLanes('desk-bot', at(500), 9)).toEqual([]);
      expect(await store.nextDue('mail-out')).toBe(300);
      expect(await store.nextDue('desk-bot')).toBeNull();
      await commit(store, { write: 'outbox-drop', id: 'g1' });
      expect(await store.dueLanes('mail-out', at(10), 9)).toEqual([gated]);
      expect(await store.nextDue('mail-out')).toBe(10);
    });

    test('what still gathers holds up nothing, and goes from its own place once it is due', async () => {
      const store = await fresh();
      const lane = await laneNamed(store, 'a');
      const gathers = (id: string, due: number) => send(lane, { id, state: 'gathering', notBefore: at(due) });
      await commit(store, gathers('g1', 500), gathers('g2', 600), send(lane, { id: 'q1', notBefore: at(20) }));
      await commit(store, send(lane, { id: 'q2', notBefore: at(10) }));
      expect(await store.nextDue('mail-out')).toBe(20);
      expect(await store.dueLanes('mail-out', at(19), 9)).toEqual([]);
      expect(await store.dueLanes('mail-out', at(20), 9)).toEqual([lane]);
      expect(await store.outboxHead(lane)).toMatchObject({ id: 'q1' });
      await commit(store, { write: 'outbox-change', id: 'g1', expect: ['gathering'], change: { state: 'queued', notBefore: at(5) } });
      expect(await store.outboxHead(lane)).toMatchObject({ id: 'g1' });
      await commit(store, { write: 'outbox-change', id: 'g1', expect: ['queued'], change: { notBefore: at(900) } });
      expect(await store.outboxHead(lane)).toMatchObject({ id: 'g1' });
      expect(await store.nextDue('mail-out')).toBe(900);
      for (const id of ['g1', 'q1', 'q2']) await commit(store, { write: 'outbox-drop', id });
      expect(await store.outboxHead(lane)).toMatchObject({ id: 'g2' });
      expect(await store.nextDue('mail-out')).toBe(600);
    });

    test('so with the inbox, where a held row does not count', async () => {
      const store = await fresh();
      const lane = await store.lane('core', bytes('a'));
      await commit(store, receive(lane, { id: '1', notBefore: at(500) }), receive(lane, { id: '2', notBefore: at(20) }));
      expect(await store.dueLanes('core', at(400), 9)).toEqual([]);
      await commit(store, { write: 'inbox-change', id: '1', expect: 'received', change: { state: 'held' } });
      expect(await store.dueLanes('core', at(20), 9)).toEqual([lane]);
      await commit(store, { write: 'inbox-change', id: '2', expect: 'received', change: { state: 'done' } });
      expect(await store.dueLanes('core', at(999), 9)).toEqual([]);
      expect(await store.nextDue('core')).toBeNull();
    });

    test('a leased lane is not due before the lease ends', async () => {
      const store = await fresh();
      const lane = await laneNamed(store, 'a');
      await commit(store, send(lane, { id: '1', notBefore: at(10) }));
      const lease = await store.claim(lane, 'me', at(20), at(90));
      expect(await store.dueLanes('mail-out', at(89), 9)).toEqual([]);
      expect(await store.nextDue('mail-out')).toBe(90);
      expect(await store.dueLanes('mail-out', at(90), 9)).toEqual([lane]);
      if (lease === null) throw new Error('not claimed');
      await store.release(lease);
      expect(await store.dueLanes('mail-out', at(20), 9)).toEqual([lane]);
      expect(await store.nextDue('mail-out')).toBe(10);
    });
  });

  describe(`${name}: sweeping and counting`, () => {
    test('sweeps done inbox rows and entries past their date, nothing else', async () => {
      const store = await fresh();
      const lane = await store.lane('core', bytes('a'));
      await commit(
        store,
        receive(lane, { id: 'old done', state: 'done', receivedAt: at(10) }),
        receive(lane, { id: 'new done', state: 'done', receivedAt: at(20) }),
        receive(lane, { id: 'old held', state: 'held', receivedAt: at(10) }),
        { write: 'index', entry: anEntry({ ref: 'past', dropAt: at(100) }) },
        { write: 'index', entry: anEntry({ ref: 'coming', dropAt: at(101) }) },
        { write: 'index', entry: anEntry({ ref: 'undated' }) },
      );
      await store.sweep(at(100), at(20));
      expect(await store.inboxRow('old done')).toBeNull();
      expect(await store.inboxRow('new done')).not.toBeNull();
      expect(await store.inboxRow('old held')).not.toBeNull();
      expect(await store.inboxKnows(bytes('source old done'))).toBe(false);
      expect((await store.lookup('contact', bytes('hash'))).map(({ ref }) => ref)).toEqual(['coming', 'undated']);
    });

    test('a lane that stays empty and unasked for between sweeps goes; one that was asked for in between stays', async () => {
      const store = await fresh();
      const forgotten = await laneNamed(store, 'forgotten');
      const asked = await laneNamed(store, 'asked');
      const filled = await laneNamed(store, 'filled');
      await store.sweep(at(100), at(0));
      await commit(store, send(filled, { id: '1' }));
      expect(await laneNamed(store, 'asked')).toBe(asked);
      await store.sweep(at(200), at(101));
      expect(await store.laneRole(forgotten)).toBeNull();
      expect(await store.laneRole(asked)).toBe('mail-out');
      expect(await store.laneRole(filled)).toBe('mail-out');
      await commit(store, { write: 'outbox-drop', id: '1' });
      await store.sweep(at(300), at(201));
      expect(await store.laneRole(asked)).toBeNull();
      expect(await store.laneRole(filled)).toBe('mail-out');
    });

    test('counts by state, and how long the oldest due row has waited', async () => {
      const store = await fresh();
      const lane = await store.lane('core', bytes('a'));
      const out = await laneNamed(store, 'b');
      expect(await store.counts(at(100))).toEqual({
        recordsByState: {},
        inboxByState: { received: 0, held: 0, quarantined: 0, done: 0 },
        outbox: 0,
        oldestDueMs: 0,
      });
      await commit(
        store,
        putNew({ id: 'a' }),
        putNew({ id: 'b' }),
        putNew({ id: 'c', kind: 'room', state: 'made' }),
        receive(lane, { id: '1', notBefore: at(70) }),
        receive(lane, { id: '2', state: 'held', notBefore: at(1) }),
        send(out, { id: '1', notBefore: at(200) }),
        send(out, { id: '2', notBefore: at(2) }),
      );
      expect(await store.counts(at(100))).toEqual({
        recordsByState: { 'case.waiting': 2, 'room.made': 1 },
        inboxByState: { received: 1, held: 1, quarantined: 0, done: 0 },
        outbox: 2,
        oldestDueMs: 30,
      });
    });
  });
};
