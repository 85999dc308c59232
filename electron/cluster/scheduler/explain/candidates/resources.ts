import { canonicalQuantity } from '../../../apimachinery/quantity.ts';
import type { Container, Pod } from '../../../api/types.ts';
import type { PodInfo } from '../../framework/pod-info.ts';
import { podInfo } from '../../framework/pod-info.ts';
import type { Resource } from '../../framework/resource.ts';
import { readResourceList } from '../../framework/resource.ts';
import type { Change } from '../interface.ts';
import { isMovable, removePod } from './other-pods.ts';
import type { Proposer } from './interface.ts';

/** So many single Pods are proposed to go. */
const maxVictims = 3;

/** Asks for exactly what is free, gives the node exactly what lacks, or takes one Pod away that frees enough. */
export const proposeResources: Proposer = ({ pod, node, verdict }) => {
  const changes: Change[] = [];
  const { requests } = podInfo(pod);
  for (const reason of verdict.reasons) {
    if (reason === 'Too many pods') {
      changes.push(...roomForOne([...node.pods.values()], node.name, node.allocatable.pods));
      continue;
    }
    const resource = /^Insufficient (.+)$/.exec(reason)?.[1];
    if (resource === undefined) continue;
    const want = amountOf(requests, resource);
    const all = amountOf(node.allocatable, resource);
    const free = all - amountOf(node.requested, resource);
    const lack = want - free;
    const write = (amount: number): string => quantity(resource, amount);
    if (free >= 0) {
      changes.push({
        target: 'pod',
        patch: askFor(pod, resource, free),
        wording: {
          id: 'ask-less',
          params: { resource, by: write(lack), from: write(want), to: write(free) },
        },
      });
    }
    const victims = [...node.pods.values()].filter(
      (other) => isMovable(other) && amountOf(other.requests, resource) >= lack,
    );
    victims.sort((a, b) => amountOf(a.requests, resource) - amountOf(b.requests, resource));
    changes.push(...victims.slice(0, maxVictims).map((victim) => removePod(victim)));
    changes.push(moreAllocatable(node.name, resource, write(lack), write(all), write(all + lack)));
  }
  return changes;
};

function roomForOne(pods: readonly PodInfo[], node: string, all: number): Change[] {
  return [
    ...pods.filter(isMovable).slice(0, maxVictims).map(removePod),
    moreAllocatable(node, 'pods', String(pods.length + 1 - all), String(all), String(pods.length + 1)),
  ];
}

function moreAllocatable(name: string, resource: string, by: string, from: string, to: string): Change {
  return {
    target: 'node',
    name,
    patch: { status: { allocatable: { [resource]: to } } },
    wording: { id: 'more-allocatable', params: { node: name, resource, by, from, to } },
  };
}

/** CPU in thousandths, everything else whole. */
function amountOf(amounts: Resource, resource: string): number {
  switch (resource) {
    case 'cpu':
      return amounts.milliCpu;
    case 'memory':
      return amounts.memory;
    case 'ephemeral-storage':
      return amounts.ephemeralStorage;
    default:
      return amounts.scalars?.get(resource) ?? 0;
  }
}

function quantity(resource: string, amount: number): string {
  if (resource === 'cpu') return canonicalQuantity(`${amount}m`);
  const kibi = amount / 1024;
  return canonicalQuantity(resource === 'memory' && Number.isInteger(kibi) ? `${kibi}Ki` : String(amount));
}

/** The containers with requests that come to `total` together: the largest asks for less first. */
function askFor(pod: Pod, resource: string, total: number): object {
  const overhead = amountOf(
    readResourceList(pod.spec?.overhead as Readonly<Record<string, string>> | undefined),
    resource,
  );
  const goal = Math.max(0, total - overhead);
  const requestOf = ({ resources }: Container): number =>
    amountOf(readResourceList(resources?.requests as Readonly<Record<string, string>> | undefined), resource);
  const isSidecar = (container: Container): boolean => container.restartPolicy === 'Always';
  const init = pod.spec?.initContainers ?? [];
  const running = [...(pod.spec?.containers ?? []), ...init.filter(isSidecar)];
  let excess = running.reduce((sum, container) => sum + requestOf(container), 0) - goal;
  const asked = new Map<Container, number>();
  for (const container of [...running].sort((a, b) => requestOf(b) - requestOf(a))) {
    if (excess <= 0) break;
    const less = Math.min(excess, requestOf(container));
    asked.set(container, requestOf(container) - less);
    excess -= less;
  }
  for (const container of init)
    if (!isSidecar(container) && requestOf(container) > goal) asked.set(container, goal);
  const rewrite = (container: Container): Container => {
    const amount = asked.get(container);
    if (amount === undefined) return container;
    const text = quantity(resource, amount);
    return {
      ...container,
      resources: { ...container.resources, requests: { ...container.resources?.requests, [resource]: text } },
    } as Container;
  };
  return {
    spec: {
      containers: (pod.spec?.containers ?? []).map(rewrite),
      ...(init.length > 0 ? { initContainers: init.map(rewrite) } : {}),
    },
  };
}
