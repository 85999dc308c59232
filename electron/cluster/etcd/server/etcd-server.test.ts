import { describe, expect, it } from 'vitest';
import type { Compare, RequestOp } from '../client/interface.ts';
import { prefixEnd } from '../client/prefix.ts';
import { ServerHarness } from './harness.testing.ts';

const error = (code: string, message: string): unknown => expect.objectContaining({ code, message });
const EMPTY_KEY = error('InvalidArgument', 'etcdserver: key is not provided');
const COMPACTED = error('OutOfRange', 'etcdserver: mvcc: required revision has been compacted');
const FUTURE = error('OutOfRange', 'etcdserver: mvcc: required revision is a future revision');
const DUPLICATE = error('InvalidArgument', 'etcdserver: duplicate key given in txn request');
const NO_LEASE_FOUND = error('NotFound', 'etcdserver: requested lease not found');

const put = (key: string, value = 'v'): RequestOp => ({ requestPut: { key, value } });
const del = (key: string, rangeEnd?: string): RequestOp => ({
  requestDeleteRange: { key, ...(rangeEnd === undefined ? {} : { rangeEnd }) },
});
const get = (key: string): RequestOp => ({ requestRange: { key } });
const version = (key: string, value: number): Compare => ({
  key,
  target: 'VERSION',
  version: value,
  result: 'EQUAL',
});

describe('range', () => {
  it('begins at revision 1, counts puts, and keeps create, mod and version', () => {
    const etcd = new ServerHarness();
    expect(etcd.server.revision).toBe(1);
    expect(etcd.put('k', 'v1')).toBe(2);
    etcd.put('k', 'v2');
    etcd.put('other', 'x');
    expect(etcd.delete('k')).toBe(1);
    etcd.put('k', 'v3');
    const at = (revision: number): unknown =>
      etcd.call('Range', { key: 'k', revision }).kvs.map((kv) => kv.value);
    expect(at(1)).toEqual([]);
    expect(at(2)).toEqual(['v1']);
    expect(at(4)).toEqual(['v2']);
    expect(at(5)).toEqual([]);
    expect(at(0)).toEqual(['v3']);
    expect(at(-1)).toEqual(['v3']);
    expect(etcd.call('Range', { key: 'k', revision: 3 })).toMatchObject({
      header: { revision: 6, memberId: etcd.server.memberId, clusterId: etcd.server.clusterId },
      kvs: [{ createRevision: 2, modRevision: 3, version: 2, value: 'v2', lease: '0' }],
      more: false,
      count: 1,
    });
    expect(etcd.call('Range', { key: 'k' }).kvs[0]).toMatchObject({ createRevision: 6, version: 1 });
    expect(() => at(7)).toThrow(FUTURE as Error);
  });

  it('limits, and says how many there are', () => {
    const etcd = new ServerHarness();
    for (const key of ['a/1', 'a/2', 'a/3', 'b']) etcd.put(key, key);
    const page = etcd.call('Range', { key: 'a/', rangeEnd: prefixEnd('a/'), limit: 2 });
    expect([page.kvs.map((kv) => kv.key), page.more, page.count]).toEqual([['a/1', 'a/2'], true, 3]);
    const exact = etcd.call('Range', { key: 'a/', rangeEnd: prefixEnd('a/'), limit: 3 });
    expect([exact.kvs.length, exact.more, exact.count]).toEqual([3, false, 3]);
    expect(etcd.call('Range', { key: 'a/2', rangeEnd: '\0' }).count).toBe(3);
    expect(etcd.call('Range', { key: 'b', rangeEnd: 'a' }).count).toBe(0);
    const counted = etcd.call('Range', { key: '\0', rangeEnd: '\0', countOnly: true });
    expect([counted.kvs, counted.count]).toEqual([[], 4]);
    const names = etcd.call('Range', { key: 'a/1', keysOnly: true });
    expect(names.kvs[0]).toMatchObject({ value: '', version: 1 });
    expect(etcd.call('Range', { key: 'a/1' }).kvs[0]?.value).toBe('a/1');
  });

  it('sorts by every target and filters by revision before it limits', () => {
    const etcd = new ServerHarness();
    for (const [key, value] of [
      ['k2', 'banana'],
      ['k3', 'apple'],
      ['k1', 'cherry'],
      ['k3', 'avocado'],
      ['k3', 'apricot'],
    ] as const) {
      etcd.put(key, value);
    }
    const sorted = (request: object): string =>
      etcd
        .call('Range', { key: 'k', rangeEnd: 'l', ...request })
        .kvs.map((kv) => kv.key)
        .join();
    expect(sorted({ sortTarget: 'CREATE' })).toBe('k2,k3,k1');
    expect(sorted({ sortTarget: 'MOD', sortOrder: 'DESCEND' })).toBe('k3,k1,k2');
    expect(sorted({ sortTarget: 'VERSION', sortOrder: 'DESCEND' })).toBe('k3,k1,k2');
    expect(sorted({ sortTarget: 'VALUE', sortOrder: 'ASCEND' })).toBe('k3,k2,k1');
    expect(sorted({ sortOrder: 'DESCEND', limit: 1 })).toBe('k3');
    expect(sorted({ minModRevision: 3, limit: 1 })).toBe('k1');
    expect(sorted({ maxCreateRevision: 2 })).toBe('k2');
    expect(() => sorted({ sortTarget: 'COLOUR' })).toThrow(
      error('InvalidArgument', 'etcdserver: invalid sort option') as Error,
    );
  });
});

describe('put', () => {
  it('returns the previous value, and keeps value or lease when asked to', () => {
    const etcd = new ServerHarness();
    const { id } = etcd.call('LeaseGrant', { ttl: 300 });
    etcd.put('k', 'v');
    expect(
      etcd.call('Put', { key: 'k', value: '', ignoreValue: true, lease: id, prevKv: true }).prevKv,
    ).toMatchObject({
      value: 'v',
      modRevision: 2,
    });
    expect(etcd.call('Range', { key: 'k' }).kvs[0]).toMatchObject({ value: 'v', lease: id, version: 2 });
    etcd.call('Put', { key: 'k', value: 'v2', ignoreLease: true });
    expect(etcd.call('Range', { key: 'k' }).kvs[0]).toMatchObject({ value: 'v2', lease: id });
    etcd.put('k', 'v3');
    expect(etcd.call('Range', { key: 'k' }).kvs[0]?.lease).toBe('0');
    expect(etcd.call('LeaseTimeToLive', { id, keys: true }).keys).toEqual([]);
  });

  it('refuses with the upstream codes and texts, and changes nothing', () => {
    const etcd = new ServerHarness();
    const refused: readonly [object, unknown][] = [
      [{ key: '', value: 'v' }, EMPTY_KEY],
      [
        { key: 'k', value: 'v', ignoreValue: true },
        error('InvalidArgument', 'etcdserver: value is provided'),
      ],
      [
        { key: 'k', value: 'v', ignoreLease: true, lease: '7' },
        error('InvalidArgument', 'etcdserver: lease is provided'),
      ],
      [{ key: 'no', value: '', ignoreValue: true }, error('InvalidArgument', 'etcdserver: key not found')],
      [{ key: 'k', value: 'v', lease: '1' }, NO_LEASE_FOUND],
      [
        { key: 'k', value: 'x'.repeat(1.5 * 1024 * 1024) },
        error('InvalidArgument', 'etcdserver: request is too large'),
      ],
    ];
    for (const [request, expected] of refused) {
      expect(() => etcd.call('Put', request as { key: string; value: string })).toThrow(expected as Error);
    }
    expect(() => etcd.call('Range', { key: '' })).toThrow(EMPTY_KEY as Error);
    expect(() => etcd.call('DeleteRange', { key: '' })).toThrow(EMPTY_KEY as Error);
    expect(etcd.server.revision).toBe(1);
  });
});

describe('txn', () => {
  it('compares version, create, mod, value and lease, of keys that are not there too', () => {
    const etcd = new ServerHarness();
    etcd.put('a', 'm');
    const holds = (compare: Compare): boolean =>
      etcd.call('Txn', { compare: [compare], success: [], failure: [] }).succeeded;
    expect(holds({ key: 'a', target: 'MOD', modRevision: 2, result: 'EQUAL' })).toBe(true);
    expect(holds({ key: 'a', target: 'CREATE', createRevision: 2, result: 'LESS' })).toBe(false);
    expect(holds({ key: 'a', target: 'VALUE', value: 'a', result: 'GREATER' })).toBe(true);
    expect(holds({ key: 'a', target: 'VALUE', value: 'm', result: 'NOT_EQUAL' })).toBe(false);
    expect(holds({ key: 'a', target: 'LEASE', lease: '0', result: 'EQUAL' })).toBe(true);
    expect(holds({ key: 'a', target: 'LEASE', lease: '9223372036854775807', result: 'LESS' })).toBe(true);
    expect(holds({ key: 'absent', target: 'MOD', modRevision: 0, result: 'EQUAL' })).toBe(true);
    expect(holds({ key: 'absent', target: 'VALUE', value: '', result: 'EQUAL' })).toBe(false);
    expect(holds({ key: 'absent', target: 'VALUE', value: 'x', result: 'NOT_EQUAL' })).toBe(false);
    etcd.put('b', 'n');
    expect(holds({ key: 'a', rangeEnd: 'c', target: 'VERSION', version: 1, result: 'EQUAL' })).toBe(true);
    etcd.put('b', 'n');
    expect(holds({ key: 'a', rangeEnd: 'c', target: 'VERSION', version: 1, result: 'EQUAL' })).toBe(false);
  });

  it('has one revision for all it writes, sees its own writes, and numbers responses as upstream', () => {
    const etcd = new ServerHarness();
    for (const key of ['k1', 'k2', 'k3']) etcd.put(key, key);
    const response = etcd.call('Txn', {
      compare: [],
      success: [
        get('k3'),
        put('n'),
        { requestRange: { key: 'k', rangeEnd: 'l' } },
        del('k1'),
        get('k1'),
        get('n'),
      ],
      failure: [],
    });
    expect(response.header.revision).toBe(5);
    expect(response.responses).toMatchObject([
      { responseRange: { header: { revision: 4, memberId: '0' } } },
      { responsePut: { header: { revision: 5 } } },
      { responseRange: { count: 3 } },
      { responseDeleteRange: { deleted: 1 } },
      { responseRange: { count: 0 } },
      { responseRange: { kvs: [{ modRevision: 5 }] } },
    ]);
    expect(etcd.call('Txn', { compare: [], success: [get('n')], failure: [] }).header.revision).toBe(5);
    expect(etcd.call('Txn', { compare: [], success: [del('nothing')], failure: [] }).header.revision).toBe(5);
  });

  it('decides nested branches on the state before it begins', () => {
    const etcd = new ServerHarness();
    const inner: RequestOp = {
      requestTxn: {
        compare: [version('a', 0)],
        success: [put('inner', 'yes')],
        failure: [put('inner', 'no')],
      },
    };
    const response = etcd.call('Txn', { compare: [], success: [put('a'), inner], failure: [] });
    expect(response.responses[1]).toMatchObject({ responseTxn: { succeeded: true } });
    expect(etcd.call('Range', { key: 'inner' }).kvs[0]).toMatchObject({ value: 'yes', modRevision: 2 });
  });

  it('refuses duplicates, too many operations and what its operations are refused for', () => {
    const etcd = new ServerHarness();
    etcd.put('a', '1');
    const txn = (success: readonly RequestOp[], failure: readonly RequestOp[] = []): unknown =>
      etcd.call('Txn', { compare: [version('a', 1)], success, failure });
    expect(() => txn([put('x'), put('x')])).toThrow(DUPLICATE as Error);
    expect(() => txn([put('x'), del('x')])).toThrow(DUPLICATE as Error);
    expect(() => txn([put('x1'), del('x', 'y')])).toThrow(DUPLICATE as Error);
    expect(() => txn([], [put('x'), put('x')])).toThrow(DUPLICATE as Error);
    const nested = (key: string): RequestOp => ({
      requestTxn: { compare: [], success: [put(key)], failure: [put(key)] },
    });
    expect(() => txn([put('x'), nested('x')])).toThrow(DUPLICATE as Error);
    txn([nested('y'), put('x'), get('x'), del('z'), del('z')]);
    const many = Array.from({ length: 129 }, (_, index) => put(`k${index}`));
    expect(() => txn(many)).toThrow(
      error('InvalidArgument', 'etcdserver: too many operations in txn request') as Error,
    );
    txn(many.slice(1));
    const before = etcd.server.revision;
    expect(() => txn([put('')])).toThrow(EMPTY_KEY as Error);
    expect(() => txn([put('w'), { requestPut: { key: 'q', value: '', lease: '5' } }])).toThrow(
      NO_LEASE_FOUND as Error,
    );
    expect(() => txn([put('w'), { requestRange: { key: 'q', revision: 100_000 } }])).toThrow(FUTURE as Error);
    expect(etcd.server.revision).toBe(before);
    expect(etcd.call('Range', { key: 'w' }).count).toBe(0);
  });
});

describe('compaction', () => {
  it('keeps what can still be asked for, and refuses the rest', async () => {
    const etcd = new ServerHarness();
    for (const value of ['1', '2', '3']) etcd.put('a', value);
    etcd.put('b', '1');
    etcd.delete('b');
    etcd.call('Compact', { revision: 4 });
    const at = (key: string, revision: number): unknown =>
      etcd.call('Range', { key, revision }).kvs.map((kv) => kv.value);
    expect(() => at('a', 3)).toThrow(COMPACTED as Error);
    expect(at('a', 4)).toEqual(['3']);
    expect(at('b', 5)).toEqual(['1']);
    for (const revision of [4, 3, 0, -1])
      expect(() => etcd.call('Compact', { revision })).toThrow(COMPACTED as Error);
    expect(() => etcd.call('Compact', { revision: 99 })).toThrow(FUTURE as Error);
    etcd.call('Compact', { revision: 6 });
    expect(() => at('b', 5)).toThrow(COMPACTED as Error);
    await etcd.advance(100);
    expect([...etcd.backend.records()].map((record) => record.kv.modRevision)).toEqual([4]);
    expect(() =>
      etcd.call('Txn', {
        compare: [],
        success: [put('z'), { requestRange: { key: 'a', revision: 2 } }],
        failure: [],
      }),
    ).toThrow(COMPACTED as Error);
  });

  it('is known after a restart, the revision too when nothing is left', async () => {
    const etcd = new ServerHarness();
    etcd.put('a', '1');
    etcd.delete('a');
    etcd.call('Compact', { revision: 3 });
    await etcd.advance(100);
    expect([...etcd.backend.records()]).toEqual([]);
    etcd.restart();
    expect(etcd.server.revision).toBe(3);
    expect(() => etcd.call('Range', { key: 'a', revision: 2 })).toThrow(COMPACTED as Error);
    expect(etcd.put('a', '2')).toBe(4);
  });

  it('goes on with its clean-up when the member died in between', async () => {
    const etcd = new ServerHarness();
    for (let index = 0; index < 2500; index += 1) etcd.put('k', String(index));
    etcd.call('Compact', { revision: etcd.server.revision });
    await etcd.advance(0);
    expect([...etcd.backend.records()]).toHaveLength(1500);
    etcd.restart();
    await etcd.advance(100);
    expect([...etcd.backend.records()]).toHaveLength(1);
    expect(etcd.backend.getMeta('finishedCompactRevision')).toBe('2501');
    expect(etcd.call('Range', { key: 'k' }).kvs[0]).toMatchObject({ value: '2499', version: 2500 });
  });

  it('answers a physical one when the disk is clean', async () => {
    const etcd = new ServerHarness();
    for (let index = 0; index < 1500; index += 1) etcd.put('k', String(index));
    let left = -1;
    etcd.server.call('Compact', { revision: 1501, physical: true }, () => {
      left = [...etcd.backend.records()].length;
    });
    expect(left).toBe(-1);
    await etcd.advance(100);
    expect(left).toBe(1);
  });
});

describe('a member', () => {
  it('has its ids, data and leases after a restart, in a new term', () => {
    const etcd = new ServerHarness();
    const { id } = etcd.call('LeaseGrant', { ttl: 300 });
    etcd.call('Put', { key: 'k', value: 'v', lease: id });
    const before = etcd.call('Status', {});
    etcd.restart();
    const after = etcd.call('Status', {});
    expect(after.header.memberId).toBe(before.header.memberId);
    expect(after.header.clusterId).toBe(before.header.clusterId);
    expect(after.raftTerm).toBe(before.raftTerm + 1);
    expect(after.raftIndex).toBeGreaterThan(before.raftIndex);
    expect(after.leader).toBe(after.header.memberId);
    expect(etcd.call('Range', { key: 'k' }).kvs[0]).toMatchObject({ value: 'v', lease: id });
    expect(etcd.call('LeaseTimeToLive', { id, keys: true }).keys).toEqual(['k']);
  });

  it('says how large it is', async () => {
    const etcd = new ServerHarness();
    for (let index = 0; index < 100; index += 1) etcd.put('k', 'x'.repeat(1000));
    const full = etcd.call('Status', {});
    expect(full.dbSizeInUse).toBeGreaterThan(100_000);
    etcd.call('Compact', { revision: etcd.server.revision });
    await etcd.advance(100);
    const compacted = etcd.call('Status', {});
    expect(compacted.dbSize).toBe(full.dbSize);
    expect(compacted.dbSizeInUse).toBeLessThan(40_000);
    etcd.backend.defragment();
    expect(etcd.call('Status', {}).dbSize).toBe(compacted.dbSizeInUse);
  });

  it('refuses what comes after its end', () => {
    const etcd = new ServerHarness();
    etcd.server.stop();
    const stopped = error('Unavailable', 'etcdserver: server stopped') as Error;
    expect(() => etcd.put('k', 'v')).toThrow(stopped);
    expect(() => etcd.call('Range', { key: 'k' })).toThrow(stopped);
  });
});
