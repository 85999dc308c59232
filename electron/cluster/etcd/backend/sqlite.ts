import type { SqlDatabase, SqlRow, SqlStatement } from '../../../base/sql-database.ts';
import type { Uint64 } from '../client/interface.ts';
import { Buckets } from './buckets.ts';
import type {
  Backend,
  BackendImage,
  BackendMetaKey,
  BackendSize,
  BucketName,
  LeaseRecord,
  RevisionRecord,
} from './interface.ts';
import { SqliteWal } from './sqlite-wal.ts';
import { SizeMeter } from './size.ts';

/**
 * A member's disk in tables `etcd_*` of a SQL database that somebody else owns and commits. One row per
 * revision; values are read at start only.
 */
export class SqliteBackend implements Backend {
  readonly wal: SqliteWal;
  readonly #database: SqlDatabase;
  readonly #member: number;
  readonly #insert: SqlStatement;
  readonly #delete: SqlStatement;
  readonly #putMeta: SqlStatement;
  readonly #meta = new Map<BackendMetaKey, string>();
  readonly #buckets = new Buckets();
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
    for (const row of database
      .prepare('SELECT bucket, key, value FROM etcd_bucket WHERE member = ?')
      .all(this.#member)) {
      this.#buckets.put(row['bucket'] as BucketName, String(row['key']), String(row['value']));
    }
    this.wal = new SqliteWal(database, this.#member);
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

  bucket(name: BucketName): ReadonlyMap<string, string> {
    return this.#buckets.get(name);
  }

  putInBucket(name: BucketName, key: string, value: string): void {
    this.#buckets.put(name, key, value);
    this.#database
      .prepare(
        `INSERT INTO etcd_bucket (member, bucket, key, value) VALUES (?, ?, ?, ?)
         ON CONFLICT (member, bucket, key) DO UPDATE SET value = excluded.value`,
      )
      .run(this.#member, name, key, value);
  }

  deleteFromBucket(name: BucketName, key: string): void {
    this.#buckets.delete(name, key);
    this.#database
      .prepare('DELETE FROM etcd_bucket WHERE member = ? AND bucket = ? AND key = ?')
      .run(this.#member, name, key);
  }

  size(): BackendSize {
    return this.#measured().size();
  }

  /** Of the simulated member's file. The workspace file itself keeps free pages for later. */
  defragment(): void {
    this.#measured().defragment();
  }

  image(): BackendImage {
    return {
      records: [...this.records()],
      leases: [...this.leases()],
      meta: new Map(this.#meta),
      buckets: this.#buckets.copy(),
      size: this.size().total,
    };
  }

  restore(image: BackendImage): void {
    this.#clearData();
    this.append(image.records);
    for (const lease of image.leases) this.putLease(lease);
    for (const [key, value] of image.meta) this.setMeta(key, value);
    for (const [name, entries] of image.buckets) {
      for (const [key, value] of entries) this.putInBucket(name, key, value);
    }
  }

  clear(): void {
    this.#clearData();
    this.wal.clear();
  }

  #clearData(): void {
    for (const table of ['etcd_revision', 'etcd_lease', 'etcd_meta', 'etcd_bucket']) {
      this.#database.prepare(`DELETE FROM ${table} WHERE member = ?`).run(this.#member);
    }
    this.#meta.clear();
    this.#buckets.replace(new Map());
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
