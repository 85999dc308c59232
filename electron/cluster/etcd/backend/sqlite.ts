import type { SqlDatabase, SqlRow, SqlStatement } from '../../../base/sql-database.ts';
import type { Uint64 } from '../client/interface.ts';
import type { Backend, BackendMetaKey, BackendSize, LeaseRecord, RevisionRecord } from './interface.ts';
import { SizeMeter } from './size.ts';

/**
 * A member's disk in tables `etcd_*` of a SQL database that somebody else owns and commits. One row per
 * revision; values are read at start only.
 */
export class SqliteBackend implements Backend {
  readonly #database: SqlDatabase;
  readonly #member: number;
  readonly #insert: SqlStatement;
  readonly #delete: SqlStatement;
  readonly #putMeta: SqlStatement;
  readonly #meta = new Map<BackendMetaKey, string>();
  #meter: SizeMeter | undefined;

  /** `name` tells the members of one database apart, e.g. the machine. */
  constructor(database: SqlDatabase, name: string) {
    this.#database = database;
    this.#member = memberNumber(database, name);
    this.#insert = database.prepare(
      `INSERT INTO etcd_revision (member, main, sub, tombstone, create_revision, version, lease, key, value)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#delete = database.prepare('DELETE FROM etcd_revision WHERE member = ? AND main = ? AND sub = ?');
    this.#putMeta = database.prepare(
      `INSERT INTO etcd_meta (member, key, value) VALUES (?, ?, ?)
       ON CONFLICT (member, key) DO UPDATE SET value = excluded.value`,
    );
    for (const row of database
      .prepare('SELECT key, value FROM etcd_meta WHERE member = ?')
      .all(this.#member)) {
      this.#meta.set(row['key'] as BackendMetaKey, String(row['value']));
    }
  }

  *records(): Iterable<RevisionRecord> {
    const rows = this.#database
      .prepare('SELECT * FROM etcd_revision WHERE member = ? ORDER BY main, sub')
      .iterate(this.#member);
    const meter = new SizeMeter();
    for (const row of rows) {
      const record = toRecord(row);
      meter.add(record);
      yield record;
    }
    // Measured by whoever reads everything first: the store, at start.
    this.#meter ??= meter;
  }

  leases(): Iterable<LeaseRecord> {
    return this.#database
      .prepare('SELECT id, ttl FROM etcd_lease WHERE member = ? ORDER BY rowid')
      .all(this.#member)
      .map((row) => ({ id: String(row['id']), ttl: Number(row['ttl']) }));
  }

  getMeta(key: BackendMetaKey): string | undefined {
    return this.#meta.get(key);
  }

  setMeta(key: BackendMetaKey, value: string): void {
    this.#meta.set(key, value);
    this.#putMeta.run(this.#member, key, value);
  }

  append(records: readonly RevisionRecord[]): void {
    const meter = this.#measured();
    for (const record of records) {
      const { kv } = record;
      this.#insert.run(
        this.#member,
        kv.modRevision,
        record.sub,
        record.tombstone ? 1 : 0,
        kv.createRevision,
        kv.version,
        kv.lease,
        kv.key,
        kv.value,
      );
      meter.add(record);
    }
  }

  remove(records: readonly RevisionRecord[]): void {
    const meter = this.#measured();
    for (const record of records) {
      const removed = this.#delete.run(this.#member, record.kv.modRevision, record.sub);
      if (removed > 0) meter.remove(record);
    }
  }

  putLease(lease: LeaseRecord): void {
    this.#database
      .prepare(
        `INSERT INTO etcd_lease (member, id, ttl) VALUES (?, ?, ?)
         ON CONFLICT (member, id) DO UPDATE SET ttl = excluded.ttl`,
      )
      .run(this.#member, lease.id, lease.ttl);
  }

  deleteLease(id: Uint64): void {
    this.#database.prepare('DELETE FROM etcd_lease WHERE member = ? AND id = ?').run(this.#member, id);
  }

  size(): BackendSize {
    return this.#measured().size();
  }

  /** Of the simulated member's file. The workspace file itself keeps free pages for later. */
  defragment(): void {
    this.#measured().defragment();
  }

  clear(): void {
    for (const table of ['etcd_revision', 'etcd_lease', 'etcd_meta']) {
      this.#database.prepare(`DELETE FROM ${table} WHERE member = ?`).run(this.#member);
    }
    this.#meta.clear();
    this.#meter = new SizeMeter();
  }

  #measured(): SizeMeter {
    if (this.#meter !== undefined) return this.#meter;
    this.#meter = new SizeMeter();
    for (const record of this.records()) this.#meter.add(record);
    return this.#meter;
  }
}

function memberNumber(database: SqlDatabase, name: string): number {
  const find = database.prepare('SELECT id FROM etcd_member WHERE name = ?');
  if (find.get(name) === undefined) database.prepare('INSERT INTO etcd_member (name) VALUES (?)').run(name);
  return Number(find.get(name)?.['id']);
}

function toRecord(row: SqlRow): RevisionRecord {
  return {
    sub: Number(row['sub']),
    tombstone: row['tombstone'] === 1,
    kv: {
      key: row['key'] as string,
      value: row['value'] as string,
      createRevision: row['create_revision'] as number,
      modRevision: row['main'] as number,
      version: row['version'] as number,
      lease: row['lease'] as string,
    },
  };
}
