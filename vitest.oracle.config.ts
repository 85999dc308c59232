import { defineConfig } from 'vitest/config';

/** The recorded answers of Kubernetes v1.34, asked of the built product by the stock kubectl (minutes). */
export default defineConfig({
  test: {
    include: ['test/conformance/kube-oracle.test.ts'],
    testTimeout: 1_800_000,
    hookTimeout: 120_000,
    maxWorkers: 1,
    fileParallelism: false,
  },
});
