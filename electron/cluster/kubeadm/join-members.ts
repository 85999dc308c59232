import type { Backend } from '../etcd/backend/interface.ts';
import { growCluster } from '../etcd/server/membership/grown-cluster.ts';
import type { TopologyMachine } from '../topology/interface.ts';

/**
 * What `kubeadm init` and then `kubeadm join` leave on the disks of etcd, by machine: a cluster that the first member began
 * alone and the others have joined. A single member begins its cluster when it runs.
 *
 * @param now virtual milliseconds since the Unix epoch
 */
export function joinMembers(
  machines: readonly TopologyMachine[],
  disks: ReadonlyMap<string, Backend>,
  now: number,
): void {
  if (machines.length < 2) return;
  const members = machines.map(({ name, ip }) => {
    const backend = disks.get(name);
    if (backend === undefined) throw new Error(`${name} has no disk for etcd`);
    return { name, peerUrl: `https://${ip}:2380`, clientUrl: `https://${ip}:2379`, backend };
  });
  growCluster(members, Math.floor(now / 1000));
}
