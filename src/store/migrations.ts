// The SQLite schema, version by version; only ever added to. Nothing in it says anything about a person: ids are random,
// hashes are keyed, and what is sealed is sealed before it comes here.

const first = `
CREATE TABLE records (
  n INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  state TEXT NOT NULL,
  parent TEXT,
  owner TEXT,
  dueAt INTEGER,
  form INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  sealed BLOB NOT NULL,
  UNIQUE (kind, id)
) STRICT;
CREATE INDEX recordsByState ON records (kind, state, n);
CREATE INDEX recordsByParent ON records (parent, kind, n) WHERE parent IS NOT NULL;
CREATE INDEX recordsByDue ON records (kind, dueAt) WHERE dueAt IS NOT NULL;
CREATE INDEX recordsByOwner ON records (owner) WHERE owner IS NOT NULL;

CREATE TABLE entries (
  n INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  hash BLOB NOT NULL,
  ref TEXT NOT NULL,
  owner TEXT,
  epoch INTEGER NOT NULL,
  at INTEGER NOT NULL,
  dropAt INTEGER,
  UNIQUE (kind, hash, ref)
) STRICT;
CREATE INDEX entriesByOwner ON entries (owner) WHERE owner IS NOT NULL;
CREATE INDEX entriesByDrop ON entries (dropAt) WHERE dropAt IS NOT NULL;

CREATE TABLE lanes (
  id TEXT PRIMARY KEY,
  role TEXT NOT NULL,
  hash BLOB NOT NULL,
  nextSeq INTEGER NOT NULL,
  fence INTEGER NOT NULL,
  holder TEXT,
  leaseUntil INTEGER NOT NULL,
  -- Since when a sweep has found nothing in it; null: something is, or was asked for since.
  emptySince INTEGER,
  UNIQUE (role, hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE inbox (
  id TEXT PRIMARY KEY,
  lane TEXT NOT NULL REFERENCES lanes (id),
  seq INTEGER NOT NULL,
  channel TEXT NOT NULL,
  sourceHash BLOB NOT NULL UNIQUE,
  state TEXT NOT NULL CHECK (state IN ('received', 'held', 'quarantined', 'done')),
  receivedAt INTEGER NOT NULL,
  notBefore INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  wrappedKey BLOB NOT NULL,
  sealed BLOB NOT NULL,
  UNIQUE (lane, seq)
) STRICT;
CREATE INDEX inboxWaiting ON inbox (lane, seq) WHERE state = 'received';
CREATE INDEX inboxByState ON inbox (state, receivedAt);

CREATE TABLE outbox (
  id TEXT PRIMARY KEY,
  lane TEXT NOT NULL REFERENCES lanes (id),
  seq INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('gathering', 'queued', 'sending', 'unsure')),
  notBefore INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  triedAt INTEGER,
  owner TEXT,
  epoch INTEGER NOT NULL,
  sealed BLOB NOT NULL,
  UNIQUE (lane, seq)
) STRICT;
CREATE INDEX outboxByOwner ON outbox (owner) WHERE owner IS NOT NULL;

CREATE TABLE timers (id TEXT PRIMARY KEY, what TEXT NOT NULL, ref TEXT NOT NULL, dueAt INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX timersByDue ON timers (dueAt, id);

CREATE TABLE notes (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
`;

export const migrations: readonly string[] = [first];
