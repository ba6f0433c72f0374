// The tables of an account's file. Names are hashed and values sealed; plain are only counters, states and times.

export const accountForm = 1;

export const accountSchema = `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID;
  -- The crypto library's databases: their shape, and their rows.
  CREATE TABLE crypto_database (name BLOB PRIMARY KEY, sealed BLOB NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE crypto_row (store BLOB NOT NULL, key BLOB NOT NULL, sealed BLOB NOT NULL, PRIMARY KEY (store, key)) STRICT, WITHOUT ROWID;
  -- What the syncs so far add up to, a row per room.
  CREATE TABLE room (room BLOB PRIMARY KEY, sealed BLOB NOT NULL) STRICT, WITHOUT ROWID;
  -- Raw events in each room's order: place, then part. A gap's marker has part 0; what fills it comes behind it.
  CREATE TABLE inbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    event BLOB NOT NULL UNIQUE,
    room BLOB NOT NULL,
    place INTEGER NOT NULL,
    part INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('gap', 'new', 'unreadable', 'late', 'done')),
    at INTEGER NOT NULL,
    sealed BLOB
  ) STRICT;
  CREATE INDEX inbox_order ON inbox (room, place, part) WHERE state IN ('gap', 'new', 'unreadable');
  CREATE INDEX inbox_late ON inbox (at) WHERE state = 'late';
  CREATE INDEX inbox_done ON inbox (at) WHERE state = 'done';
  -- Rooms this account made, by creation id, so that a room is made once.
  CREATE TABLE made_room (creation BLOB PRIMARY KEY, sealed BLOB NOT NULL, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`;
