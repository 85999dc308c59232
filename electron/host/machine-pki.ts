import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { completePki } from '../cluster/kubeadm/pki/complete-pki.ts';
import type { FileSystem } from '../cluster/machine/interface.ts';
import type { ClusterSession } from './cluster-session.ts';

const FILES = ['ca', 'server', 'peer', 'healthcheck-client'].flatMap((name) => [
  `etcd/${name}.crt`,
  `etcd/${name}.key`,
]);
const CLIENT = ['apiserver-etcd-client.crt', 'apiserver-etcd-client.key'];

const CA_KEY = '/etc/kubernetes/pki/ca.key';
const ETCD_CA = '/etc/kubernetes/pki/etcd/ca.crt';
/** Real milliseconds between two signatures. */
const PAUSE = 20;

/** Whether a machine is part of the cluster: one that waits for `kubeadm join`, or was reset, is left alone. */
const hasJoined = (files: FileSystem): boolean =>
  ['kubelet', 'admin'].some((name) => files.exists(`/etc/kubernetes/${name}.conf`));

/** Puts the cluster's authority where kubeadm puts it: its certificate on every node, its key on control planes. */
export function installClusterPkiOnMachines(session: ClusterSession, pki: string): void {
  const certificate = readFileSync(join(pki, 'ca.crt'), 'utf8');
  const key = readFileSync(join(pki, 'ca.key'), 'utf8');
  session.pacer.inject(() => {
    for (const { spec, files } of session.cluster.machines) {
      if (!hasJoined(files)) continue;
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
  const ca = pems.find(([file]) => file === 'etcd/ca.crt')?.[1];
  session.pacer.inject(() => {
    for (const { spec, files } of session.cluster.machines) {
      if (!members.includes(spec.name)) continue;
      // What kubeadm has renewed there since is as good as ours.
      const kept = files.exists(ETCD_CA) && files.read(ETCD_CA) === ca;
      for (const [file, pem] of pems)
        if (!kept || !files.exists(`/etc/kubernetes/pki/${file}`)) install(files, file, pem);
    }
  });
}

/**
 * Signs the certificates that a machine's installation left to be signed, one in each turn, between other work: a cluster
 * is not kept from starting. Returns what ends it.
 */
export function completePkiOnMachines(session: ClusterSession, log: (line: string) => void): () => void {
  const { cluster, pacer, spec } = session;
  const keys = cluster.machines.find(
    ({ spec: { role }, files }) => role === 'control-plane' && files.exists(CA_KEY),
  );
  if (keys === undefined) return () => undefined;
  const steps = cluster.topology.machines.map((machine) =>
    completePki(machine, cluster.machine(machine.name).files, keys.files, cluster.topology, spec.startTime),
  );
  let next: NodeJS.Timeout | undefined;
  const step = (): void => {
    const [first] = steps;
    if (first === undefined) return;
    try {
      if (pacer.inject(() => first.next()).done === true) steps.shift();
    } catch (error) {
      // The learner has taken away or broken what the others are signed with: theirs to mend, with kubeadm.
      log(`certificates: ${error instanceof Error ? error.message : String(error)}`);
      return;
    }
    next = setTimeout(step, PAUSE);
  };
  next = setTimeout(step, PAUSE);
  return () => clearTimeout(next);
}
