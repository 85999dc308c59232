import { describe, expect, it } from 'vitest';
import { hasEtcdOracle, ownEtcdctl, runEtcdOracle } from '../conformance/etcd-oracle.testing.ts';

describe.skipIf(!hasEtcdOracle)(
  'some recorded scenarios of etcd 3.4, by our own etcdctl as it is built',
  () => {
    it('are answered and printed as by a real etcd and its client', { timeout: 300_000 }, () => {
      const { failed, passed, output } = runEtcdOracle(
        ['kv-put-get', 'lease-basic', 'txn-responses', 'watch-replay'],
        ownEtcdctl,
      );
      expect(failed, output).toBe(0);
      expect(passed).toBe(4);
    });

    it('differ with a client that prints something else', { timeout: 60_000 }, () => {
      const { failed, output } = runEtcdOracle(['kv-sort'], 'echo');
      expect(failed).toBe(1);
      expect(output).toContain('FAIL kv-sort');
    });
  },
);
