import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterSession } from './cluster-session.ts';

const FILES = ['ca', 'server', 'peer', 'healthcheck-client'].flatMap((name) => [
  `etcd/${name}.crt`,
  `etcd/${name}.key`,
]);
const CLIENT = ['apiserver-etcd-client.crt', 'apiserver-etcd-client.key'];

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
      for (const [file, pem] of pems) {
        const path = `/etc/kubernetes/pki/${file}`;
        if (!machine.files.exists(path) || machine.files.read(path) !== pem) machine.files.write(path, pem);
      }
    }
  });
}
