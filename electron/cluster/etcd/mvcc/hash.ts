import { byteStringToBytes } from '../../../base/byte-string.ts';
import { crc32c } from '../../../base/digest/crc32c.ts';
import type { RevisionRecord } from '../backend/interface.ts';
import { etcdError } from '../client/errors.ts';
import { encodeKeyValue } from '../snapshot/messages.ts';
import type { MvccStore } from './store.ts';

export interface KeyValueHash {
  /** uint32. */
  readonly hash: number;
  /** Up to and with it; 0 was asked for: the present one. */
  readonly revision: number;
  /** -1 before the first compaction. */
  readonly compactRevision: number;
}

/**
 * CRC-32C over the records up to a revision, as they are encoded in the bucket `key`: members that hold the same
 * history up to there have the same one, however far either has cleaned up after a compaction. Models
 * server/storage/mvcc/hash.go. @throws EtcdError compacted, futureRevision
 */
export function hashByRevision(store: MvccStore, revision: number): KeyValueHash {
  const { compactRevision } = store;
  if (revision > 0 && revision < compactRevision) throw etcdError('compacted');
  if (revision > store.revision) throw etcdError('futureRevision');
  const upTo = revision <= 0 ? store.revision : revision;
  const all = { revision: upTo, limit: 0, countOnly: true };
  const skips = store.rangeAt(store.revision, '', '\0', all).count > 0;
  let hash = crc32c(byteStringToBytes('key'));
  for (let position = 0; ; position += 1) {
    const record = store.log.at(position);
    if (record === undefined || record.kv.modRevision > upTo) break;
    const compacted = skips && record.kv.modRevision <= compactRevision;
    if (compacted && store.recordAt(record.kv.key, upTo) !== record) continue;
    hash = crc32c(encodeKeyValue(record.kv, record.tombstone), crc32c(revisionBytes(record), hash));
  }
  return { hash, revision: upTo, compactRevision };
}

/** main, `_`, sub, both as 64 bits, high byte first; a `t` after a deletion's. */
function revisionBytes({ kv, sub, tombstone }: RevisionRecord): Uint8Array {
  const key = new Uint8Array(tombstone ? 18 : 17);
  const view = new DataView(key.buffer);
  view.setBigUint64(0, BigInt(kv.modRevision));
  key[8] = 0x5f;
  view.setBigUint64(9, BigInt(sub));
  if (tombstone) key[17] = 0x74;
  return key;
}
