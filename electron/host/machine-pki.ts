import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FileSystem } from '../cluster/machine/interface.ts';
import type { ClusterSession } from './cluster-session.ts';

const FILES = ['ca', 'server', 'peer', 'healthcheck-client'].flatMap((name) => [
  `etcd/${name}.crt`,
  `etcd/${name}.key`,
]);
const CLIENT = ['apiserver-etcd-client.crt', 'apiserver-etcd-client.key'];

/** Puts the cluster's authority where kubeadm puts it: its certificate on every node, its key on control planes. */
export function installClusterPkiOnMachines(session: ClusterSession, pki: string): void {
  const certificate = readFileSync(join(pki, 'ca.crt'), 'utf8');
  const key = readFileSync(join(pki, 'ca.key'), 'utf8');
  session.pacer.inject(() => {
    for (const { spec, files } of session.cluster.machines) {
      const isControlPlane = spec.role === 'control-plane';
      if (spec.isNode || isControlPlane) install(files, 'ca.crt', certificate);
      if (isControlPlane) install(files, 'ca.key', key);
    }
  });
}

function install(files: FileSystem, file: string, pem: string): void {
  const path = `/etc/kubernetes/pki/${file}`;
  if (!files.exists(path) || files.read(path) !== pem) files.write(path, pem);
}

/** Puts etcd's certificates where kubeadm puts them on the machines of its members; files that are right already stay. */
export function installEtcdPkiOnMachines(
  session: ClusterSession,
  pki: string,
  members: readonly string[],
): void {
  const pems = [...FILES, ...CLIENT].map((file) => [file, readFileSync(join(pki, file), 'utf8')] as const);
  session.pacer.inject(() => {
    for (const machine of session.cluster.machines) {
      if (!members.includes(machine.spec.name)) continue;
      for (const [file, pem] of pems) install(machine.files, file, pem);
    }
  });
}
