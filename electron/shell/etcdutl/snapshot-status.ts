import { crc32c } from '../../base/digest/crc32c.ts';
import type { DbStatus } from '../etcdctl/print/interface.ts';
import { bucketPairs, mainRevision, openDatabase } from './database.ts';

/**
 * What `snapshot status` tells of a database: a checksum over all buckets, the newest revision, how many pairs, bytes.
 * Models etcdutl/snapshot/v3_snapshot.go (Status). @throws ExitError
 */
export function snapshotStatus(bytes: Uint8Array): DbStatus {
  const { root, pages, pageSize } = openDatabase(bytes);
  let hash = 0;
  let revision = 0;
  let totalKey = 0;
  for (const item of root.items) {
    if (!('bucket' in item)) continue;
    hash = crc32c(item.key, hash);
    const isKeys = Buffer.from(item.key).toString() === 'key';
    for (const pair of item.bucket.items) {
      hash = crc32c(pair.key, hash);
      if ('value' in pair) hash = crc32c(pair.value, hash);
      if (isKeys) revision = mainRevision(pair.key);
      totalKey += 1;
    }
  }
  const version = bucketPairs(root, 'meta').find(
    ({ key }) => Buffer.from(key).toString() === 'storageVersion',
  );
  return {
    hash,
    revision,
    totalKey,
    totalSize: pages * pageSize,
    version: version === undefined ? '' : Buffer.from(version.value).toString(),
  };
}
