import { describe, expect, it } from 'vitest';
import { MemoryBackend } from '../backend/memory.ts';
import { decodeSnapshot } from '../snapshot/decode-snapshot.ts';
import { ServerHarness } from '../server/harness.testing.ts';

/** What the sums below were taken of, on etcd 3.4.23 with the same requests. */
function history(): ServerHarness {
  const etcd = new ServerHarness();
  for (let index = 0; index < 20; index += 1) etcd.put(`key${index % 5}`, 'x'.repeat(100));
  return etcd;
}

describe('HashKV', () => {
  it('is the number that a real etcd gives, before and after a compaction', async () => {
    const etcd = history();
    expect(etcd.call('HashKV', { revision: 0 })).toMatchObject({
      hash: 582051809,
      compactRevision: -1,
      hashRevision: 21,
    });
    etcd.call('Compact', { revision: 19 });
    // Also while the backend has not been cleaned yet.
    expect(etcd.call('HashKV', { revision: 0 })).toMatchObject({ hash: 64004879, compactRevision: 19 });
    await etcd.advance(1000);
    expect(etcd.call('HashKV', { revision: 0 })).toMatchObject({ hash: 64004879, compactRevision: 19 });
  });

  it('is equal on equal members, and another one after corruption', () => {
    const [one, two] = [history(), history()];
    const hash = (etcd: ServerHarness): number => etcd.call('HashKV', { revision: 21 }).hash;
    expect(hash(one)).toBe(hash(two));
    expect(one.call('Hash', {}).hash).not.toBe(0);
    const backend = new MemoryBackend();
    const records = [...two.backend.records()];
    backend.append(
      records.map((record, index) =>
        index === 7 ? { ...record, kv: { ...record.kv, value: `${record.kv.value.slice(1)}y` } } : record,
      ),
    );
    const corrupt = new ServerHarness(backend);
    expect(hash(corrupt)).not.toBe(hash(one));
    // Up to before the damage nothing is wrong.
    expect(corrupt.call('HashKV', { revision: 8 }).hash).toBe(one.call('HashKV', { revision: 8 }).hash);
  });

  it('refuses revisions that are compacted or to come', () => {
    const etcd = history();
    etcd.call('Compact', { revision: 10 });
    expect(() => etcd.call('HashKV', { revision: 9 })).toThrow(
      'etcdserver: mvcc: required revision has been compacted',
    );
    expect(() => etcd.call('HashKV', { revision: 22 })).toThrow(
      'etcdserver: mvcc: required revision is a future revision',
    );
  });
});

describe('a snapshot', () => {
  it('comes in parts of 32 KiB with its checksum at the end, and holds everything', () => {
    const etcd = history();
    const { id } = etcd.call('LeaseGrant', { ttl: 60 });
    etcd.call('Put', { key: 'leased', value: 'v'.repeat(100_000), lease: id });
    etcd.call('UserAdd', { name: 'ann', password: 'pw' });
    etcd.call('RoleAdd', { name: 'r' });
    const parts = [...etcd.server.snapshot({})];
    const sizes = parts.map(({ blob }) => blob.length);
    expect(sizes.slice(0, -2).every((size) => size === 32 * 1024)).toBe(true);
    expect(sizes.at(-1)).toBe(32);
    const total = sizes.slice(0, -1).reduce((sum, size) => sum + size, 0);
    expect(parts[0]).toMatchObject({ remainingBytes: total - 32 * 1024, version: '3.6.0' });
    expect(parts.at(-2)).toMatchObject({ remainingBytes: 0 });
    const file = new Uint8Array(total + 32);
    let at = 0;
    for (const { blob } of parts) {
      file.set(blob, at);
      at += blob.length;
    }
    const state = decodeSnapshot(file);
    expect(state.records).toEqual([...etcd.backend.records()]);
    expect(state).toMatchObject({
      leases: [{ id, ttl: 60, remainingTtl: 0 }],
      auth: { enabled: false, revision: 3, roles: [{ name: 'r' }], users: [{ name: 'ann', roles: [] }] },
      storageVersion: '3.6.0',
    });
  });
});
