import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EtcdError } from '../../electron/cluster/etcd/client/interface.ts';
import type { EtcdMethod, EtcdMethods } from '../../electron/cluster/etcd/client/methods.ts';
import { ServerHarness } from '../../electron/cluster/etcd/server/harness.testing.ts';
import { CODES, normalize, toGateway } from './gateway-json.testing.ts';
import { hasRealEtcd, RealEtcd } from './real-etcd.testing.ts';

// Random changes of users, roles and permissions, auth switched on and off, and requests on behalf of these users: a
// real etcd and ours must refuse and answer the same.

const PATHS: Partial<Record<EtcdMethod, string>> = {
  Range: 'kv/range',
  Put: 'kv/put',
  DeleteRange: 'kv/deleterange',
  Txn: 'kv/txn',
  LeaseGrant: 'lease/grant',
  LeaseRevoke: 'lease/revoke',
  AuthEnable: 'auth/enable',
  AuthDisable: 'auth/disable',
  UserAdd: 'auth/user/add',
  UserGet: 'auth/user/get',
  UserList: 'auth/user/list',
  UserDelete: 'auth/user/delete',
  UserChangePassword: 'auth/user/changepw',
  UserGrantRole: 'auth/user/grant',
  UserRevokeRole: 'auth/user/revoke',
  RoleAdd: 'auth/role/add',
  RoleGet: 'auth/role/get',
  RoleList: 'auth/role/list',
  RoleDelete: 'auth/role/delete',
  RoleGrantPermission: 'auth/role/grant',
  RoleRevokePermission: 'auth/role/revoke',
};

type Step = { [M in EtcdMethod]: { method: M; request: EtcdMethods[M]['request']; as: string } }[EtcdMethod];

const user = fc.constantFrom('root', 'ann', 'ann', 'bob', 'bob', 'nobody', '');
const role = fc.constantFrom('root', 'r1', 'r1', 'r2', 'r2', 'norole', '');
const key = fc.constantFrom('a', 'b', 'c', 'd');
const rangeEnd = fc.constantFrom(undefined, undefined, 'b', 'c', 'e', '\0');
const granted = fc.record({
  permType: fc.constantFrom('READ' as const, 'WRITE' as const, 'READWRITE' as const),
  key,
  rangeEnd,
});
const caller = fc.constantFrom('', 'root', 'root', 'ann', 'ann', 'bob');
const password = fc.constantFrom('pw', 'pw', 'other');
const lease = fc.constantFrom(undefined, '21', '22');

const range = fc.record({ key, rangeEnd });
const put = fc.record({ key, value: fc.constantFrom('1', '2'), prevKv: fc.boolean(), lease });
const deleteRange = fc.record({ key, rangeEnd, prevKv: fc.boolean() });
const op = fc.oneof(
  range.map((requestRange) => ({ requestRange })),
  put.map((requestPut) => ({ requestPut: { ...requestPut, key: 'd' } })),
  fc.record({ key: fc.constantFrom('a', 'b') }).map((requestDeleteRange) => ({ requestDeleteRange })),
);
const ops = fc.uniqueArray(op, { maxLength: 2, selector: (one) => Object.keys(one)[0] });
const compare = key.map((name) => ({
  key: name,
  target: 'VERSION' as const,
  version: 1,
  result: 'GREATER' as const,
}));
const txn = fc.record({ compare: fc.array(compare, { maxLength: 1 }), success: ops, failure: ops });

const of = <M extends EtcdMethod>(method: M, request: fc.Arbitrary<unknown>, weight: number) => ({
  weight,
  arbitrary: fc
    .tuple(request, caller)
    .map(([body, as]) => ({ method, request: body, as }) as unknown as Step),
});
const none = fc.constant({});
const step = fc.oneof(
  of('UserAdd', fc.record({ name: user, password }), 8),
  of('UserGet', fc.record({ name: user }), 4),
  of('UserList', none, 2),
  of('UserDelete', fc.record({ name: user }), 2),
  of('UserChangePassword', fc.record({ name: user, password }), 3),
  of('UserGrantRole', fc.record({ user, role }), 12),
  of('UserRevokeRole', fc.record({ name: user, role }), 4),
  of('RoleAdd', fc.record({ name: role }), 8),
  of('RoleGet', fc.record({ role }), 4),
  of('RoleList', none, 2),
  of('RoleDelete', fc.record({ role }), 1),
  of('RoleGrantPermission', fc.record({ name: role, perm: granted }), 14),
  of('RoleRevokePermission', fc.record({ role, key, rangeEnd }), 4),
  of('AuthEnable', none, 12),
  of('AuthDisable', none, 2),
  of('Range', range, 20),
  of('Put', put, 20),
  of('DeleteRange', deleteRange, 10),
  of('Txn', txn, 15),
  of('LeaseGrant', fc.record({ id: fc.constantFrom('21', '22'), ttl: fc.constant(3000) }), 4),
  of('LeaseRevoke', fc.record({ id: fc.constantFrom('21', '22') }), 3),
);

const failure = (error: unknown): unknown =>
  error instanceof EtcdError ? { code: CODES[error.code], error: error.message } : error;

/** The same steps on a real etcd and on ours. */
class Pair {
  readonly ours = new ServerHarness(undefined, undefined, { version: '3.4.23' });
  readonly real: RealEtcd;
  readonly errors = new Map<string, number>();
  readonly #passwords = new Map<string, string>();

  constructor(real: RealEtcd) {
    this.real = real;
  }

  /** What both said, [ours, theirs]. */
  async step({ method, request, as }: Step): Promise<readonly [unknown, unknown]> {
    const tokens = await this.#tokensOf(as);
    if ('said' in tokens) return tokens.said;
    const mine = await this.#ours(method, request, tokens.ours);
    const answer = await this.real.call(PATHS[method] as string, toGateway(request) ?? {}, tokens.theirs);
    const theirs = 'error' in answer ? { code: answer['code'], error: answer['error'] } : normalize(answer);
    const { error } = mine as { error?: string };
    if (error !== undefined) this.errors.set(error, (this.errors.get(error) ?? 0) + 1);
    else if (method === 'UserAdd' || method === 'UserChangePassword') {
      this.#passwords.set(request.name, request.password ?? '');
    }
    return [mine, theirs];
  }

  async #ours(method: EtcdMethod, request: unknown, token: string | undefined): Promise<unknown> {
    let mine: unknown;
    this.ours.server.call(
      method as 'Range',
      request as EtcdMethods['Range']['request'],
      (outcome) => {
        mine = 'error' in outcome ? failure(outcome.error) : normalize(toGateway(outcome.response));
      },
      token === undefined ? {} : { token },
    );
    await this.ours.advance(20);
    return mine;
  }

  /** Tokens of a user on both, or what both say instead; without auth both say that it is off. */
  async #tokensOf(
    name: string,
  ): Promise<{ ours?: string; theirs?: string } | { said: readonly [unknown, unknown] }> {
    if (name === '') return {};
    const body = { name, password: this.#passwords.get(name) ?? 'pw' };
    const answer = await this.real.call('auth/authenticate', body);
    let mine: unknown;
    this.ours.server.call('Authenticate', body, (outcome) => {
      mine = 'error' in outcome ? failure(outcome.error) : outcome.response;
    });
    await this.ours.advance(1);
    if (!('error' in answer)) {
      const { token } = mine as { token?: string };
      if (token === undefined) return { said: [mine, 'a token'] };
      return { ours: token, theirs: answer['token'] as string };
    }
    const theirs = { code: answer['code'], error: answer['error'] };
    const off = theirs.error === 'etcdserver: authentication is not enabled';
    return off && failureText(mine) === theirs.error ? {} : { said: [mine, theirs] };
  }
}

function failureText(said: unknown): unknown {
  return (said as { error?: unknown }).error;
}

const STEPS = fc.sample(step, { numRuns: 1200, seed: 34 });

describe.skipIf(!hasRealEtcd)('auth beside a real etcd', () => {
  let real: RealEtcd;
  beforeEach(async () => {
    real = await RealEtcd.start('--bcrypt-cost=4');
  }, 30_000);
  afterEach(() => real.stop());

  it('refuses and answers the same', async () => {
    const pair = new Pair(real);
    for (const item of STEPS) {
      const [mine, theirs] = await pair.step(item);
      expect(mine, JSON.stringify(item)).toEqual(theirs);
    }
    expect([...pair.errors.keys()].sort()).toEqual(
      expect.arrayContaining([
        'etcdserver: invalid auth management',
        'etcdserver: permission denied',
        'etcdserver: permission is not granted to the role',
        'etcdserver: role is not granted to the user',
        'etcdserver: role name already exists',
        'etcdserver: role name is empty',
        'etcdserver: role name not found',
        'etcdserver: user name already exists',
        'etcdserver: user name is empty',
        'etcdserver: user name not found',
      ]),
    );
  }, 180_000);

  it('would be caught giving a permission too much', async () => {
    const pair = new Pair(real);
    pair.ours.server.auth.checkDeleteRange = () => undefined;
    for (const item of STEPS) {
      const [mine, theirs] = await pair.step(item);
      if (JSON.stringify(mine) !== JSON.stringify(theirs)) {
        expect(item.method).toMatch(/DeleteRange|Txn/);
        return;
      }
    }
    throw new Error('nothing was noticed');
  }, 180_000);
});
