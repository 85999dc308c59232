import type { BoltItem, BoltPair } from '../../../base/bbolt/interface.ts';
import { compareBytes } from '../../../base/bbolt/layout.ts';
import { writeBolt } from '../../../base/bbolt/write-bolt.ts';
import { sha256 } from '@noble/hashes/sha2.js';
import type { RevisionRecord } from '../backend/interface.ts';
import type { SnapshotState } from './interface.ts';
import { confStateToJson, memberToJson } from './membership-json.ts';
import { encodeAlarm, encodeKeyValue, encodeLease, encodeRole, encodeUser } from './messages.ts';

const NONE = new Uint8Array();

/**
 * The snapshot file of a member, as `Maintenance.Snapshot` streams it and `etcdctl snapshot save` stores it: its
 * database and the 32 bytes of its SHA-256.
 */
export function encodeSnapshot(state: SnapshotState): Uint8Array {
  const database = encodeDatabase(state);
  const file = new Uint8Array(database.length + 32);
  file.set(database);
  file.set(sha256(database), database.length);
  return file;
}

/** The database alone: what `<data-dir>/member/snap/db` is. Models server/storage/schema: buckets, keys and encodings are etcd's. */
export function encodeDatabase(state: SnapshotState): Uint8Array {
  const { auth } = state;
  const buckets: Record<string, BoltPair[]> = {
    alarm: state.alarms.map((alarm) => ({ key: encodeAlarm(alarm), value: NONE })),
    auth: [
      { key: bytes('authEnabled'), value: Uint8Array.of(auth.enabled ? 1 : 0) },
      ...(auth.revision === 0 ? [] : [{ key: bytes('authRevision'), value: big(auth.revision) }]),
    ],
    authRoles: auth.roles.map((role) => ({ key: bytes(role.name), value: encodeRole(role) })),
    authUsers: auth.users.map((user) => ({ key: bytes(user.name), value: encodeUser(user) })),
    cluster:
      state.clusterVersion === undefined
        ? []
        : [{ key: bytes('clusterVersion'), value: bytes(state.clusterVersion) }],
    key: state.records.map((record) => ({
      key: revisionKey(record),
      value: encodeKeyValue(record.kv, record.tombstone),
    })),
    lease: state.leases.map((lease) => ({ key: big(lease.id), value: encodeLease(lease) })),
    members: state.members.map((member) => ({ key: hex(member.id), value: bytes(memberToJson(member)) })),
    members_removed: state.removedMembers.map((id) => ({ key: hex(id), value: bytes('removed') })),
    meta: meta(state),
  };
  const items: BoltItem[] = Object.entries(buckets).map(([name, pairs]) => ({
    key: bytes(name),
    // Records are in order already, and many.
    bucket: { items: name === 'key' ? pairs : pairs.sort((a, b) => compareBytes(a.key, b.key)) },
  }));
  return writeBolt({ items });
}

function meta(state: SnapshotState): BoltPair[] {
  const pairs: BoltPair[] = [{ key: bytes('consistent_index'), value: big(state.consistentIndex) }];
  if (state.term > 0) pairs.push({ key: bytes('term'), value: big(state.term) });
  if (state.confState !== undefined) {
    pairs.push({ key: bytes('confState'), value: bytes(confStateToJson(state.confState)) });
  }
  if (state.storageVersion !== undefined) {
    pairs.push({ key: bytes('storageVersion'), value: bytes(state.storageVersion) });
  }
  if (state.scheduledCompactRevision > 0) {
    pairs.push({ key: bytes('scheduledCompactRev'), value: revision(state.scheduledCompactRevision, 0) });
  }
  if (state.finishedCompactRevision > 0) {
    pairs.push({ key: bytes('finishedCompactRev'), value: revision(state.finishedCompactRevision, 0) });
  }
  return pairs;
}

function revisionKey(record: RevisionRecord): Uint8Array {
  const key = revision(record.kv.modRevision, record.sub, record.tombstone ? 18 : 17);
  if (record.tombstone) key[17] = 0x74; // t
  return key;
}

/** main, `_`, sub, both as 64 bits, high byte first. */
function revision(main: number, sub: number, size = 17): Uint8Array {
  const key = new Uint8Array(size);
  const view = new DataView(key.buffer);
  view.setBigUint64(0, BigInt(main));
  key[8] = 0x5f;
  view.setBigUint64(9, BigInt(sub));
  return key;
}

function big(value: number | string): Uint8Array {
  const key = new Uint8Array(8);
  new DataView(key.buffer).setBigUint64(0, BigInt.asUintN(64, BigInt(value)));
  return key;
}

function hex(id: string): Uint8Array {
  return bytes(BigInt(id).toString(16));
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
