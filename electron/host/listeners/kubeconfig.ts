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
  /** A client certificate, or a bearer token. */
  readonly credential: KeyPairPem | { readonly token: string };
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
        user:
          'token' in options.credential
            ? { token: options.credential.token }
            : {
                'client-certificate-data': base64(options.credential.certificate),
                'client-key-data': base64(options.credential.key),
              },
      },
    ],
  });
}

/** The administrator, whichever way they prove it. */
export const ADMINISTRATOR = {
  name: 'kubernetes-admin',
  groups: ['kubeadm:cluster-admins', 'system:masters'],
} as const;

/**
 * Writes the administrator's kubeconfig, readable by its owner only, replacing an older one in one step. With `token` it
 * holds that instead of a client certificate, as kubeconfigs of managed clusters do.
 */
export function writeAdminKubeconfig(
  path: string,
  authority: CertificateAuthority,
  server: string,
  clusterName: string,
  token?: string,
): void {
  const { name, groups } = ADMINISTRATOR;
  const credential = token === undefined ? authority.client('admin', name, groups) : { token };
  const text = renderKubeconfig({
    server,
    caPem: authority.pem,
    clusterName,
    userName: name,
    credential,
  });
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}.tmp`;
  writeFileSync(draft, text, { mode: 0o600 });
  chmodSync(draft, 0o600);
  renameSync(draft, path);
}
