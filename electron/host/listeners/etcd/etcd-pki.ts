import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CertificateAuthority, ETCD_AUTHORITY_NAME } from '../certificates.ts';
import { FileCertificateStore } from '../file-certificate-store.ts';
import type { CertificateStore } from '../interface.ts';
import type { EtcdTls } from './member-listener.ts';

export interface EtcdPki {
  /** The folder with `ca.crt`, `server.crt`, `healthcheck-client.crt` and their keys. */
  readonly folder: string;
  readonly tls: EtcdTls;
}

const PAIRS = ['server', 'peer', 'healthcheck-client'];

/**
 * etcd's certificates as kubeadm lays them out below a `pki` folder: its own authority in `etcd/`, and there the pairs of
 * servers, peers and probes; the API server's client pair beside the folder. Made once, and anew for other members.
 */
export function openEtcdPki(
  pki: string,
  members: readonly { readonly machine: string; readonly ip: string }[],
): EtcdPki {
  const folder = join(pki, 'etcd');
  const inner = new FileCertificateStore(folder);
  const outer = new FileCertificateStore(pki);
  const storeOf = (name: string): CertificateStore => (name.startsWith('apiserver-') ? outer : inner);
  const authority = CertificateAuthority.open(
    {
      load: (name) => storeOf(name).load(name),
      save: (name, pem) => storeOf(name).save(name, pem),
    },
    ETCD_AUTHORITY_NAME,
  );
  const names = [...members.map(({ machine }) => machine), 'localhost'];
  const ips = [...members.map(({ ip }) => ip), '127.0.0.1', '::1'];
  const commonName = members[0]?.machine ?? 'etcd';
  const server = authority.member('server', commonName, names, ips);
  authority.member('peer', commonName, names, ips);
  authority.client('healthcheck-client', 'kube-etcd-healthcheck-client', []);
  authority.client('apiserver-etcd-client', 'kube-apiserver-etcd-client', []);
  return { folder, tls: { ...server, clientCa: authority.pem } };
}

/** The same files where the lab shell's commands look for them: `/etc/kubernetes/pki` below the console's root. */
export function installEtcdPki(pki: string, consoleRoot: string): void {
  const target = join(consoleRoot, 'etc', 'kubernetes', 'pki');
  mkdirSync(join(target, 'etcd'), { recursive: true, mode: 0o700 });
  const files = ['ca', ...PAIRS].flatMap((name) => [`etcd/${name}.crt`, `etcd/${name}.key`]);
  for (const file of [...files, 'apiserver-etcd-client.crt', 'apiserver-etcd-client.key']) {
    mkdirSync(dirname(join(target, file)), { recursive: true });
    copyFileSync(join(pki, file), join(target, file));
  }
}
