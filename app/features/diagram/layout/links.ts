import type { ComponentView } from '../../../../electron/shared/contract/diagram.ts';

/** A connection between two components (ids), in the order client, server. */
export interface Link {
  readonly from: string;
  readonly to: string;
}

/** One name for a pair, whatever its direction. */
export function pairKey(a: string, b: string): string {
  return a < b ? `${a}|${b}` : `${b}|${a}`;
}

/** The learner's way to etcd: a client of every member, and of no API server. */
const ETCD_GATEWAY = 'etcd-gateway';
const CLIENTS = new Set(['kube-scheduler', 'kube-controller-manager', 'cloud-controller-manager', 'kubelet']);

/**
 * The connections that the components keep by their nature: kubelets and those outside to the load balancer where there is
 * one, it to each API server, etcdctl's way in to every member, other clients to an API server (their own machine's where there is one), API server to etcd, kubelet to its container runtime, etcd members among themselves. What talks besides these is
 * drawn once it has talked.
 */
export function naturalLinks(components: readonly ComponentView[]): Link[] {
  const of = (kind: string): ComponentView[] => components.filter((one) => one.kind === kind);
  const apis = of('kube-apiserver');
  const etcds = of('etcd');
  const [balancer] = of('load-balancer');
  const links: Link[] = [];
  const nearest = (to: readonly ComponentView[], machine: string): ComponentView | undefined =>
    to.find((one) => one.machine === machine) ?? to[0];
  for (const one of components) {
    if (one.runsAs === 'outside' && one.name === ETCD_GATEWAY) {
      for (const member of etcds) links.push({ from: one.id, to: member.id });
    } else if (CLIENTS.has(one.kind) || one.runsAs === 'outside') {
      const isFar = one.kind === 'kubelet' || one.runsAs === 'outside';
      const api = isFar && balancer !== undefined ? balancer : nearest(apis, one.machine);
      if (api !== undefined && one.kind !== 'kube-apiserver' && one.kind !== 'etcd')
        links.push({ from: one.id, to: api.id });
    }
    if (one.kind === 'kube-apiserver') {
      if (balancer !== undefined) links.push({ from: balancer.id, to: one.id });
      const etcd = nearest(etcds, one.machine);
      if (etcd !== undefined) links.push({ from: one.id, to: etcd.id });
    }
    if (one.kind === 'kubelet') {
      const runtime = of('container-runtime').find((other) => other.machine === one.machine);
      if (runtime !== undefined) links.push({ from: one.id, to: runtime.id });
    }
  }
  for (const [index, member] of etcds.entries()) {
    for (const other of etcds.slice(index + 1)) links.push({ from: member.id, to: other.id });
  }
  return links;
}
