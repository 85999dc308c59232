import { describe, expect, it } from 'vitest';
import { hasEtcdOracle, ownEtcdctl, runEtcdOracle } from './etcd-oracle.testing.ts';

describe.skipIf(!hasEtcdOracle)('all recorded scenarios of etcd 3.4, by our own etcdctl', () => {
  it('are answered and printed as by a real etcd and its client', () => {
    const { failed, passed, output } = runEtcdOracle([], ownEtcdctl);
    expect(failed, output).toBe(0);
    expect(passed).toBeGreaterThanOrEqual(36);
  });
});
