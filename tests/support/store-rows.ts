// Rows for tests of the store: valid, and different only in what a test says.
import { instant } from '#domain/ids.ts';
import type { LaneId } from '#domain/ids.ts';
import type { InboxRow, IndexEntry, OutboxRow, RecordRow, Write } from '#relay/store-port.ts';

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

export const aRecord = (row: Partial<RecordRow> & { readonly id: string }): Omit<RecordRow, 'version'> => ({
  kind: 'case',
  state: 'waiting',
  parent: null,
  owner: null,
  dueAt: null,
  form: 1,
  epoch: 1,
  sealed: bytes(`sealed ${row.id}`),
  ...row,
});

export const putNew = (row: Partial<RecordRow> & { readonly id: string }): Write => ({ write: 'put', row: aRecord(row), expect: 'new' });

export const anEntry = (entry: Partial<IndexEntry> & { readonly ref: string }): IndexEntry => ({
  kind: 'contact',
  hash: bytes('hash'),
  owner: null,
  epoch: 1,
  at: instant(1000),
  dropAt: null,
  ...entry,
});

export const anInboxRow = (lane: LaneId, row: Partial<InboxRow> & { readonly id: string }): Omit<InboxRow, 'seq'> => ({
  lane,
  channel: 'mail',
  sourceHash: bytes(`source ${row.id}`),
  state: 'received',
  receivedAt: instant(1000),
  notBefore: instant(1000),
  attempts: 0,
  wrappedKey: bytes('wrapped'),
  sealed: bytes('raw'),
  ...row,
});

export const anOutboxRow = (lane: LaneId, row: Partial<OutboxRow> & { readonly id: string }): Omit<OutboxRow, 'seq'> => ({
  lane,
  state: 'queued',
  notBefore: instant(1000),
  attempts: 0,
  triedAt: null,
  owner: null,
  epoch: 1,
  sealed: bytes('work'),
  ...row,
});

export const receive = (lane: LaneId, row: Partial<InboxRow> & { readonly id: string }): Write => ({
  write: 'inbox-add',
  row: anInboxRow(lane, row),
});
export const send = (lane: LaneId, row: Partial<OutboxRow> & { readonly id: string }): Write => ({
  write: 'outbox-add',
  row: anOutboxRow(lane, row),
});
