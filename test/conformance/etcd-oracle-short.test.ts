import { describe, expect, it } from 'vitest';
import { hasEtcdOracle, runEtcdOracle } from './etcd-oracle.testing.ts';

describe.skipIf(!hasEtcdOracle)('some recorded scenarios of etcd 3.4, by a stock etcdctl', () => {
  it('are answered as by a real etcd', { timeout: 300_000 }, () => {
    const { failed, passed, output } = runEtcdOracle([
      'kv-put-get',
      'gateway-kv',
      'lease-errors',
      'watch-replay',
    ]);
    expect(failed, output).toBe(0);
    expect(passed).toBe(4);
  });
});
