import type { Container, Pod, PodSpec } from '../../api/types.ts';
import type { PodAffinityTerms } from './affinity-terms.ts';
import { podAffinityTerms } from './affinity-terms.ts';
import { requestedSpec } from './requested-spec.ts';
import type { Resource } from './resource.ts';
import {
  addResource,
  cloneResource,
  defaultMemory,
  defaultMilliCpu,
  emptyResource,
  maxResource,
  readResourceList,
} from './resource.ts';

/** A port on the node that a Pod asks for. */
export interface HostPort {
  readonly ip: string;
  readonly protocol: string;
  readonly port: number;
}

/** A Pod with what the scheduler needs of it, parsed once. Shared and immutable. */
export interface PodInfo {
  readonly pod: Pod;
  readonly key: string;
  readonly uid: string;
  readonly priority: number;
  /** What the Pod asks for: containers and sidecars together, or the largest init phase, plus overhead. */
  readonly requests: Resource;
  /** The same with stand-ins for missing CPU and memory requests. Only these two are set. */
  readonly nonZero: Pick<Resource, 'milliCpu' | 'memory'>;
  readonly hostPorts: readonly HostPort[];
  /** What it asks of other Pods' places; undefined for nothing. */
  readonly affinity: PodAffinityTerms | undefined;
  /** Equal for Pods of one namespace with the same labels; undefined once it is being deleted. */
  readonly group: string | undefined;
  /** Equal for Pods that are the same to every selector and ask the same of other Pods. */
  readonly kind: string;
}

interface SpecInfo {
  readonly requests: Resource;
  readonly nonZero: Pick<Resource, 'milliCpu' | 'memory'>;
  readonly hostPorts: readonly HostPort[];
}

const specs = new WeakMap<PodSpec, SpecInfo>();

/** Key `namespace/name` of a Pod. */
export function podKey(pod: Pod): string {
  return `${pod.metadata?.namespace ?? ''}/${pod.metadata?.name ?? ''}`;
}

export function podInfo(pod: Pod): PodInfo {
  const spec = requestedSpec(pod);
  let info = specs.get(spec);
  if (info === undefined) {
    info = {
      requests: podRequests(spec, readRequests),
      nonZero: podRequests(spec, (container) => withStandIns(container, readRequests(container))),
      hostPorts: hostPorts(spec),
    };
    specs.set(spec, info);
  }
  const affinity = podAffinityTerms(pod);
  const group = podGroup(pod);
  const terminating = pod.metadata?.deletionTimestamp !== undefined;
  return {
    pod,
    key: podKey(pod),
    uid: pod.metadata?.uid ?? '',
    priority: spec.priority ?? 0,
    affinity,
    group: terminating ? undefined : group,
    kind: affinity === undefined && !terminating ? group : `${group}${kindSuffix(spec, terminating)}`,
    ...info,
  };
}

function kindSuffix({ affinity }: PodSpec, terminating: boolean): string {
  return ` ${terminating ? '!' : ''}${JSON.stringify([affinity?.podAffinity, affinity?.podAntiAffinity])}`;
}

function podGroup({ metadata }: Pod): string {
  let group = metadata?.namespace ?? '';
  const labels = metadata?.labels ?? {};
  // No name and no value of a label holds one of these.
  for (const key in labels) group += ` ${key}=${labels[key] as string}`;
  return group;
}

function readRequests(container: Container): Resource {
  return readResourceList(container.resources?.requests as Readonly<Record<string, string>> | undefined);
}

function withStandIns(container: Container, requests: Resource): Resource {
  const list = container.resources?.requests as Readonly<Record<string, string>> | undefined;
  if (list?.['cpu'] === undefined) requests.milliCpu = defaultMilliCpu;
  if (list?.['memory'] === undefined) requests.memory = defaultMemory;
  return requests;
}

/** Models k8s.io/component-helpers resource.PodRequests (v1.34). */
function podRequests(spec: PodSpec, of: (container: Container) => Resource): Resource {
  const total = emptyResource();
  for (const container of spec.containers) addResource(total, of(container));
  const sidecars = emptyResource();
  const init = emptyResource();
  for (const container of spec.initContainers ?? []) {
    const requests = of(container);
    if (container.restartPolicy === 'Always') {
      // A sidecar keeps running: it counts beside the containers and beside every later init container.
      addResource(total, requests);
      addResource(sidecars, requests);
      maxResource(init, cloneResource(sidecars));
    } else {
      const phase = cloneResource(sidecars);
      addResource(phase, requests);
      maxResource(init, phase);
    }
  }
  maxResource(total, init);
  addResource(total, readResourceList(spec.overhead as Readonly<Record<string, string>> | undefined));
  return total;
}

function hostPorts(spec: PodSpec): HostPort[] {
  const ports: HostPort[] = [];
  const sidecars = (spec.initContainers ?? []).filter((container) => container.restartPolicy === 'Always');
  for (const container of [...spec.containers, ...sidecars]) {
    for (const port of container.ports ?? []) {
      if (port.hostPort === undefined || port.hostPort <= 0) continue;
      ports.push({
        ip: port.hostIP === undefined || port.hostIP === '' ? '0.0.0.0' : port.hostIP,
        protocol: port.protocol ?? 'TCP',
        port: port.hostPort,
      });
    }
  }
  return ports;
}
