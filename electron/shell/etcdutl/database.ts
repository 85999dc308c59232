import type { BoltBucket, BoltFile, BoltPair } from '../../base/bbolt/interface.ts';
import { BoltError } from '../../base/bbolt/interface.ts';
import { readBolt } from '../../base/bbolt/read-bolt.ts';
import { ExitError, exitCode } from '../etcdctl/errors.ts';

/** @throws ExitError with what bbolt would say */
export function openDatabase(bytes: Uint8Array): BoltFile {
  try {
    return readBolt(bytes);
  } catch (error) {
    if (!(error instanceof BoltError)) throw error;
    const plain = /^(invalid database|version mismatch|checksum error|file size too small)$/.test(
      error.message,
    );
    throw new ExitError(
      exitCode.error,
      plain ? error.message : `snapshot file integrity check failed. 1 errors found.\n${error.message}`,
    );
  }
}

/** The pairs of a bucket of the root; none when there is no such bucket. */
export function bucketPairs(root: BoltBucket, name: string): readonly BoltPair[] {
  for (const item of root.items) {
    if ('bucket' in item && Buffer.from(item.key).toString() === name) {
      return item.bucket.items.filter((pair): pair is BoltPair => 'value' in pair);
    }
  }
  return [];
}

/** A record's main revision: the first 8 bytes of its key. */
export function mainRevision(key: Uint8Array): number {
  return key.length < 8 ? 0 : Number(new DataView(key.buffer, key.byteOffset, 8).getBigUint64(0));
}

/** True for the record of a deletion. */
export function isTombstone(key: Uint8Array): boolean {
  return key.length === 18 && key[17] === 0x74;
}
