import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../harness/serve.ts';

// The fuzz of `npm test` with many more requests from a seed of its own. A failure is told by the seed: FUZZ_SEED repeats it.

const SEED = process.env['FUZZ_SEED'] ?? String(Math.floor(Math.random() * 2 ** 31));
const RUNS = process.env['FUZZ_RUNS'] ?? '1000';
const files = ['api-fuzz', 'api-fuzz-extensions', 'api-fuzz-writes'].map(
  (name) => `test/e2e/${name}.test.ts`,
);

test('whatever a client sends, the API goes on serving', () => {
  console.log(`fuzz: FUZZ_SEED=${SEED} FUZZ_RUNS=${RUNS}`);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      ...[
        'node_modules/vitest/vitest.mjs',
        'run',
        '--config',
        'vitest.e2e.config.ts',
        '--testTimeout',
        '900000',
      ],
      ...files,
    ],
    { cwd: root, encoding: 'utf8', env: { ...process.env, FUZZ_SEED: SEED, FUZZ_RUNS: RUNS } },
  );
  expect(status, `FUZZ_SEED=${SEED}\n${stdout}\n${stderr}`).toBe(0);
});

test('the seed reaches every file', () => {
  for (const file of files)
    expect(readFileSync(join(root, file), 'utf8')).toContain("process.env['FUZZ_SEED']");
});
