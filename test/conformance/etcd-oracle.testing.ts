import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

import { join } from 'node:path';
import { hasStockEtcdctl, root } from '../harness/serve.ts';

/** Recorded answers of etcd 3.4.23 with their checker; they may stand beside the checkout. */
const folder = join(root, '..', 'shared', 'oracle', 'etcd');
const runner = join(folder, 'oracle.py');
export const hasEtcdOracle =
  existsSync(runner) && hasStockEtcdctl() && spawnSync('python3', ['--version']).status === 0;
if (!hasEtcdOracle)
  console.log('The recorded etcd scenarios, python3 or etcdctl are not here: that comparison is skipped.');

export interface OracleResult {
  readonly passed: number;
  readonly failed: number;
  /** What it printed, with the differences. */
  readonly output: string;
}

/** Our own client as it is built, as a command line for the runner, which asks for what 3.4 says. */
export const ownEtcdctl = `${process.execPath} ${join(root, 'dist', 'shell', 'etcdctl.mjs')}`;

/** Runs scenarios (all: none named) through `npm run oracle:etcd`, with the stock client unless another is given. */
export function runEtcdOracle(scenarios: readonly string[] = [], etcdctl = 'etcdctl'): OracleResult {
  const which =
    scenarios.length === 0
      ? [join(folder, 'scenarios')]
      : scenarios.map((name) => join(folder, 'scenarios', `${name}.json`));
  const { stdout } = spawnSync(
    'python3',
    [runner, ...which, '--adapter', 'npm run --silent oracle:etcd', '--etcdctl', etcdctl],
    {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, LEME_ETCDCTL_VERSION: '3.4' },
      timeout: 3_000_000,
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  const summary = /(\d+) passed, (\d+) failed/.exec(stdout.trim().split('\n').at(-1) ?? '');
  if (summary === null) throw new Error(`the oracle gave no summary: ${stdout.slice(-2000)}`);
  return { passed: Number(summary[1]), failed: Number(summary[2]), output: stdout };
}
