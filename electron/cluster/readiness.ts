import { byteStringToUtf8 } from '../base/byte-string.ts';
import type { KubeObject, Lease, Node, Pod } from './api/types.ts';
import type { Backend, RevisionRecord } from './etcd/backend/interface.ts';
import { ObservedBackends } from './etcd/backend/observed-backends.ts';
import type { TopologySpec } from './topology/interface.ts';

const NODES = '/registry/minions/';
const LEASES = [
  '/registry/leases/kube-system/kube-controller-manager',
  '/registry/leases/kube-system/kube-scheduler',
];
const DEFAULT_ACCOUNT = '/registry/serviceaccounts/default/default';
const SYSTEM_PODS = '/registry/pods/kube-system/';

/**
 * Whether the cluster is up, seen on the disks of etcd's members, so that looking sends no message: every Node is Ready, the control
 * plane's static Pods run, controller manager and scheduler have leaders, and Pods can be created in `default`.
 */
export class Readiness {
  /** What each key is asked for. */
  readonly #wanted: ReadonlyMap<string, (object: KubeObject) => boolean>;
  /** Keys that are not there, or not as they should be: the question is asked after every turn. */
  readonly #missing: Set<string>;

  readonly #backends = new ObservedBackends({
    onRecord: (record) => this.#apply(record),
    onClear: () => {
      for (const key of this.#wanted.keys()) this.#missing.add(key);
    },
  });

  constructor(topology: TopologySpec) {
    const wanted = new Map<string, (object: KubeObject) => boolean>();
    for (const { name, isNode, isSpare, controlPlane } of topology.machines) {
      if (isNode && isSpare !== true) wanted.set(`${NODES}${name}`, isReadyNode);
      if (controlPlane?.startedBy !== 'static-pod') continue;
      for (const program of controlPlane.programs) wanted.set(`${SYSTEM_PODS}${program}-${name}`, isRunning);
    }
    for (const key of LEASES) wanted.set(key, isHeld);
    wanted.set(DEFAULT_ACCOUNT, () => true);
    this.#wanted = wanted;
    this.#missing = new Set(this.#wanted.keys());
  }

  /** A backend that behaves as `inner`, the disk of `machine`'s member, and shows what is written. */
  observe(machine: string, inner: Backend): Backend {
    return this.#backends.observe(machine, inner);
  }

  get isReady(): boolean {
    return this.#missing.size === 0;
  }

  #apply({ kv, tombstone }: RevisionRecord): void {
    const isThere = this.#wanted.get(kv.key);
    if (isThere === undefined) return;
    const object = tombstone ? undefined : (JSON.parse(byteStringToUtf8(kv.value)) as KubeObject);
    if (object !== undefined && isThere(object)) this.#missing.delete(kv.key);
    else this.#missing.add(kv.key);
  }
}

function isReadyNode(object: KubeObject): boolean {
  const { conditions = [] } = (object as Node).status ?? {};
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}

function isRunning(object: KubeObject): boolean {
  return (object as Pod).status?.phase === 'Running';
}

function isHeld(object: KubeObject): boolean {
  return ((object as Lease).spec?.holderIdentity ?? '') !== '';
}
