import type { SnapshotResponse } from '../client/maintenance.ts';

/** Bytes of one part. */
const PART = 32 * 1024;
const SHA256 = 32;

/** A snapshot file as `Maintenance.Snapshot` streams it: the database in parts, its SHA-256 as the last one. */
export function* snapshotParts(file: Uint8Array, version: string | undefined): Generator<SnapshotResponse> {
  const database = file.length - SHA256;
  const more = version === undefined ? {} : { version };
  for (let from = 0; from < database; from += PART) {
    const to = Math.min(from + PART, database);
    yield { remainingBytes: database - to, blob: file.subarray(from, to), ...more };
  }
  yield { remainingBytes: 0, blob: file.subarray(database), ...more };
}
