import type { BoltBucket, BoltItem, BoltPair } from '../../base/bbolt/interface.ts';
import { compareBytes } from '../../base/bbolt/layout.ts';
import { writeBolt } from '../../base/bbolt/write-bolt.ts';
import { sha256 } from '@noble/hashes/sha2.js';
import { ExitError, exitCode } from '../etcdctl/errors.ts';
import type { Version } from '../etcdctl/print/interface.ts';
import { mainRevision, openDatabase } from './database.ts';
import type { RestoredCluster } from './membership.ts';
import { v2StoreJson } from './v2-store.ts';
import { encodeRaftSnapshot, encodeWal, type FirstLog } from './wal.ts';

export interface RestoreOptions {
  readonly cluster: RestoredCluster;
  readonly skipHashCheck: boolean;
  /** Added to the newest revision; 0: nothing is. */
  readonly bumpRevision: number;
  readonly markCompacted: boolean;
  readonly version: Version;
}

/** Files of `member/`, by their paths below it. */
export type RestoredFiles = ReadonlyMap<string, Uint8Array>;

/**
 * What a data directory must hold so that a member begins with a snapshot's keys in a new cluster: the database without
 * the old members, a write-ahead log that announces the new ones, and the Raft snapshot after it.
 * Models etcdutl/snapshot/v3_snapshot.go (Restore). @throws ExitError
 */
export function restoreFiles(snapshot: Uint8Array, options: RestoreOptions): RestoredFiles {
  const { root } = openDatabase(withoutHash(snapshot, options.skipHashCheck));
  const { cluster, version } = options;
  const members = cluster.members.map((member) => ({ id: member.id, json: memberJson(member) }));
  const log: FirstLog = {
    memberId: cluster.self.id,
    clusterId: cluster.id,
    members,
    withConfState: version !== '3.4',
  };
  const commit = members.length;
  const buckets = new Map<string, readonly BoltItem[]>(
    root.items.flatMap((item) => ('bucket' in item ? [[text(item.key), item.bucket.items] as const] : [])),
  );
  buckets.set('members', sorted(members.map(({ id, json }) => pair(BigInt(id).toString(16), json))));
  buckets.set('members_removed', []);
  let meta = withValue(buckets.get('meta') ?? [], 'consistent_index', big(commit));
  if (version !== '3.4') {
    meta = withValue(meta, 'term', big(1));
    meta = withValue(
      meta,
      'confState',
      bytes(`{"voters":[${members.map(({ id }) => id).join(',')}],"auto_leave":false}`),
    );
  }
  if (options.bumpRevision > 0 || options.markCompacted) {
    const keys = buckets.get('key') ?? [];
    const latest =
      (keys.length === 0 ? 1 : mainRevision((keys.at(-1) as BoltItem).key)) + options.bumpRevision;
    buckets.set('key', [...keys, { key: revision(latest), value: new Uint8Array() }]);
    meta = withValue(meta, 'scheduledCompactRev', revision(latest));
  }
  buckets.set('meta', meta);
  const database: BoltBucket = {
    items: sorted([...buckets].map(([name, items]) => ({ key: bytes(name), bucket: { items } }))),
  };
  const index = commit.toString(16).padStart(16, '0');
  return new Map([
    ['snap/db', writeBolt(database)],
    [`snap/0000000000000001-${index}.snap`, encodeRaftSnapshot(log, v2StoreJson(cluster.members))],
    ['wal/0000000000000000-0000000000000000.wal', encodeWal(log)],
  ]);
}

/** The database of a snapshot file; its length tells whether a checksum follows. @throws ExitError */
function withoutHash(file: Uint8Array, skip: boolean): Uint8Array {
  const fail = (message: string): ExitError => new ExitError(exitCode.error, message);
  if (file.length % 512 !== 32) {
    if (skip) return file;
    throw fail('snapshot missing hash but --skip-hash-check=false');
  }
  const database = file.subarray(0, file.length - 32);
  const expected = file.subarray(file.length - 32);
  const got = sha256(database);
  if (!skip && compareBytes(expected, got) !== 0) {
    throw fail(`expected sha256 [${expected.join(' ')}], got [${got.join(' ')}]`);
  }
  return database;
}

function memberJson(member: {
  readonly id: string;
  readonly name: string;
  readonly peerUrls: readonly string[];
}): string {
  return `{"id":${member.id},"peerURLs":${JSON.stringify(member.peerUrls)},"name":${JSON.stringify(member.name)}}`;
}

function withValue(items: readonly BoltItem[], key: string, value: Uint8Array): readonly BoltItem[] {
  return sorted([...items.filter((item) => text(item.key) !== key), { key: bytes(key), value }]);
}

function sorted<T extends BoltItem>(items: readonly T[]): readonly T[] {
  return [...items].sort((a, b) => compareBytes(a.key, b.key));
}

function pair(key: string, value: string): BoltPair {
  return { key: bytes(key), value: bytes(value) };
}

function big(value: number): Uint8Array {
  const out = new Uint8Array(8);
  new DataView(out.buffer).setBigUint64(0, BigInt(value));
  return out;
}

function revision(main: number): Uint8Array {
  const out = new Uint8Array(17);
  out.set(big(main));
  out[8] = 0x5f;
  return out;
}

function bytes(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

function text(value: Uint8Array): string {
  return new TextDecoder().decode(value);
}
