import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [vue()],
  test: {
    include: ['electron/**/*.test.ts', 'app/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: [
      'test/e2e/**',
      'test/electron/**',
      'test/packaging/packaged.test.ts',
      'test/conformance/kube-oracle.test.ts',
      'test/conformance/etcd-oracle.test.ts',
      'test/conformance/etcd-oracle-own.test.ts',
      'test/conformance/kubectl-compare.test.ts',
      'test/robustness/etcd-sigkill-long.test.ts',
      'test/bench/**',
      'test/**/*.long.test.ts',
      'node_modules/**',
      'dist/**',
    ],
    testTimeout: 20_000,
    maxWorkers: 2,
  },
});
