import type { Migration } from './interface.ts';

export const initial: Migration = {
  number: 1,
  name: 'initial',
  sql: `
CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE etcd_member (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

-- In the order of revisions. Bytes of key and value are the code points of the text, 0 to 255.
CREATE TABLE etcd_revision (
  member INTEGER NOT NULL,
  main INTEGER NOT NULL,
  sub INTEGER NOT NULL,
  tombstone INTEGER NOT NULL,
  create_revision INTEGER NOT NULL,
  version INTEGER NOT NULL,
  lease TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX etcd_revision_order ON etcd_revision (member, main, sub);

CREATE TABLE etcd_lease (
  member INTEGER NOT NULL,
  id TEXT NOT NULL,
  ttl INTEGER NOT NULL,
  PRIMARY KEY (member, id)
) STRICT;

CREATE TABLE etcd_meta (
  member INTEGER NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (member, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE machine_state (
  machine TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (machine, key)
) STRICT;

CREATE TABLE causal_chunk (
  first_id INTEGER PRIMARY KEY,
  last_id INTEGER NOT NULL,
  first_time REAL NOT NULL,
  last_time REAL NOT NULL,
  bytes INTEGER NOT NULL,
  data TEXT NOT NULL
) STRICT;

CREATE TABLE input (
  number INTEGER PRIMARY KEY,
  time REAL NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;

CREATE TABLE attempt (
  id TEXT PRIMARY KEY,
  lab_id TEXT NOT NULL,
  state TEXT NOT NULL,
  score REAL,
  updated_at REAL NOT NULL,
  document TEXT NOT NULL
) STRICT;
CREATE INDEX attempt_lab ON attempt (lab_id, updated_at);

CREATE TABLE console_history (
  number INTEGER PRIMARY KEY,
  line TEXT NOT NULL
) STRICT;

CREATE TABLE console_replay (
  terminal TEXT PRIMARY KEY,
  data TEXT NOT NULL
) STRICT;

CREATE TABLE setting (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`,
};
