import { defineConfig } from 'vitest/config';

/** Suites that take minutes: npm run test:all. */
export default defineConfig({
  test: {
    include: ['test/**/*.long.test.ts'],
    testTimeout: 1_800_000,
    maxWorkers: 2,
  },
});
