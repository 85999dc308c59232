import { describe, expect, it } from 'vitest';
import type { Caller } from '../server/interface.ts';
import { ServerHarness } from '../server/harness.testing.ts';

const error = (code: string, message: string): Error =>
  expect.objectContaining({ code, message: `etcdserver: ${message}` }) as Error;
const DENIED = error('PermissionDenied', 'permission denied');
const NOBODY = error('InvalidArgument', 'user name is empty');
const BAD_TOKEN = error('Unauthenticated', 'invalid auth token');
const FAILED = error('InvalidArgument', 'authentication failed, invalid user ID or password');

/** Auth is on; u may read and write `ok`, read what begins with `ro/`, and has password `up`; root has `rp`. */
function enabled(): { etcd: ServerHarness; as: (name: string, password: string) => Caller } {
  const etcd = new ServerHarness();
  etcd.call('UserAdd', { name: 'root', password: 'rp' });
  etcd.call('UserAdd', { name: 'u', password: 'up' });
  etcd.call('RoleAdd', { name: 'r' });
  etcd.call('RoleGrantPermission', { name: 'r', perm: { permType: 'READWRITE', key: 'ok' } });
  etcd.call('RoleGrantPermission', { name: 'r', perm: { permType: 'READ', key: 'ro/', rangeEnd: 'ro0' } });
  etcd.call('UserGrantRole', { user: 'u', role: 'r' });
  etcd.put('ro/1', 'x');
  etcd.put('secret', 's');
  etcd.call('UserGrantRole', { user: 'root', role: 'root' });
  etcd.call('AuthEnable', {});
  const as = (name: string, password: string): Caller => ({
    token: etcd.call('Authenticate', { name, password }).token,
  });
  return { etcd, as };
}

describe('users and roles', () => {
  it('are added, changed and deleted, with upstream’s refusals', () => {
    const etcd = new ServerHarness();
    const refused = (code: string, message: string, act: () => unknown): void =>
      expect(act).toThrow(error(code, message));
    etcd.call('UserAdd', { name: 'ann', password: 'pw' });
    refused('FailedPrecondition', 'user name already exists', () =>
      etcd.call('UserAdd', { name: 'ann', password: 'pw' }),
    );
    refused('InvalidArgument', 'user name is empty', () => etcd.call('UserAdd', { name: '' }));
    etcd.call('UserAdd', { name: 'dan', options: { noPassword: true } });
    etcd.call('UserAdd', { name: 'bob', password: '' });
    expect(etcd.call('UserList', {}).users).toEqual(['ann', 'bob', 'dan']);
    for (const name of ['r2', 'r1']) etcd.call('RoleAdd', { name });
    refused('FailedPrecondition', 'role name already exists', () => etcd.call('RoleAdd', { name: 'r1' }));
    refused('InvalidArgument', 'role name is empty', () => etcd.call('RoleAdd', { name: '' }));
    expect(etcd.call('RoleList', {}).roles).toEqual(['r1', 'r2']);
    for (const role of ['r2', 'r1', 'r1']) etcd.call('UserGrantRole', { user: 'ann', role });
    refused('FailedPrecondition', 'role name not found', () =>
      etcd.call('UserGrantRole', { user: 'ann', role: 'nope' }),
    );
    refused('FailedPrecondition', 'user name not found', () =>
      etcd.call('UserGrantRole', { user: 'nope', role: 'r1' }),
    );
    expect(etcd.call('UserGet', { name: 'ann' }).roles).toEqual(['r1', 'r2']);
    refused('FailedPrecondition', 'user name not found', () => etcd.call('UserGet', { name: 'nope' }));
    etcd.call('UserRevokeRole', { name: 'ann', role: 'r2' });
    refused('FailedPrecondition', 'role is not granted to the user', () =>
      etcd.call('UserRevokeRole', { name: 'ann', role: 'r2' }),
    );
    etcd.call('RoleDelete', { role: 'r1' });
    refused('FailedPrecondition', 'role name not found', () => etcd.call('RoleDelete', { role: 'r1' }));
    expect(etcd.call('UserGet', { name: 'ann' }).roles).toEqual([]);
    etcd.call('UserDelete', { name: 'bob' });
    refused('FailedPrecondition', 'user name not found', () => etcd.call('UserDelete', { name: 'bob' }));
    refused('FailedPrecondition', 'user name not found', () =>
      etcd.call('UserChangePassword', { name: 'bob', password: 'x' }),
    );
    refused('FailedPrecondition', 'authentication is not enabled', () =>
      etcd.call('Authenticate', { name: 'ann', password: 'pw' }),
    );
    // Nothing of all this is a revision of the store.
    expect(etcd.server.revision).toBe(1);
  });

  it('keep permissions by range, and survive a restart', () => {
    const etcd = new ServerHarness();
    etcd.call('RoleAdd', { name: 'r' });
    const grant = (permType: 'READ' | 'WRITE' | 'READWRITE', key: string, rangeEnd?: string): void =>
      void etcd.call('RoleGrantPermission', {
        name: 'r',
        perm: { permType, key, ...(rangeEnd === undefined ? {} : { rangeEnd }) },
      });
    grant('READ', 'b');
    grant('READ', 'a', 'c');
    grant('WRITE', 'b');
    expect(() => grant('READ', 'c', 'b')).toThrow(error('InvalidArgument', 'invalid auth management'));
    expect(() => grant('READ', '')).toThrow(error('InvalidArgument', 'invalid auth management'));
    expect(() => etcd.call('RoleGrantPermission', { name: 'r' })).toThrow(
      error('InvalidArgument', 'permission not given'),
    );
    const all = [
      { permType: 'READ', key: 'a', rangeEnd: 'c' },
      { permType: 'WRITE', key: 'b', rangeEnd: '' },
    ];
    expect(etcd.call('RoleGet', { role: 'r' }).perm).toEqual(all);
    expect(etcd.call('AuthStatus', {})).toMatchObject({ enabled: false, authRevision: 5 });
    etcd.restart();
    expect(etcd.call('RoleGet', { role: 'r' }).perm).toEqual(all);
    expect(etcd.call('AuthStatus', {})).toMatchObject({ enabled: false, authRevision: 5 });
    etcd.call('RoleRevokePermission', { role: 'r', key: 'a', rangeEnd: 'c' });
    expect(() => etcd.call('RoleRevokePermission', { role: 'r', key: 'a' })).toThrow(
      error('FailedPrecondition', 'permission is not granted to the role'),
    );
  });
});

describe('auth', () => {
  it('is enabled only with a root user that has the root role', () => {
    const etcd = new ServerHarness();
    expect(() => etcd.call('AuthEnable', {})).toThrow(
      error('FailedPrecondition', 'root user does not exist'),
    );
    etcd.call('UserAdd', { name: 'root', password: 'rp' });
    expect(() => etcd.call('AuthEnable', {})).toThrow(
      error('FailedPrecondition', 'root user does not have root role'),
    );
    etcd.call('UserGrantRole', { user: 'root', role: 'root' });
    etcd.call('AuthEnable', {});
    expect(() => etcd.call('Range', { key: 'k' })).toThrow(NOBODY);
    expect(() => etcd.put('k', 'v')).toThrow(NOBODY);
    expect(() => etcd.call('UserList', {})).toThrow(NOBODY);
    expect(() => etcd.call('Range', { key: 'k' }, { token: 'abc.1' })).toThrow(BAD_TOKEN);
    expect(() => etcd.call('Range', { key: 'k' }, { token: 'nonsense' })).toThrow(BAD_TOKEN);
    const root = { token: etcd.call('Authenticate', { name: 'root', password: 'rp' }).token };
    expect(() => etcd.call('UserDelete', { name: 'root' }, root)).toThrow(
      error('InvalidArgument', 'invalid auth management'),
    );
    expect(() => etcd.call('UserRevokeRole', { name: 'root', role: 'root' }, root)).toThrow(
      error('InvalidArgument', 'invalid auth management'),
    );
    etcd.call('AuthDisable', {}, root);
    expect(etcd.call('Range', { key: 'k' }, root).count).toBe(0);
  });

  it('lets a user do what the roles permit, and nothing else', () => {
    const { etcd, as } = enabled();
    const u = as('u', 'up');
    const root = as('root', 'rp');
    etcd.call('Put', { key: 'ok', value: '1' }, u);
    expect(etcd.call('Range', { key: 'ok' }, u).kvs[0]?.value).toBe('1');
    expect(etcd.call('Range', { key: 'ro/', rangeEnd: 'ro0' }, u).count).toBe(1);
    expect(etcd.call('Range', { key: 'secret' }, root).kvs[0]?.value).toBe('s');
    const denied: (() => unknown)[] = [
      () => etcd.call('Put', { key: 'secret', value: '1' }, u),
      () => etcd.call('Range', { key: 'secret' }, u),
      () => etcd.call('Range', { key: 'secret', serializable: true }, u),
      () => etcd.call('Put', { key: 'ro/1', value: 'y' }, u),
      () => etcd.call('Range', { key: '\0', rangeEnd: '\0' }, u),
      () => etcd.call('Range', { key: 'ro/', rangeEnd: 'ro1' }, u),
      () => etcd.call('DeleteRange', { key: 'ro/1' }, u),
      () => etcd.call('UserList', {}, u),
      () => etcd.call('AuthDisable', {}, u),
      () => etcd.call('UserGet', { name: 'root' }, u),
      () => etcd.call('RoleGet', { role: 'root' }, u),
      () => etcd.call('Defragment', {}, u),
      () => etcd.call('HashKV', { revision: 0 }, u),
      () => etcd.server.snapshot(u),
      () => etcd.server.checkWatch({ key: 'secret' }, u),
    ];
    for (const act of denied) expect(act).toThrow(DENIED);
    expect(etcd.call('UserGet', { name: 'u' }, u).roles).toEqual(['r']);
    expect(etcd.call('RoleGet', { role: 'r' }, u).perm).toHaveLength(2);
    etcd.server.checkWatch({ key: 'ro/', rangeEnd: 'ro0' }, u);
    expect(() => as('u', 'bad')).toThrow(FAILED);
    expect(() => as('nobody', 'x')).toThrow(FAILED);
  });

  it('looks into transactions: compares, both branches, nested ones', () => {
    const { etcd, as } = enabled();
    const u = as('u', 'up');
    const get = (key: string) => ({ requestRange: { key } });
    const put = (key: string) => ({ requestPut: { key, value: '' } });
    const compare = { key: 'secret', target: 'VERSION', version: 1, result: 'EQUAL' } as const;
    const none = { compare: [], success: [], failure: [] };
    expect(etcd.call('Txn', { ...none, success: [get('ok'), put('ok')] }, u).responses).toHaveLength(2);
    for (const txn of [
      { ...none, compare: [compare] },
      { ...none, success: [get('secret')] },
      { ...none, failure: [put('ro/1')] },
      { ...none, success: [{ requestTxn: { ...none, failure: [put('secret')] } }] },
      { ...none, success: [{ requestDeleteRange: { key: 'secret' } }, put('ok')] },
    ]) {
      expect(() => etcd.call('Txn', txn, u)).toThrow(DENIED);
    }
  });

  it('protects a lease by its keys', () => {
    const { etcd, as } = enabled();
    const u = as('u', 'up');
    const root = as('root', 'rp');
    const { id } = etcd.call('LeaseGrant', { ttl: 100 }, root);
    etcd.call('Put', { key: 'secret', value: 's', lease: id }, root);
    expect(() => etcd.call('Put', { key: 'ok', value: '', lease: id }, u)).toThrow(DENIED);
    expect(() => etcd.call('LeaseRevoke', { id }, u)).toThrow(DENIED);
    expect(() => etcd.call('LeaseKeepAlive', { id }, u)).toThrow(DENIED);
    expect(() => etcd.call('LeaseTimeToLive', { id, keys: true }, u)).toThrow(DENIED);
    expect(() => etcd.call('LeaseLeases', {}, u)).toThrow(DENIED);
    expect(() => etcd.call('LeaseLeases', {})).toThrow(NOBODY);
    expect(etcd.call('LeaseTimeToLive', { id }, u).ttl).toBe(100);
    expect(etcd.call('LeaseKeepAlive', { id }, root).ttl).toBe(100);
  });

  it('ends a lease whoever’s keys it has', async () => {
    const { etcd, as } = enabled();
    const root = as('root', 'rp');
    const { id } = etcd.call('LeaseGrant', { ttl: 5 }, root);
    etcd.call('Put', { key: 'secret', value: 's', lease: id }, root);
    await etcd.advance(5000);
    expect(etcd.call('Range', { key: 'secret' }, root).count).toBe(0);
  });

  it('knows tokens for a time from their last use, not after a restart, not of a changed user', async () => {
    const { etcd, as } = enabled();
    const root = as('root', 'rp');
    const u = as('u', 'up');
    expect(u.token).toMatch(/^[a-zA-Z]{16}\.\d+$/);
    await etcd.advance(200_000);
    etcd.call('Range', { key: 'ok' }, u);
    await etcd.advance(200_000);
    etcd.call('Range', { key: 'ok' }, u);
    expect(() => etcd.call('Range', { key: 'ok' }, root)).toThrow(BAD_TOKEN);
    etcd.call('UserChangePassword', { name: 'u', password: 'new' }, as('root', 'rp'));
    expect(() => etcd.call('Range', { key: 'ok' }, u)).toThrow(BAD_TOKEN);
    expect(() => as('u', 'up')).toThrow(FAILED);
    const again = as('u', 'new');
    await etcd.advance(301_000);
    expect(() => etcd.call('Range', { key: 'ok' }, again)).toThrow(BAD_TOKEN);
    const last = as('u', 'new');
    etcd.restart();
    expect(() => etcd.call('Range', { key: 'ok' }, last)).toThrow(BAD_TOKEN);
    expect(etcd.call('Range', { key: 'ok' }, as('u', 'new')).count).toBe(0);
  });

  it('takes a certificate’s common name for a user when told to, and no password for one without', () => {
    const plain = enabled();
    expect(() => plain.etcd.call('Range', { key: 'ok' }, { commonName: 'u' })).toThrow(NOBODY);
    const etcd = new ServerHarness(undefined, undefined, { clientCertAuth: true });
    etcd.call('UserAdd', { name: 'root', options: { noPassword: true } });
    etcd.call('UserGrantRole', { user: 'root', role: 'root' });
    etcd.call('AuthEnable', {});
    const root = { commonName: 'root' };
    etcd.call('Put', { key: 'k', value: 'v' }, root);
    expect(() => etcd.call('Range', { key: 'k' }, { commonName: 'stranger' })).toThrow(DENIED);
    expect(() => etcd.call('Authenticate', { name: 'root', password: 'x' })).toThrow(
      expect.objectContaining({
        code: 'Unknown',
        message: 'auth: authentication failed, password was given for no password user',
      }) as Error,
    );
  });

  it('keeps passwords as hashes only, in the log too', () => {
    const { etcd } = enabled();
    const stored = [...etcd.backend.bucket('authUsers').values()].join();
    expect(stored).toContain('$2a$04$');
    expect(stored).not.toContain('"up"');
    expect(() => etcd.call('UserAdd', { name: 'long', password: 'x'.repeat(73) })).toThrow(
      expect.objectContaining({ message: 'bcrypt: password length exceeds 72 bytes' }) as Error,
    );
  });
});
