import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
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

/** Ids of those of `ids` that do not pass with this kubeconfig and client. */
function failing(ids: readonly string[], kubeconfig: string, kubectl: string): readonly string[] {
  const report = join(folder.path, 'report.json');
  spawnSync(
    'python3',
    [
      oracle,
      '--check',
      '--quiet',
      '--kubeconfig',
      kubeconfig,
      '--kubectl',
      kubectl,
      '--only',
      `^(${ids.join('|')})$`,
      '--report',
      report,
    ],
    { stdio: ['ignore', 'inherit', 'inherit'], cwd: folder.path, timeout: 1_500_000 },
  );
  const { results } = JSON.parse(readFileSync(report, 'utf8')) as {
    results: Readonly<Record<string, { readonly ok: boolean }>>;
  };
  return ids.filter((id) => results[id]?.ok !== true);
}

function script(name: string, ...command: readonly string[]): string {
  const file = join(folder.path, name);
  writeFileSync(file, `#!/bin/sh\nexec ${command.map((word) => `'${word}'`).join(' ')} "$@"\n`);
  chmodSync(file, 0o700);
  return file;
}

describe.skipIf(!hasOracle)('recorded scenarios of Kubernetes v1.34', () => {
  it('pass as far as they passed before', () => {
    expect(failing(passing, host.served.kubeconfig, 'kubectl')).toEqual([]);
  });

  // kubectl 1.32 prints `ConfigMapOptional: <nil>` where the recorded 1.33 prints `Optional: false`; ours follows 1.33.
  it('pass where the installed client words it otherwise, with a client that words it as the recorded one', () => {
    const ours = script('kubectl-ours', process.execPath, join(root, 'electron/shell/kubectl/main.ts'));
    expect(failing(['desc-pod-volumes'], host.served.kubeconfig, ours)).toEqual([]);
  });

  // The checker shows a kubeconfig's client certificate also where a scenario says `noAuth`: here only kubectl has it.
  it('pass where requests are anonymous', () => {
    const config = parse(readFileSync(host.served.kubeconfig, 'utf8')) as {
      users: { user: Record<string, string> }[];
    };
    const user = config.users[0]?.user ?? {};
    const files = ['client-certificate', 'client-key'].map((name) => {
      const file = join(folder.path, name);
      writeFileSync(file, Buffer.from(user[`${name}-data`] ?? '', 'base64'), { mode: 0o600 });
      return `--${name}=${file}`;
    });
    const anonymous = join(folder.path, 'anonymous-kubeconfig');
    writeFileSync(anonymous, stringify({ ...config, users: [{ ...config.users[0], user: {} }] }));
    expect(failing(['rbac-anonymous'], anonymous, script('kubectl-cert', 'kubectl', ...files))).toEqual([]);
  });

  // get-pods-table cannot pass: in the recording two running Pods have one and the same address.
});
