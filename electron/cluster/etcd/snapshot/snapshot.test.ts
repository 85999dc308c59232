import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BoltBucket } from '../../../base/bbolt/interface.ts';
import { readBolt } from '../../../base/bbolt/read-bolt.ts';
import { writeBolt } from '../../../base/bbolt/write-bolt.ts';
import { decodeSnapshot } from './decode-snapshot.ts';
import { encodeDatabase, encodeSnapshot } from './encode-snapshot.ts';
import type { SnapshotState } from './interface.ts';
import { SnapshotError } from './interface.ts';
import { sampleState } from './sample-state.testing.ts';

const latin = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** Buckets by name, with keys and values as latin1. */
function buckets(root: BoltBucket): Record<string, Record<string, string>> {
  return Object.fromEntries(
    root.items.flatMap((item) =>
      'bucket' in item
        ? [
            [
              latin(item.key),
              Object.fromEntries(
                item.bucket.items.flatMap((pair) =>
                  'value' in pair ? [[latin(pair.key), latin(pair.value)]] : [],
                ),
              ),
            ],
          ]
        : [],
    ),
  );
}

describe('a snapshot', () => {
  it('has the buckets of etcd, with its keys and encodings', () => {
    const read = buckets(readBolt(encodeDatabase(sampleState)).root);
    expect(Object.keys(read)).toEqual([
      'alarm',
      'auth',
      'authRoles',
      'authUsers',
      'cluster',
      'key',
      'lease',
      'members',
      'members_removed',
      'meta',
    ]);
    expect(read['meta']).toEqual({
      confState: '{"voters":[10276657743932975437],"auto_leave":false}',
      consistent_index: '\0\0\0\0\0\0\0\x2a',
      finishedCompactRev: '\0\0\0\0\0\0\0\x02_\0\0\0\0\0\0\0\0',
      scheduledCompactRev: '\0\0\0\0\0\0\0\x02_\0\0\0\0\0\0\0\0',
      storageVersion: '3.6.0',
      term: '\0\0\0\0\0\0\0\x03',
    });
    expect(read['members']).toEqual({
      '8e9e05c52164694d':
        '{"id":10276657743932975437,"peerURLs":["https://10.0.0.10:2380"],"name":"cp-1","clientURLs":["https://10.0.0.10:2379"]}',
      ff: '{"id":255,"peerURLs":["https://10.0.0.11:2380"],"isLearner":true}',
    });
    expect(read['members_removed']).toEqual({ '1b': 'removed' });
    expect(read['auth']).toEqual({ authEnabled: '\x01', authRevision: '\0\0\0\0\0\0\0\x04' });
    expect(read['key']?.['\0\0\0\0\0\0\0\x04_\0\0\0\0\0\0\0\x01t']).toBe('\x0a\x01b');
    expect(read['key']?.['\0\0\0\0\0\0\0\x03_\0\0\0\0\0\0\0\0']).toBe(
      '\x0a\x01a\x10\x02\x18\x03\x20\x02\x2a\x02\x00\xff',
    );
  });

  it('reads back as it was', () => {
    expect(decodeSnapshot(encodeSnapshot(sampleState))).toEqual(sampleState);
    expect(decodeSnapshot(encodeDatabase(sampleState))).toEqual(sampleState);
  });

  it('of any records reads back as it was', () => {
    const kv = fc.record({
      key: fc.uint8Array({ minLength: 1, maxLength: 20 }).map(latin),
      value: fc.uint8Array({ maxLength: 200 }).map(latin),
      createRevision: fc.nat(),
      version: fc.nat(),
      lease: fc.bigInt(0n, 2n ** 64n - 1n).map(String),
    });
    fc.assert(
      fc.property(fc.array(kv, { maxLength: 60 }), (kvs) => {
        const records = kvs.map((one, index) => ({
          kv: { ...one, modRevision: index + 2 },
          sub: index % 3,
          tombstone: false,
        }));
        const state: SnapshotState = { ...sampleState, records };
        expect(decodeSnapshot(encodeSnapshot(state))).toEqual(state);
      }),
      { seed: 8, numRuns: 60 },
    );
  });

  it('is refused when it is damaged or something else', () => {
    const file = encodeSnapshot(sampleState);
    const damaged = Uint8Array.from(file);
    damaged[file.length - 40] = 1;
    expect(() => decodeSnapshot(damaged)).toThrow(
      new SnapshotError('expected sha256 does not match: the snapshot is damaged'),
    );
    expect(() => decodeSnapshot(new TextEncoder().encode('hello'))).toThrow(
      new SnapshotError('file size too small'),
    );
    expect(() => decodeSnapshot(writeBolt({ items: [] }))).toThrow(
      new SnapshotError('no database of etcd: its buckets are missing'),
    );
  });

  it('that is damaged anywhere is refused with its own error, or read', () => {
    const database = encodeDatabase(sampleState);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(database.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
        (changes) => {
          const copy = Uint8Array.from(database);
          for (const [at, value] of changes) copy[at] = value;
          try {
            decodeSnapshot(copy);
          } catch (error) {
            expect(error).toBeInstanceOf(SnapshotError);
          }
        },
      ),
      { seed: 9, numRuns: 3000 },
    );
  });
});
