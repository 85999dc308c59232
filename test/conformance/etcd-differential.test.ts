import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Compare, RequestOp } from '../../electron/cluster/etcd/client/interface.ts';
import { EtcdError } from '../../electron/cluster/etcd/client/interface.ts';
import type { EtcdMethod, EtcdMethods } from '../../electron/cluster/etcd/client/methods.ts';
import { ServerHarness } from '../../electron/cluster/etcd/server/harness.testing.ts';
import { CODES, normalize, toGateway } from './gateway-json.testing.ts';
import { hasRealEtcd, RealEtcd } from './real-etcd.testing.ts';

// The same random requests to a real etcd (where one is installed) and to ours: every answer must be the same.

const PATHS: Partial<Record<EtcdMethod, string>> = {
  Range: 'kv/range',
  Put: 'kv/put',
  DeleteRange: 'kv/deleterange',
  Txn: 'kv/txn',
  Compact: 'kv/compaction',
  LeaseGrant: 'lease/grant',
  LeaseRevoke: 'lease/revoke',
  LeaseTimeToLive: 'lease/timetolive',
};
type Request = { [M in EtcdMethod]: { method: M; request: EtcdMethods[M]['request'] } }[EtcdMethod];

const key = fc.constantFrom('a', 'aa', 'ab', 'b', 'b\0', 'c', 'd', '\xff', '');
const someKey = fc.constantFrom('a', 'aa', 'ab', 'b', 'b\0', 'c', 'd', '\xff');
const rangeEnd = fc.constantFrom(undefined, undefined, 'b', 'c', 'd', '\0', 'a');
const value = fc.constantFrom('', '1', '2', '\xe2\x8e\x88', 'long '.repeat(50));
const revision = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(2000) });
const lease = fc.constantFrom(undefined, undefined, '11', '12', '13');
const flag = fc.constantFrom(false, false, true);

const range = fc.record({
  key, rangeEnd, revision,
  limit: fc.constantFrom(0, 0, 1, 2),
  sortOrder: fc.constantFrom('NONE', 'ASCEND', 'DESCEND'),
  sortTarget: fc.constantFrom('KEY', 'VERSION', 'CREATE', 'MOD', 'VALUE'),
  keysOnly: flag, countOnly: flag,
  minModRevision: fc.constantFrom(0, 0, 0, 5, 50), maxCreateRevision: fc.constantFrom(0, 0, 0, 20, 200),
}); // prettier-ignore
const put = fc.record({ key, value, lease, prevKv: flag, ignoreValue: flag, ignoreLease: flag });
const deleteRange = fc.record({ key, rangeEnd, prevKv: flag });
const compare = fc
  .tuple(
    someKey,
    rangeEnd,
    fc.constantFrom('EQUAL', 'GREATER', 'LESS', 'NOT_EQUAL'),
    fc.nat(4),
    fc.nat(30),
    value,
    lease,
  )
  .map(([name, end, result, target, number, text, id]): Compare => {
    const head = { key: name, rangeEnd: end, result: result as Compare['result'] };
    if (target === 0) return { ...head, target: 'VERSION', version: number % 4 };
    if (target === 1) return { ...head, target: 'CREATE', createRevision: number };
    if (target === 2) return { ...head, target: 'MOD', modRevision: number };
    if (target === 3) return { ...head, target: 'VALUE', value: text };
    return { ...head, target: 'LEASE', lease: id ?? '0' };
  });
const ops = (depth: number): fc.Arbitrary<RequestOp[]> => {
  const kinds: fc.Arbitrary<RequestOp>[] = [
    range.map((request) => ({ requestRange: request as EtcdMethods['Range']['request'] })),
    put.map((request) => ({ requestPut: { ...request, key: request.key || 'z', ignoreValue: false } })),
    // Upstream's check for duplicates misses deletes without an end, and then a put that keeps the lease of
    // a key deleted so makes it panic (3.4.23).
    deleteRange.map(({ key: name, rangeEnd: end, prevKv }) => ({
      requestDeleteRange: { key: name || 'z', rangeEnd: end === '\0' ? undefined : end, prevKv },
    })),
  ];
  if (depth > 0) kinds.push(txn(depth - 1).map((request) => ({ requestTxn: request })));
  return fc.array(fc.oneof(...kinds), { maxLength: 4 });
};
const txn = (depth: number): fc.Arbitrary<EtcdMethods['Txn']['request']> =>
  fc.record({ compare: fc.array(compare, { maxLength: 2 }), success: ops(depth), failure: ops(depth) });

const request = fc.oneof(
  { weight: 80, arbitrary: put.map((item) => ({ method: 'Put' as const, request: item })) },
  { weight: 60, arbitrary: range.map((item) => ({ method: 'Range' as const, request: item as EtcdMethods['Range']['request'] })) },
  { weight: 30, arbitrary: deleteRange.map((item) => ({ method: 'DeleteRange' as const, request: item })) },
  { weight: 80, arbitrary: txn(1).map((item) => ({ method: 'Txn' as const, request: item })) },
  { weight: 3, arbitrary: fc.record({ revision: fc.nat(1500), physical: fc.constant(true) }).map((item) => ({ method: 'Compact' as const, request: item })) },
  { weight: 10, arbitrary: fc.constantFrom('11', '12', '13').map((id) => ({ method: 'LeaseGrant' as const, request: { id, ttl: 3000 } })) },
  { weight: 5, arbitrary: fc.constantFrom('11', '12', '13').map((id) => ({ method: 'LeaseRevoke' as const, request: { id } })) },
); // prettier-ignore

describe.skipIf(!hasRealEtcd)('beside a real etcd', () => {
  let real: RealEtcd;
  const ours = new ServerHarness();
  beforeAll(async () => {
    real = await RealEtcd.start();
  }, 30_000);
  afterAll(() => real.stop());

  async function ask({ method, request: body }: Request): Promise<unknown> {
    let failure: unknown;
    let answer: unknown;
    ours.server.call(method, body, (outcome) => {
      if ('error' in outcome) failure = outcome.error;
      else answer = toGateway(outcome.response);
    });
    await ours.advance(20);
    if (failure instanceof EtcdError) return { code: CODES[failure.code], error: failure.message };
    return normalize(answer);
  }

  async function askReal({ method, request: body }: Request): Promise<unknown> {
    const answer = await real.call(PATHS[method] as string, toGateway(body));
    return 'error' in answer ? { code: answer['code'], error: answer['error'] } : normalize(answer);
  }

  it('gives the same answers and the same events', async () => {
    const watches = [
      { key: '\0', rangeEnd: '\0', prevKv: true },
      { key: 'a', rangeEnd: 'b' },
      { key: 'b', filters: ['NOPUT' as const], prevKv: true },
    ];
    const events = watches.map((watch) => {
      const got: { ours: unknown[]; real: unknown[]; watch: typeof watch } = { ours: [], real: [], watch };
      return got;
    });
    const stops: (() => void)[] = [];
    for (const { watch, ours: mine, real: theirs } of events) {
      ours.server.watch(watch, (response) => {
        mine.push(
          ...response.events.map((event) => normalize({ ...(toGateway(event) as object), type: event.type })),
        );
        return true;
      });
      const body = { ...(toGateway({ ...watch, filters: [] }) as object), filters: watch.filters ?? [] };
      stops.push(
        await real.watch(body, (result) => {
          for (const event of (result['events'] as Record<string, unknown>[] | undefined) ?? []) {
            theirs.push(normalize({ type: 'PUT', ...event }));
          }
        }),
      );
    }
    const counts = { answers: 0, errors: new Map<string, number>() };
    for (const item of fc.sample(request, { numRuns: 1000, seed: 1123 }) as Request[]) {
      const mine = await ask(item);
      const theirs = await askReal(item);
      expect(mine, JSON.stringify(item)).toEqual(theirs);
      counts.answers += 1;
      const { error } = mine as { error?: string };
      if (error !== undefined) counts.errors.set(error, (counts.errors.get(error) ?? 0) + 1);
    }
    // Both see the end, then nothing can be missing.
    for (const method of ['Put', 'DeleteRange'] as const) {
      for (const name of ['a', 'b']) {
        const last = { method, request: { key: name, value: 'end' } } as Request;
        expect(await ask(last)).toEqual(await askReal(last));
      }
    }
    for (const { ours: mine, real: theirs } of events) {
      await expect.poll(() => theirs.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(mine.length);
      expect(mine).toEqual(theirs);
      expect(mine.length).toBeGreaterThan(10);
    }
    for (const stop of stops) stop();
    // The requests were worth asking: most kinds of refusal came up, and most were answered.
    expect([...counts.errors.keys()].sort()).toEqual(
      expect.arrayContaining([
        'etcdserver: duplicate key given in txn request',
        'etcdserver: key is not provided',
        'etcdserver: key not found',
        'etcdserver: lease already exists',
        'etcdserver: lease is provided',
        'etcdserver: mvcc: required revision has been compacted',
        'etcdserver: mvcc: required revision is a future revision',
        'etcdserver: requested lease not found',
        'etcdserver: value is provided',
      ]),
    );
  }, 120_000);
});
