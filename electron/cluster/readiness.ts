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
  readonly #nodes: readonly string[];
  readonly #pods: readonly string[];
  readonly #seen = new Map<string, KubeObject>();

  readonly #backends = new ObservedBackends({
    onRecord: (record) => this.#apply(record),
    onClear: () => this.#seen.clear(),
  });

  constructor(topology: TopologySpec) {
    this.#nodes = topology.machines.filter(({ isNode }) => isNode).map(({ name }) => `${NODES}${name}`);
    this.#pods = topology.machines.flatMap(({ name, controlPlane }) =>
      controlPlane?.startedBy === 'static-pod'
        ? controlPlane.programs.map((program) => `${SYSTEM_PODS}${program}-${name}`)
        : [],
    );
  }

  /** A backend that behaves as `inner`, the disk of `machine`'s member, and shows what is written. */
  observe(machine: string, inner: Backend): Backend {
    return this.#backends.observe(machine, inner);
  }

  get isReady(): boolean {
    const ready = this.#nodes.every((key) => {
      const conditions = (this.#seen.get(key) as Node | undefined)?.status?.conditions ?? [];
      return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
    });
    const running = this.#pods.every(
      (key) => (this.#seen.get(key) as Pod | undefined)?.status?.phase === 'Running',
    );
    const led = LEASES.every(
      (key) => ((this.#seen.get(key) as Lease | undefined)?.spec?.holderIdentity ?? '') !== '',
    );
    return ready && running && led && this.#seen.has(DEFAULT_ACCOUNT);
  }

  #apply({ kv, tombstone }: RevisionRecord): void {
    const { key } = kv;
    const wanted =
      key.startsWith(NODES) || key.startsWith(SYSTEM_PODS) || LEASES.includes(key) || key === DEFAULT_ACCOUNT;
    if (!wanted) return;
    if (tombstone) this.#seen.delete(key);
    else this.#seen.set(key, JSON.parse(byteStringToUtf8(kv.value)) as KubeObject);
  }
}
