import type { Lease, Node, NodeCondition, Pod, Taint } from '../../api/types.ts';
import { nameOf, namespaceOf } from '../../apimachinery/meta.ts';
import { formatTime } from '../../apimachinery/time.ts';
import { errorText, isNotFound } from '../../client/api-errors.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import type { SharedInformer } from '../../client/shared-informer.ts';
import { TokenBucket } from '../../client/token-bucket.ts';
import type { WorkQueue } from '../../client/work-queue.ts';
import { runWorkers } from '../../client/workers.ts';
import { decide } from '../decision.ts';
import type { Controller, ControllerContext } from '../interface.ts';
import { podNodeIndex, podNodeOf } from '../pod-node-index.ts';
import type { GracePeriods, NodeHealth } from './node-health.ts';
import { observe, readyCondition, silentConditions, zoneState } from './node-health.ts';
import { notReadyTaint, unreachableTaint, withConditionTaints, withReadinessTaint } from './node-taints.ts';

export interface NodeLifecycleOptions {
  /** Milliseconds. */
  readonly monitorPeriod: number;
  readonly gracePeriods: GracePeriods;
  /** Nodes a second that may be given NoExecute taints, per zone. */
  readonly evictionRate: number;
  readonly secondaryEvictionRate: number;
  readonly largeClusterSize: number;
  readonly unhealthyZoneThreshold: number;
}

export const defaultNodeLifecycleOptions: NodeLifecycleOptions = {
  monitorPeriod: 5_000,
  gracePeriods: { monitor: 50_000, startup: 60_000 },
  evictionRate: 0.1,
  secondaryEvictionRate: 0.01,
  largeClusterSize: 50,
  unhealthyZoneThreshold: 0.55,
};

const leaseNamespace = 'kube-node-lease';

/**
 * Notices nodes that have fallen silent: conditions become Unknown, taints follow, Pods there are no longer
 * ready. Models pkg/controller/nodelifecycle (v1.34).
 */
export class NodeLifecycleController implements Controller {
  readonly #c: ControllerContext;
  readonly #options: NodeLifecycleOptions;
  readonly #queue: WorkQueue;
  readonly #nodes: SharedInformer<Node>;
  readonly #pods: SharedInformer<Pod>;
  readonly #leases: SharedInformer<Lease>;
  readonly #health = new Map<string, NodeHealth>();
  readonly #known = new Map<string, Node>();
  readonly #limiters = new Map<string, { readonly rate: number; readonly bucket: TokenBucket | undefined }>();
  #monitoring = false;

  constructor(c: ControllerContext, options: NodeLifecycleOptions = defaultNodeLifecycleOptions) {
    this.#c = c;
    this.#options = options;
    this.#queue = c.journal.queue('node_lifecycle_controller', { resource: 'nodes' });
    this.#nodes = c.factory.informer(resourceTypes.nodes);
    this.#pods = c.factory.informer(resourceTypes.pods);
    this.#leases = c.factory.informer(resourceTypes.leases);
    if (!this.#pods.indexer.hasIndex(podNodeIndex)) this.#pods.addIndexers({ [podNodeIndex]: podNodeOf });
    this.#nodes.addEventHandler({
      onAdd: (node) => this.#queue.add(nameOf(node)),
      onUpdate: (_, node) => this.#queue.add(nameOf(node)),
      onDelete: (node) => this.#health.delete(nameOf(node)),
    });
  }

  run(): void {
    const { context } = this.#c;
    runWorkers(context, { queue: this.#queue, workers: 8, sync: (name) => this.#syncTaints(name) });
    if (this.#c.thawed === true)
      for (const node of this.#nodes.lister.list()) this.#known.set(nameOf(node), node);
    context.clock.setInterval(() => {
      if (this.#monitoring) return;
      this.#monitoring = true;
      context.go(async () => {
        await this.#monitor();
        this.#monitoring = false;
      });
    }, this.#options.monitorPeriod);
  }

  /** NoSchedule taints follow the conditions at once. */
  async #syncTaints(name: string): Promise<void> {
    const node = this.#nodes.lister.get(name);
    if (node === undefined) return;
    await this.#writeTaints(node, withConditionTaints(node, this.#c.context.clock.now()));
  }

  async #writeTaints(node: Node, taints: readonly Taint[]): Promise<void> {
    const old = node.spec?.taints ?? [];
    if (JSON.stringify(taints) === JSON.stringify(old)) return;
    const say = (list: readonly Taint[]): string =>
      list.map(({ key, effect }) => `${key}:${effect}`).join(', ') || 'no taints';
    decide(this.#c, {
      subject: `nodes ${nameOf(node)}`,
      action: 'taint',
      desired: say(taints),
      observed: say(old),
    });
    const { resourceVersion } = node.metadata ?? {};
    const patch = { metadata: { resourceVersion }, spec: { taints: taints.length === 0 ? null : taints } };
    try {
      await this.#c.client
        .resource<Node>(resourceTypes.nodes)
        .patch(nameOf(node), 'application/merge-patch+json', patch);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  async #monitor(): Promise<void> {
    const nodes = this.#nodes.lister.list();
    this.#tellOfMembership(nodes);
    for (const node of nodes) {
      try {
        await this.#monitorNode(node);
      } catch (error) {
        // The next round looks again.
        this.#c.context.log.error('Update health of Node from Controller error', {
          node: nameOf(node),
          err: errorText(error),
        });
      }
    }
    try {
      await this.#taintByReadiness(this.#nodes.lister.list());
    } catch (error) {
      this.#c.context.log.error('Failed to taint node', {
        err: errorText(error),
      });
    }
  }

  #tellOfMembership(nodes: readonly Node[]): void {
    const present = new Set(nodes.map(nameOf));
    for (const node of nodes) {
      const name = nameOf(node);
      if (!this.#known.has(name))
        this.#event(node, 'RegisteredNode', `Node ${name} event: Registered Node ${name} in Controller`);
      this.#known.set(name, node);
    }
    for (const [name, node] of this.#known) {
      if (present.has(name)) continue;
      this.#event(node, 'RemovingNode', `Node ${name} event: Removing Node ${name} from Controller`);
      this.#known.delete(name);
      this.#health.delete(name);
    }
  }

  async #monitorNode(node: Node): Promise<void> {
    const name = nameOf(node);
    const now = this.#c.context.clock.now();
    const health = observe(
      this.#health.get(name),
      node,
      this.#leases.lister.get(`${leaseNamespace}/${name}`),
      now,
    );
    this.#health.set(name, health);
    const observed = readyCondition(node)?.status;
    const conditions = silentConditions(health, node, this.#options.gracePeriods, now);
    if (conditions !== undefined) {
      const silence = Math.round((now - health.probedAt) / 1000);
      decide(this.#c, {
        subject: `nodes ${name}`,
        action: 'mark-unknown',
        desired: `a sign of life within ${this.#options.gracePeriods.monitor / 1000} s`,
        observed: `none for ${silence} s`,
      });
      await this.#writeConditions(node, conditions);
      if (observed === 'True') this.#event(node, 'NodeNotReady', `Node ${name} status is now: NodeNotReady`);
    }
    const status = conditions === undefined ? observed : 'Unknown';
    if (status !== 'True' && status !== undefined) await this.#markPodsNotReady(node);
  }

  async #writeConditions(node: Node, conditions: readonly NodeCondition[]): Promise<void> {
    await this.#c.client
      .resource<Node>(resourceTypes.nodes)
      .updateStatus({ ...node, status: { ...node.status, conditions } });
  }

  /** Nobody is there to say that its Pods are well. */
  async #markPodsNotReady(node: Node): Promise<void> {
    for (const pod of this.#pods.lister.byIndex(podNodeIndex, nameOf(node))) {
      const ready = pod.status?.conditions?.find(({ type }) => type === 'Ready');
      if (ready?.status !== 'True') continue;
      const now = formatTime(this.#c.context.clock.now());
      const condition = { type: 'Ready', status: 'False', lastTransitionTime: now };
      const patch = { metadata: { uid: pod.metadata?.uid }, status: { conditions: [condition] } };
      try {
        await this.#c.client
          .resource<Pod>(resourceTypes.pods, namespaceOf(pod))
          .patch(nameOf(pod), 'application/strategic-merge-patch+json', patch, 'status');
        this.#c.recorder.event(
          { apiVersion: 'v1', kind: 'Pod', object: pod },
          'Warning',
          'NodeNotReady',
          'Node is not ready',
        );
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    }
  }

  /** NoExecute taints: at a limited rate per zone, and none at all when every node of the cluster is silent. */
  async #taintByReadiness(nodes: readonly Node[]): Promise<void> {
    const isReady = (node: Node): boolean => readyCondition(node)?.status === 'True';
    const zones = Map.groupBy(nodes, zoneOf);
    const states = new Map(
      [...zones].map(([zone, members]) => [
        zone,
        zoneState(members.map(isReady), this.#options.unhealthyZoneThreshold),
      ]),
    );
    const allDown = [...states.values()].every((state) => state === 'FullDisruption');
    for (const node of nodes) {
      const status = readyCondition(node)?.status;
      const now = this.#c.context.clock.now();
      const key =
        allDown || status === 'True' || status === undefined
          ? undefined
          : status === 'False'
            ? notReadyTaint
            : unreachableTaint;
      const taints = withReadinessTaint(node, key, now);
      if (JSON.stringify(taints) === JSON.stringify(node.spec?.taints ?? [])) continue;
      if (key !== undefined && !isTaintedAlready(node) && !this.#mayTaint(zoneOf(node), states, zones))
        continue;
      await this.#writeTaints(node, taints);
    }
  }

  #mayTaint(
    zone: string,
    states: ReadonlyMap<string, string>,
    zones: ReadonlyMap<string, readonly Node[]>,
  ): boolean {
    const { evictionRate, secondaryEvictionRate, largeClusterSize } = this.#options;
    const large = (zones.get(zone)?.length ?? 0) > largeClusterSize;
    const rate =
      states.get(zone) === 'PartialDisruption' ? (large ? secondaryEvictionRate : 0) : evictionRate;
    let limiter = this.#limiters.get(zone);
    if (limiter?.rate !== rate) {
      limiter = { rate, bucket: rate === 0 ? undefined : new TokenBucket(this.#c.context.clock, rate, 1) };
      this.#limiters.set(zone, limiter);
    }
    return limiter.bucket?.tryAccept() ?? false;
  }

  #event(node: Node, reason: string, message: string): void {
    this.#c.recorder.event({ apiVersion: 'v1', kind: 'Node', object: node }, 'Normal', reason, message);
  }
}

function isTaintedAlready(node: Node): boolean {
  return (
    node.spec?.taints?.some(
      ({ key, effect }) => effect === 'NoExecute' && (key === notReadyTaint || key === unreachableTaint),
    ) ?? false
  );
}

function zoneOf(node: Node): string {
  const labels = node.metadata?.labels ?? {};
  return `${labels['topology.kubernetes.io/region'] ?? ''}:${labels['topology.kubernetes.io/zone'] ?? ''}`;
}
