import { describe, expect, it } from 'vitest';
import { ServerHarness } from '../server/harness.testing.ts';

const error = (code: string, message: string): Error => expect.objectContaining({ code, message }) as Error;
const NOT_FOUND = error('NotFound', 'etcdserver: requested lease not found');

describe('leases', () => {
  it('delete their keys in one revision when they are revoked', () => {
    const etcd = new ServerHarness();
    const { id } = etcd.call('LeaseGrant', { ttl: 300 });
    for (const key of ['k1', 'k0']) etcd.call('Put', { key, value: 'v', lease: id });
    expect(etcd.call('LeaseTimeToLive', { id, keys: true })).toMatchObject({
      grantedTtl: 300,
      ttl: 300,
      keys: ['k0', 'k1'],
    });
    const events: string[] = [];
    etcd.server.watch({ key: 'k', rangeEnd: 'l' }, (response) => {
      events.push(
        response.events.map((event) => `${event.type} ${event.kv.key}@${event.kv.modRevision}`).join(),
      );
      return true;
    });
    expect(etcd.call('LeaseRevoke', { id }).header.revision).toBe(4);
    expect(events).toEqual(['DELETE k0@4,DELETE k1@4']);
    expect(etcd.call('LeaseTimeToLive', { id })).toMatchObject({ ttl: -1, grantedTtl: 0, keys: [] });
    expect(() => etcd.call('LeaseRevoke', { id })).toThrow(NOT_FOUND);
    expect(etcd.call('LeaseLeases', {}).leases).toEqual([]);
  });

  it('end with their time, unless they are kept alive', async () => {
    const etcd = new ServerHarness();
    const short = etcd.call('LeaseGrant', { ttl: 4 }).id;
    const kept = etcd.call('LeaseGrant', { ttl: 4 }).id;
    etcd.call('Put', { key: 'short', value: 'v', lease: short });
    etcd.call('Put', { key: 'kept', value: 'v', lease: kept });
    await etcd.advance(3000);
    expect(etcd.call('LeaseTimeToLive', { id: short }).ttl).toBe(1);
    expect(etcd.call('LeaseKeepAlive', { id: kept }).ttl).toBe(4);
    await etcd.advance(1000);
    expect(etcd.call('Range', { key: 'short' }).count).toBe(0);
    expect(etcd.call('LeaseKeepAlive', { id: short }).ttl).toBe(0);
    expect(etcd.call('Range', { key: 'kept' }).count).toBe(1);
    await etcd.advance(3000);
    expect(etcd.call('Range', { key: 'kept' }).count).toBe(0);
    expect([...etcd.backend.leases()]).toEqual([]);
  });

  it('let go of a key that is put without them', async () => {
    const etcd = new ServerHarness();
    const { id } = etcd.call('LeaseGrant', { ttl: 4 });
    etcd.call('Put', { key: 'k', value: 'v', lease: id });
    etcd.put('k', 'w');
    await etcd.advance(10_000);
    expect(etcd.call('Range', { key: 'k' }).count).toBe(1);
  });

  it('have a least and a greatest time, and ids that are theirs alone', () => {
    const etcd = new ServerHarness();
    expect(etcd.call('LeaseGrant', { ttl: -5 }).ttl).toBe(2);
    expect(etcd.call('LeaseGrant', { ttl: 9_000_000_000, id: '42' })).toMatchObject({
      id: '42',
      ttl: 9_000_000_000,
    });
    expect(() => etcd.call('LeaseGrant', { ttl: 9_000_000_001 })).toThrow(
      error('OutOfRange', 'etcdserver: too large lease TTL'),
    );
    expect(() => etcd.call('LeaseGrant', { ttl: 5, id: '42' })).toThrow(
      error('FailedPrecondition', 'etcdserver: lease already exists'),
    );
    const { leases } = etcd.call('LeaseLeases', {});
    expect(leases).toHaveLength(2);
    expect(leases[1]).toEqual({ id: '42' });
    expect(BigInt(leases[0]?.id ?? '0')).toBeGreaterThan(0n);
  });

  it('begin their time anew when the member starts again, one election timeout later', async () => {
    const etcd = new ServerHarness();
    const { id } = etcd.call('LeaseGrant', { ttl: 10 });
    etcd.call('Put', { key: 'k', value: 'v', lease: id });
    await etcd.advance(9000);
    etcd.restart();
    await etcd.advance(10_500);
    expect(etcd.call('Range', { key: 'k' }).count).toBe(1);
    await etcd.advance(500);
    expect(etcd.call('Range', { key: 'k' }).count).toBe(0);
  });

  it('ask again when their revocation got lost', async () => {
    const etcd = new ServerHarness();
    const { id } = etcd.call('LeaseGrant', { ttl: 10 });
    const lessor = await import('./lessor.ts');
    const context = etcd.simulation.createContext('cp-1/etcd');
    const asked: number[] = [];
    const second = new lessor.Lessor(etcd.backend, context.clock, 2);
    const start = etcd.simulation.now;
    second.promote({ expire: () => asked.push(etcd.simulation.now - start) });
    etcd.server.stop();
    await etcd.advance(17_000);
    expect(asked).toEqual([10_000, 13_000, 16_000]);
    expect(() => second.renew(id)).toThrow(NOT_FOUND);
    second.demote();
    await etcd.advance(60_000);
    expect(asked).toHaveLength(3);
  });
});
