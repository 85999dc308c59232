import { chmodSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { stringify } from 'yaml';
import type { CertificateAuthority, KeyPairPem } from './certificates.ts';

export interface KubeconfigOptions {
  /** e.g. `https://127.0.0.1:6443` */
  readonly server: string;
  readonly caPem: string;
  readonly clusterName: string;
  readonly userName: string;
  readonly client: KeyPairPem;
}

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

/** The text of a kubeconfig with one cluster, one user and one context. */
export function renderKubeconfig(options: KubeconfigOptions): string {
  const context = `${options.userName}@${options.clusterName}`;
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: options.clusterName,
        cluster: { 'certificate-authority-data': base64(options.caPem), server: options.server },
      },
    ],
    contexts: [{ name: context, context: { cluster: options.clusterName, user: options.userName } }],
    'current-context': context,
    users: [
      {
        name: options.userName,
        user: {
          'client-certificate-data': base64(options.client.certificate),
          'client-key-data': base64(options.client.key),
        },
      },
    ],
  });
}

/** Writes the administrator's kubeconfig, readable by its owner only, replacing an older one in one step. */
export async function writeAdminKubeconfig(
  path: string,
  authority: CertificateAuthority,
  server: string,
  clusterName: string,
): Promise<void> {
  const client = await authority.client('admin', 'kubernetes-admin', [
    'kubeadm:cluster-admins',
    'system:masters',
  ]);
  const text = renderKubeconfig({
    server,
    caPem: authority.pem,
    clusterName,
    userName: 'kubernetes-admin',
    client,
  });
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}.tmp`;
  writeFileSync(draft, text, { mode: 0o600 });
  chmodSync(draft, 0o600);
  renameSync(draft, path);
}
