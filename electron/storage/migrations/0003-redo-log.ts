import type { Migration } from './interface.ts';

/** What the redo log beside the file belongs to; one row. */
export const redoLog: Migration = {
  number: 3,
  name: 'redo-log',
  sql: `
CREATE TABLE redo (
  id TEXT NOT NULL,
  generation INTEGER NOT NULL
) STRICT;
INSERT INTO redo (id, generation) VALUES (hex(randomblob(16)), 0);
`,
};
