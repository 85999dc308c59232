import type { SqlDatabase, SqlRow, SqlStatement } from '../../../base/sql-database.ts';
import type { Entry, HardState } from '../../raft/interface.ts';
import type { WalMetadata, WalSnapshot, WriteAheadLog } from './interface.ts';

type StateKey = 'metadata' | 'hardState' | 'snapshot';

/** A write-ahead log in the tables `etcd_wal` (one row per entry, its data as JSON) and `etcd_wal_state`. */
export class SqliteWal implements WriteAheadLog {
  readonly #database: SqlDatabase;
  readonly #member: number;
  readonly #insert: SqlStatement;
  readonly #state = new Map<StateKey, unknown>();
  #lastIndex: number;

  constructor(database: SqlDatabase, member: number) {
    this.#database = database;
    this.#member = member;
    this.#insert = database.prepare(
      'INSERT INTO etcd_wal (member, idx, term, type, data) VALUES (?, ?, ?, ?, ?)',
    );
    for (const row of database
      .prepare('SELECT key, value FROM etcd_wal_state WHERE member = ?')
      .all(member)) {
      this.#state.set(row['key'] as StateKey, JSON.parse(String(row['value'])) as unknown);
    }
    const last = database.prepare('SELECT max(idx) AS last FROM etcd_wal WHERE member = ?').get(member);
    this.#lastIndex = Number(last?.['last'] ?? 0);
  }

  get metadata(): WalMetadata | undefined {
    return this.#state.get('metadata') as WalMetadata | undefined;
  }

  get hardState(): HardState | undefined {
    return this.#state.get('hardState') as HardState | undefined;
  }

  get snapshot(): WalSnapshot | undefined {
    return this.#state.get('snapshot') as WalSnapshot | undefined;
  }

  entries(): readonly Entry[] {
    return this.#database
      .prepare('SELECT idx, term, type, data FROM etcd_wal WHERE member = ? ORDER BY idx')
      .all(this.#member)
      .map(toEntry);
  }

  create(metadata: WalMetadata): void {
    this.#put('metadata', metadata);
  }

  setHardState(hardState: HardState): void {
    this.#put('hardState', hardState);
  }

  append(entries: readonly Entry[]): void {
    const first = entries[0];
    if (first === undefined) return;
    if (first.index <= this.#lastIndex) {
      this.#database
        .prepare('DELETE FROM etcd_wal WHERE member = ? AND idx >= ?')
        .run(this.#member, first.index);
    }
    for (const { index, term, type, data } of entries) {
      this.#insert.run(this.#member, index, term, type, data === undefined ? null : JSON.stringify(data));
      this.#lastIndex = index;
    }
  }

  compact(to: WalSnapshot): void {
    this.#put('snapshot', to);
    this.#database.prepare('DELETE FROM etcd_wal WHERE member = ? AND idx <= ?').run(this.#member, to.index);
  }

  reset(to: WalSnapshot): void {
    this.#put('snapshot', to);
    this.#database.prepare('DELETE FROM etcd_wal WHERE member = ?').run(this.#member);
    this.#lastIndex = to.index;
  }

  clear(): void {
    for (const table of ['etcd_wal', 'etcd_wal_state']) {
      this.#database.prepare(`DELETE FROM ${table} WHERE member = ?`).run(this.#member);
    }
    this.#state.clear();
    this.#lastIndex = 0;
  }

  #put(key: StateKey, value: unknown): void {
    this.#state.set(key, value);
    this.#database
      .prepare(
        `INSERT INTO etcd_wal_state (member, key, value) VALUES (?, ?, ?)
         ON CONFLICT (member, key) DO UPDATE SET value = excluded.value`,
      )
      .run(this.#member, key, JSON.stringify(value));
  }
}

function toEntry(row: SqlRow): Entry {
  const entry = {
    term: row['term'] as number,
    index: row['idx'] as number,
    type: row['type'] as Entry['type'],
  };
  return row['data'] === null ? entry : { ...entry, data: JSON.parse(row['data'] as string) as unknown };
}
