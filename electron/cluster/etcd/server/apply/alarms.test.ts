import { describe, expect, it } from 'vitest';
import type { EtcdServerOptions } from '../options.ts';
import { ServerHarness } from '../harness.testing.ts';

const error = (code: string, message: string): Error => expect.objectContaining({ code, message }) as Error;
const NO_SPACE = error('ResourceExhausted', 'etcdserver: mvcc: database space exceeded');
const CORRUPT = error('DataLoss', 'etcdserver: corrupt cluster');

const withOptions = (options: Partial<EtcdServerOptions>): ServerHarness =>
  new ServerHarness(undefined, undefined, options);

/** Puts values of 100 kB under ever new keys until that is refused; how many were taken. */
function fill(etcd: ServerHarness): number {
  for (let count = 0; count < 1000; count += 1) {
    try {
      etcd.put(`fill-${count}`, 'x'.repeat(100_000));
    } catch {
      return count;
    }
  }
  throw new Error('there was room for everything');
}

describe('the quota', () => {
  it('raises NOSPACE, refuses what adds, and lets reads and deletions through', () => {
    const etcd = withOptions({ quotaBackendBytes: 2 * 1024 * 1024 });
    const count = fill(etcd);
    expect(count).toBeGreaterThan(15);
    expect(count).toBeLessThan(20);
    const { memberId } = etcd.server;
    const alarms = [{ memberId, alarm: 'NOSPACE' }];
    expect(etcd.call('Alarm', { action: 'GET', memberId: '0', alarm: 'NONE' }).alarms).toEqual(alarms);
    expect(etcd.call('Status', {}).errors).toEqual([`memberID:${memberId} alarm:NOSPACE `]);
    expect(() => etcd.put('k', 'small')).toThrow(NO_SPACE);
    expect(() => etcd.call('LeaseGrant', { ttl: 10 })).toThrow(NO_SPACE);
    const put = { requestPut: { key: 'k', value: 'v' } };
    expect(() => etcd.call('Txn', { compare: [], success: [], failure: [put] })).toThrow(NO_SPACE);
    expect(etcd.call('Range', { key: 'fill-1' }).count).toBe(1);
    expect(etcd.delete('fill-', 'fill.')).toBe(count);
    const remove = { requestDeleteRange: { key: 'k' } };
    expect(etcd.call('Txn', { compare: [], success: [remove], failure: [] }).succeeded).toBe(true);
    etcd.restart();
    expect(() => etcd.put('k', 'small')).toThrow(NO_SPACE);
  });

  it('is kept again after compaction, defragmentation and disarming, in this order only', async () => {
    const etcd = withOptions({ quotaBackendBytes: 2 * 1024 * 1024 });
    const count = fill(etcd);
    etcd.delete('fill-', 'fill.');
    const { memberId } = etcd.server;
    const disarm = (): unknown =>
      etcd.call('Alarm', { action: 'DEACTIVATE', memberId, alarm: 'NOSPACE' }).alarms;
    expect(disarm()).toEqual([{ memberId, alarm: 'NOSPACE' }]);
    // The file is as large as before: what did not fit does not fit.
    expect(fill(etcd)).toBe(0);
    etcd.call('Compact', { revision: etcd.server.revision });
    await etcd.advance(100);
    etcd.call('Defragment', {});
    expect(() => etcd.put('k', 'v')).toThrow(NO_SPACE);
    disarm();
    expect(disarm()).toEqual([]);
    etcd.put('k', 'v');
    expect(fill(etcd)).toBe(count);
  });

  it('is 2 GiB unless told, and none below 0', () => {
    expect(withOptions({}).call('Status', {}).dbSizeQuota).toBe(2_147_483_648);
    const etcd = withOptions({ quotaBackendBytes: -1 });
    etcd.put('k', 'v');
    expect(etcd.call('Status', {}).dbSizeQuota).toBe(-1);
  });

  it('is looked at again when a request is applied, which is carried out all the same', () => {
    const etcd = withOptions({ quotaBackendBytes: 300_000 });
    etcd.put('a', 'x'.repeat(200_000));
    // As if it had been proposed while there was room.
    const outcomes: unknown[] = [];
    const put = { key: 'b', value: 'x'.repeat(100_000) };
    etcd.server.consensus.propose({ put }, (outcome) => outcomes.push(outcome));
    expect(outcomes).toEqual([{ error: NO_SPACE }]);
    expect(etcd.call('Range', { key: 'b' }).count).toBe(1);
    expect(etcd.server.alarms.has('NOSPACE')).toBe(true);
  });
});

describe('alarms', () => {
  it('are raised and taken back by hand, once each', () => {
    const etcd = new ServerHarness();
    const alarm = (action: 'GET' | 'ACTIVATE' | 'DEACTIVATE', memberId: string, type: 'NONE' | 'CORRUPT') =>
      etcd.call('Alarm', { action, memberId, alarm: type }).alarms;
    expect(alarm('ACTIVATE', '7', 'NONE')).toEqual([]);
    expect(alarm('ACTIVATE', '7', 'CORRUPT')).toEqual([{ memberId: '7', alarm: 'CORRUPT' }]);
    expect(alarm('ACTIVATE', '7', 'CORRUPT')).toEqual([{ memberId: '7', alarm: 'CORRUPT' }]);
    expect(alarm('GET', '0', 'CORRUPT')).toHaveLength(1);
    for (const act of [
      () => etcd.put('k', 'v'),
      () => etcd.delete('k'),
      () => etcd.call('Compact', { revision: 1 }),
      () => etcd.call('LeaseGrant', { ttl: 5 }),
    ]) {
      expect(act).toThrow(CORRUPT);
    }
    expect(etcd.call('Range', { key: 'k' }).count).toBe(0);
    expect(alarm('DEACTIVATE', '7', 'CORRUPT')).toHaveLength(1);
    etcd.put('k', 'v');
  });

  it('answer without a header before 3.5', () => {
    const get = { action: 'GET', memberId: '0', alarm: 'NONE' } as const;
    expect(withOptions({ version: '3.4.23' }).call('Alarm', get)).toEqual({ alarms: [] });
    expect(withOptions({}).call('Alarm', get).header?.revision).toBe(1);
    expect(withOptions({ version: '3.4.23' }).call('Status', {})).not.toHaveProperty('storageVersion');
    expect(withOptions({}).call('Status', {})).toMatchObject({
      storageVersion: '3.6.0',
      downgradeInfo: { enabled: false, targetVersion: '' },
    });
  });
});
