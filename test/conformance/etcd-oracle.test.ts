import { describe, expect, it } from 'vitest';
import { hasEtcdOracle, runEtcdOracle } from './etcd-oracle.testing.ts';

describe.skipIf(!hasEtcdOracle)('all recorded scenarios of etcd 3.4, by a stock etcdctl', () => {
  it('are answered as by a real etcd', () => {
    const { failed, passed, output } = runEtcdOracle();
    expect(failed, output).toBe(0);
    expect(passed).toBeGreaterThanOrEqual(36);
  });
});
