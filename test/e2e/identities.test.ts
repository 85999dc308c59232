import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findRunning } from '../../electron/host/running.ts';
import { eventually, hasStockKubectl, root, ServedHost, temporaryFolder } from '../harness/serve.ts';

const folder = temporaryFolder();
let host: ServedHost;

beforeAll(async () => {
  host = await ServedHost.start(folder.path, '--topology', 'kubeadm-1-2', '--seed', '1', '--speed', '100');
});
afterAll(async () => {
  await host?.stop();
  folder.remove();
});

/** Runs a line in the console's shell. */
function shell(line: string): { code: number; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, 'dist/shell/shell.mjs'), '-c', line],
    { encoding: 'utf8', env: { ...process.env, ...findRunning(folder.path) }, timeout: 60_000 },
  );
  return { code: status ?? -1, stdout, stderr: stderr.replace(/after \d+ ms/g, 'after N ms') };
}

const hasOpenssl = spawnSync('openssl', ['version'], { stdio: 'ignore' }).status === 0;

describe('the console', () => {
  it('reaches the API server at its own address, from itself and from a machine', async () => {
    await eventually(
      () => shell('ssh cp-1 ls /etc/kubernetes/pki').stdout,
      (files) => files.includes('front-proxy-client.crt'),
    );
    const curl = 'curl -sS --cacert /etc/kubernetes/pki/ca.crt https://10.0.0.10:6443/livez';
    expect(shell(`ssh worker-1 ${curl}`)).toEqual({ code: 0, stdout: 'ok', stderr: '' });
    expect(shell('curl -sS -k https://cp-1:6443/livez')).toEqual({ code: 0, stdout: 'ok', stderr: '' });
    expect(shell('curl -sS -k https://10.0.0.21:6443/livez')).toEqual({
      code: 7,
      stdout: '',
      stderr: "curl: (7) Failed to connect to 10.0.0.21 port 6443 after N ms: Couldn't connect to server\n",
    });
    const nodes = 'kubectl --kubeconfig /etc/kubernetes/admin.conf get nodes -o name';
    expect(shell(`ssh cp-1 ${nodes}`).stdout).toBe('node/cp-1\nnode/worker-1\nnode/worker-2\n');
  }, 120_000);
});

describe.skipIf(!hasStockKubectl() || !hasOpenssl)(
  'a user of their own, with stock openssl and kubectl',
  () => {
    it('is asked for, approved, bound to a role, known, and after a while no more', async () => {
      const at = (name: string): string => join(folder.path, name);
      const openssl = (...args: string[]): void => {
        const { status, stderr } = spawnSync('openssl', args, { encoding: 'utf8' });
        if (status !== 0) throw new Error(stderr);
      };
      openssl('genrsa', '-out', at('jane.key'), '2048');
      openssl(
        'req',
        '-new',
        '-key',
        at('jane.key'),
        '-out',
        at('jane.csr'),
        '-subj',
        '/O=developers/CN=jane',
      );
      openssl('req', '-in', at('jane.csr'), '-noout', '-verify');
      const manifest = (seconds: number): string =>
        JSON.stringify({
          apiVersion: 'certificates.k8s.io/v1',
          kind: 'CertificateSigningRequest',
          metadata: { name: 'jane' },
          spec: {
            request: readFileSync(at('jane.csr')).toString('base64'),
            signerName: 'kubernetes.io/kube-apiserver-client',
            expirationSeconds: seconds,
            usages: ['client auth'],
          },
        });
      expect(host.kubectl(['create', '-f', '-'], manifest(3600)).stdout).toBe(
        'certificatesigningrequest.certificates.k8s.io/jane created\n',
      );
      expect(host.kubectl(['certificate', 'approve', 'jane']).stdout).toBe(
        'certificatesigningrequest.certificates.k8s.io/jane approved\n',
      );
      const signed = await eventually(
        () => host.kubectl(['get', 'csr', 'jane', '-o', 'jsonpath={.status.certificate}']).stdout,
        (pem) => pem !== '',
      );
      writeFileSync(at('jane.crt'), Buffer.from(signed, 'base64'));
      host.kubectl([
        'config',
        'set-credentials',
        'jane',
        '--client-certificate',
        at('jane.crt'),
        '--client-key',
        at('jane.key'),
      ]);
      host.kubectl(['config', 'set-context', 'jane', '--cluster', 'leme', '--user', 'jane']);
      const jane = (...args: string[]) => host.kubectl(['--context', 'jane', ...args]);
      expect(
        jane('auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username} {.status.userInfo.groups}').stdout,
      ).toBe('jane ["developers","system:authenticated"]');
      expect(jane('get', 'pods').stderr).toBe(
        'Error from server (Forbidden): pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default"\n',
      );
      host.kubectl(['create', 'rolebinding', 'developers', '--clusterrole=view', '--group=developers']);
      await eventually(
        () => jane('get', 'pods').stderr,
        (text) => text === 'No resources found in default namespace.\n',
      );
      expect(jane('get', 'pods', '-n', 'kube-system').code).toBe(1);
      // An hour of the cluster's time.
      const after = await eventually(
        () => jane('get', 'pods').stderr,
        (text) => text !== 'No resources found in default namespace.\n',
        90_000,
      );
      expect(after).toContain('error: You must be logged in to the server (Unauthorized)\n');
    }, 180_000);
  },
);
