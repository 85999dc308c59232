import { crc32c } from '../../base/digest/crc32c.ts';
import { protobufBytes, protobufFields } from '../../base/protobuf/protobuf-reader.ts';
import { ExitError, exitCode } from '../etcdctl/errors.ts';
import { bucketPairs, isTombstone, mainRevision, openDatabase } from './database.ts';

export interface HashKv {
  readonly hash: number;
  readonly hashRevision: number;
  /** -1 when there has been no compaction. */
  readonly compactRevision: number;
}

/**
 * The checksum of the history of keys up to a revision (0: the newest), as members compare it with one another.
 * Models mvcc/hash.go. @throws ExitError
 */
export function hashKv(bytes: Uint8Array, upTo: number): HashKv {
  const { root } = openDatabase(bytes);
  const records = bucketPairs(root, 'key');
  const finished = bucketPairs(root, 'meta').find(
    ({ key }) => Buffer.from(key).toString() === 'finishedCompactRev',
  );
  const compactRevision = finished === undefined ? -1 : mainRevision(finished.value);
  const newest = records.length === 0 ? 1 : mainRevision((records.at(-1) as { key: Uint8Array }).key);
  if (upTo > 0 && upTo < compactRevision) {
    throw new ExitError(exitCode.error, 'mvcc: required revision has been compacted');
  }
  if (upTo > newest) throw new ExitError(exitCode.error, 'mvcc: required revision is a future revision');
  const hashRevision = upTo === 0 ? newest : upTo;
  // What a compaction leaves of the revisions before it: each key's newest, unless it is a deletion.
  const kept = new Map<string, Uint8Array>();
  for (const { key, value } of records) {
    if (mainRevision(key) > compactRevision) break;
    const name = keyOf(value);
    if (isTombstone(key)) kept.delete(name);
    else kept.set(name, key);
  }
  const keep = new Set([...kept.values()].map((key) => Buffer.from(key).toString('latin1')));
  let hash = crc32c(Buffer.from('key'));
  for (const { key, value } of records) {
    const main = mainRevision(key);
    if (main > hashRevision) break;
    if (main <= compactRevision && keep.size > 0 && !keep.has(Buffer.from(key).toString('latin1'))) continue;
    hash = crc32c(value, crc32c(key, hash));
  }
  return { hash, hashRevision, compactRevision };
}

function keyOf(value: Uint8Array): string {
  for (const field of protobufFields(value)) {
    if (field.field === 1) return Buffer.from(protobufBytes(field)).toString('latin1');
  }
  return '';
}
