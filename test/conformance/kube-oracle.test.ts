import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasStockKubectl, root, ServedHost, temporaryFolder } from '../harness/serve.ts';
import { reference } from './references.ts';

/** Recorded answers of Kubernetes v1.34 with their checker. */
const oracle = reference('kube/oracle.py') ?? '';
const missing =
  oracle === ''
    ? 'the recordings'
    : !hasStockKubectl()
      ? 'kubectl'
      : spawnSync('python3', ['--version']).status !== 0
        ? 'python3'
        : undefined;
const hasOracle = missing === undefined;
if (missing !== undefined) console.warn(`the recorded scenarios are skipped: ${missing} is missing`);
const passing = JSON.parse(
  readFileSync(join(root, 'test/conformance/kube-passing.json'), 'utf8'),
) as string[];
const folder = temporaryFolder();
let host: ServedHost;

beforeAll(async () => {
  if (hasOracle)
    host = await ServedHost.start(folder.path, '--topology', 'oke-3', '--seed', '1', '--speed', '10');
});
afterAll(async () => {
  await host?.stop();
  folder.remove();
});

describe.skipIf(!hasOracle)('recorded scenarios of Kubernetes v1.34', () => {
  it('pass as far as they passed before', () => {
    const report = join(folder.path, 'report.json');
    spawnSync(
      'python3',
      [
        oracle,
        '--check',
        '--quiet',
        '--kubeconfig',
        host.served.kubeconfig,
        '--kubectl',
        'kubectl',
        '--only',
        `^(${passing.join('|')})$`,
        '--report',
        report,
      ],
      { stdio: ['ignore', 'inherit', 'inherit'], cwd: folder.path, timeout: 1_500_000 },
    );
    const { results } = JSON.parse(readFileSync(report, 'utf8')) as {
      results: Readonly<Record<string, { readonly ok: boolean }>>;
    };
    expect(passing.filter((id) => results[id]?.ok !== true)).toEqual([]);
  });
});
