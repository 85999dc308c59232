import { defineConfig } from 'vitest/config';

/** What takes minutes: the recorded answers of Kubernetes v1.34 and etcd 3.4 by the stock clients and by our etcdctl, and the long kill loop. */
export default defineConfig({
  test: {
    include: [
      'test/conformance/kube-oracle.test.ts',
      'test/conformance/kubectl-compare.test.ts',
      'test/conformance/etcd-oracle.test.ts',
      'test/conformance/etcd-oracle-own.test.ts',
      'test/robustness/etcd-sigkill-long.test.ts',
    ],
    testTimeout: 1_800_000,
    hookTimeout: 120_000,
    maxWorkers: 1,
    fileParallelism: false,
  },
});
