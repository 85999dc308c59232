import type { BoltBucket, BoltPair } from '../../../base/bbolt/interface.ts';
import { BoltError } from '../../../base/bbolt/interface.ts';
import { readBolt } from '../../../base/bbolt/read-bolt.ts';
import { compareBytes } from '../../../base/bbolt/layout.ts';
import { sha256 } from '@noble/hashes/sha2.js';
import { ProtobufError } from '../../../base/protobuf/protobuf-reader.ts';
import type { RevisionRecord } from '../backend/interface.ts';
import type { SnapshotState } from './interface.ts';
import { SnapshotError } from './interface.ts';
import { confStateFromJson, memberFromJson } from './membership-json.ts';
import { decodeAlarm, decodeKeyValue, decodeLease, decodeRole, decodeUser } from './messages.ts';

const SUM = 32;

/**
 * What a snapshot file, or the database of a data directory, holds. A file that ends in a checksum (its length says so:
 * databases are whole pages) is checked against it. @throws SnapshotError
 */
export function decodeSnapshot(file: Uint8Array): SnapshotState {
  let database = file;
  if (file.length % 512 === SUM) {
    database = file.subarray(0, file.length - SUM);
    if (compareBytes(sha256(database), file.subarray(file.length - SUM)) !== 0) {
      throw new SnapshotError('expected sha256 does not match: the snapshot is damaged');
    }
  }
  try {
    return stateOf(readBolt(database).root);
  } catch (error) {
    if (
      error instanceof BoltError ||
      error instanceof ProtobufError ||
      error instanceof SyntaxError ||
      error instanceof TypeError ||
      error instanceof RangeError
    ) {
      throw new SnapshotError(error.message);
    }
    throw error;
  }
}

function stateOf(root: BoltBucket): SnapshotState {
  const buckets = new Map<string, readonly BoltPair[]>();
  for (const item of root.items) {
    if ('bucket' in item)
      buckets.set(
        text(item.key),
        item.bucket.items.filter((pair): pair is BoltPair => 'value' in pair),
      );
  }
  const pairs = (name: string): readonly BoltPair[] => buckets.get(name) ?? [];
  if (!buckets.has('key') || !buckets.has('meta'))
    throw new SnapshotError('no database of etcd: its buckets are missing');
  const meta = new Map(pairs('meta').map(({ key, value }) => [text(key), value]));
  const auth = new Map(pairs('auth').map(({ key, value }) => [text(key), value]));
  const confState = meta.get('confState');
  const storageVersion = meta.get('storageVersion');
  const clusterVersion = pairs('cluster').find(({ key }) => text(key) === 'clusterVersion')?.value;
  return {
    records: pairs('key').map(record),
    scheduledCompactRevision: mainOf(meta.get('scheduledCompactRev')),
    finishedCompactRevision: mainOf(meta.get('finishedCompactRev')),
    leases: pairs('lease').map(({ value }) => decodeLease(value)),
    consistentIndex: number(meta.get('consistent_index')),
    term: number(meta.get('term')),
    ...(confState === undefined ? {} : { confState: confStateFromJson(text(confState)) }),
    ...(storageVersion === undefined ? {} : { storageVersion: text(storageVersion) }),
    auth: {
      enabled: auth.get('authEnabled')?.[0] === 1,
      revision: number(auth.get('authRevision')),
      users: pairs('authUsers').map(({ value }) => decodeUser(value)),
      roles: pairs('authRoles').map(({ value }) => decodeRole(value)),
    },
    members: pairs('members').map(({ value }) => memberFromJson(text(value))),
    removedMembers: pairs('members_removed').map(({ key }) => id(key)),
    alarms: pairs('alarm').flatMap(({ key }) => decodeAlarm(key) ?? []),
    ...(clusterVersion === undefined ? {} : { clusterVersion: text(clusterVersion) }),
  };
}

function record({ key, value }: BoltPair): RevisionRecord {
  if ((key.length !== 17 && key.length !== 18) || key[8] !== 0x5f)
    throw new SnapshotError('a key of the bucket "key" is no revision');
  const view = new DataView(key.buffer, key.byteOffset, key.length);
  const main = Number(view.getBigUint64(0));
  const tombstone = key.length === 18;
  const kv = decodeKeyValue(value);
  // The revision is the key's; of a deletion the message has no more than the key.
  return { kv: { ...kv, modRevision: main }, sub: Number(view.getBigUint64(9)), tombstone };
}

function mainOf(revision: Uint8Array | undefined): number {
  return revision === undefined ? 0 : number(revision.subarray(0, 8));
}

function number(value: Uint8Array | undefined): number {
  if (value === undefined) return 0;
  if (value.length !== 8) throw new SnapshotError(`a number of ${value.length} bytes`);
  return Number(new DataView(value.buffer, value.byteOffset, 8).getBigUint64(0));
}

function id(hex: Uint8Array): string {
  const digits = text(hex);
  if (!/^[0-9a-f]{1,16}$/.test(digits)) throw new SnapshotError(`"${digits}" is no member id`);
  return BigInt(`0x${digits}`).toString();
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
