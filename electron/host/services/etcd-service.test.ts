import { describe, expect, it } from 'vitest';
import { MemoryBackend } from '../../cluster/etcd/backend/memory.ts';
import { ServerHarness } from '../../cluster/etcd/server/harness.testing.ts';
import type { EtcdRaftView } from '../../cluster/etcd/view/interface.ts';
import { EtcdMemberViews } from '../../cluster/etcd/view/member-views.ts';
import type { EtcdItem, EtcdKeyItem, EtcdKeysItem } from '../../shared/contract/etcd.ts';
import type { StreamSink } from '../../shared/rpc/rpc-server.ts';
import { EtcdDisk } from './etcd-disk.ts';
import { EtcdLogCursor } from './etcd-log-cursor.ts';
import { EtcdService } from './etcd-service.ts';

class Collected<T> implements StreamSink<T> {
  readonly items: T[] = [];
  error: string | undefined;
  next(item: T): void {
    // As over the wire: what is changed later was not said.
    this.items.push(structuredClone(item));
  }
  end(): void {
    this.error = 'ended';
  }
  fail(error: { readonly code: string }): void {
    this.error = error.code;
  }
  onEnd(): void {
    // These streams last.
  }
  get last(): T {
    return this.items.at(-1) as T;
  }
}

function setUp(): {
  etcd: ServerHarness;
  service: EtcdService;
  disk: EtcdDisk;
  stop: () => void;
} {
  let time = 1000;
  const disk = new EtcdDisk('cp-1', () => ({ time: time++, record: 7 }));
  const etcd = new ServerHarness(disk.observe(new MemoryBackend()));
  const views = new EtcdMemberViews(['cp-1', 'cp-2'], () => ({ fsync: 1, diskFull: false }));
  const seen = views.started('cp-1', etcd.server);
  const service = new EtcdService(() => views.list, new Map([['cp-1', disk]]));
  return { etcd, service, disk, stop: () => seen.dispose() };
}

describe('EtcdService', () => {
  it('tells of members first everything, then who changed, then that one has stopped', () => {
    const { etcd, service, stop } = setUp();
    const plain = new Collected<EtcdItem>();
    const withLogs = new Collected<EtcdItem>();
    service.watch({ logs: false }, plain);
    service.watch({ logs: true }, withLogs);
    expect(plain.last.members.map(({ machine, running }) => [machine, running])).toEqual([
      ['cp-1', true],
      ['cp-2', false],
    ]);
    service.flush();
    expect(plain.items).toHaveLength(1);
    etcd.put('a', '1');
    service.flush();
    expect(plain.last).toMatchObject({ reset: false, logs: [] });
    expect(plain.last.members.map(({ machine, store, keys }) => [machine, store?.revision, keys])).toEqual([
      ['cp-1', 2, 1],
    ]);
    expect(withLogs.last.logs[0]?.entries.map(({ summary }) => summary)).toEqual(['Put a']);
    stop();
    service.flush();
    expect(plain.last.members).toMatchObject([{ machine: 'cp-1', running: false, raft: null, keys: 1 }]);
  });

  it('tells of keys first all, then those that changed or went', () => {
    const { etcd, service } = setUp();
    etcd.put('a', '1');
    const keys = new Collected<EtcdKeysItem>();
    service.watchKeys({ machine: null }, keys);
    expect(keys.last).toMatchObject({
      reset: true,
      machine: 'cp-1',
      revision: 2,
      keys: [{ key: 'a', size: 1 }],
    });
    etcd.put('b', '22');
    etcd.delete('a');
    service.flush();
    expect(keys.last).toMatchObject({ reset: false, revision: 4, keys: [{ key: 'b' }], removed: ['a'] });
    service.flush();
    expect(keys.items).toHaveLength(2);
  });

  it('says that a member has no disk rather than nothing', () => {
    const { service } = setUp();
    const keys = new Collected<EtcdKeysItem>();
    service.watchKeys({ machine: 'cp-2' }, keys);
    expect(keys.last).toEqual({ reset: true, machine: null, revision: 0, keys: [], removed: [] });
  });

  it('follows one key through its revisions, its lease and its compaction', async () => {
    const { etcd, service } = setUp();
    const { id } = etcd.call('LeaseGrant', { ttl: 60 });
    etcd.call('Put', { key: 'k', value: 'one', lease: id });
    const key = new Collected<EtcdKeyItem>();
    service.watchKey({ machine: null, key: 'k' }, key);
    expect(key.last).toMatchObject({
      total: 1,
      revisions: [{ modRevision: 2, version: 1, size: 3, record: 7, tombstone: false }],
      lease: { id: BigInt(id).toString(16), grantedTtl: 60, remaining: 60 },
    });
    etcd.put('k', 'two');
    etcd.delete('k');
    service.flush();
    expect(key.last.revisions.map(({ modRevision, tombstone }) => [modRevision, tombstone])).toEqual([
      [4, true],
      [3, false],
      [2, false],
    ]);
    expect(key.last.lease).toBeNull();
    const at = (modRevision: number): string =>
      service.value({ machine: null, key: 'k', modRevision, sub: 0 }).value;
    expect([at(2), at(3)]).toEqual(['one', 'two']);
    expect(() => at(4)).toThrow('revision 4 of the key does not exist');
    etcd.call('Compact', { revision: 3 });
    await etcd.advance(1000);
    service.flush();
    expect(key.last).toMatchObject({ compactRevision: 3, total: 2 });
    expect(() => at(2)).toThrow('revision 2 of the key has been compacted');
    expect(at(3)).toBe('two');
  });

  it('ends its streams as expired when the cluster is replaced', () => {
    const { service } = setUp();
    const members = new Collected<EtcdItem>();
    service.watch({ logs: false }, members);
    service.dispose();
    expect(members.error).toBe('Expired');
  });
});

describe('EtcdDisk', () => {
  it('knows what was written before this run, but not when, and counts what lives', () => {
    const inner = new MemoryBackend();
    const first = new ServerHarness(inner);
    first.put('a', '1');
    first.put('b', '1');
    first.delete('b');
    first.server.stop();
    const disk = new EtcdDisk('cp-1', () => ({ time: 5, record: 9 }));
    const etcd = new ServerHarness(disk.observe(inner));
    expect([disk.keyCount, disk.revision]).toEqual([1, 4]);
    expect(disk.writing(disk.history('a')[0]!)).toBeUndefined();
    etcd.put('a', '2');
    expect(disk.writing(disk.history('a')[1]!)).toEqual({ time: 5, record: 9 });
  });

  it('forgets everything with the data directory', () => {
    const disk = new EtcdDisk('cp-1', () => ({ time: 5, record: 9 }));
    const backend = disk.observe(new MemoryBackend());
    new ServerHarness(backend).put('a', '1');
    const told: unknown[] = [];
    disk.onChange((key) => void told.push(key));
    backend.clear();
    expect([disk.keyCount, disk.revision, told]).toEqual([0, 1, [undefined]]);
  });
});

describe('EtcdLogCursor', () => {
  const log = (terms: readonly number[], firstIndex = 1): EtcdRaftView =>
    ({
      firstIndex,
      lastIndex: firstIndex + terms.length - 1,
      entry: (index: number) => {
        const term = terms[index - firstIndex];
        return term === undefined ? undefined : { index, term, type: 'Normal', summary: `e${index}` };
      },
    }) as unknown as EtcdRaftView;
  const read = (cursor: EtcdLogCursor, raft: EtcdRaftView): unknown => {
    const news = cursor.read(raft);
    return news && [news.from, news.entries.map(({ index, term }) => `${index}:${term}`)];
  };

  it('gives what is new, and once', () => {
    const cursor = new EtcdLogCursor();
    expect(read(cursor, log([1, 1]))).toEqual([1, ['1:1', '2:1']]);
    expect(read(cursor, log([1, 1]))).toBeUndefined();
    expect(read(cursor, log([1, 1, 2]))).toEqual([3, ['3:2']]);
  });

  it('gives again what a new leader has overwritten, or cut off', () => {
    const cursor = new EtcdLogCursor();
    cursor.read(log([1, 1, 1, 1]));
    expect(read(cursor, log([1, 1, 2, 2]))).toEqual([3, ['3:2', '4:2']]);
    expect(read(cursor, log([1, 1]))).toEqual([3, []]);
    expect(read(cursor, log([1, 1]))).toBeUndefined();
  });

  it('leaves out what has been compacted away meanwhile', () => {
    const cursor = new EtcdLogCursor();
    cursor.read(log([1, 1]));
    expect(read(cursor, log([3, 3], 50))).toEqual([50, ['50:3', '51:3']]);
  });
});
