import { defineConfig } from 'vitest/config';

/** Browser and process tests: one at a time, against the built product. */
export default defineConfig({
  test: {
    include: ['test/e2e/**/*.test.ts', 'test/electron/**/*.test.ts', 'test/packaging/packaged.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 1,
    fileParallelism: false,
  },
});
