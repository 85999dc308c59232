import { selectorFromLabelSelector } from '../../apimachinery/labels.ts';
import {
  controllerOf,
  isTerminating,
  nameOf,
  namespacedName,
  namespaceOf,
  uidOf,
} from '../../apimachinery/meta.ts';
import { computeHash } from '../../apimachinery/names.ts';
import type { ControllerRevision, DaemonSet, Node, Pod } from '../../api/types.ts';
import { hasStatusCause, isNotFound } from '../../client/api-errors.ts';
import { UidTrackingExpectations } from '../../client/controller-expectations.ts';
import { objectKey } from '../../client/object-key.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import type { SharedInformer } from '../../client/shared-informer.ts';
import type { WorkQueue } from '../../client/work-queue.ts';
import { runWorkers } from '../../client/workers.ts';
import { decide } from '../decision.ts';
import { RevisionHistory } from '../history/revision-history.ts';
import type { Controller, ControllerContext } from '../interface.ts';
import { OwnedObjects } from '../owned-objects.ts';
import { PodControl } from '../pod-control.ts';
import { slowStartBatch } from '../slow-start-batch.ts';
import { daemonPodTemplate, nodeWants, revisionHashLabel, targetNode } from './daemon-pod.ts';
import { daemonSetStatus, daemonSetStatusDiffers } from './daemon-status.ts';
import type { DaemonChanges } from './daemon-update.ts';
import { allowsSurge, rollingUpdate } from './daemon-update.ts';
import { podsToDelete } from './daemon-surplus.ts';

const burst = 250;
const failedBackoff = { initial: 1000, longest: 15 * 60_000 };

/** Keeps one Pod of a DaemonSet on every node that fits. Models pkg/controller/daemon (v1.34). */
export class DaemonSetController implements Controller {
  readonly #c: ControllerContext;
  readonly #workers: number;
  readonly #queue: WorkQueue;
  readonly #sets: SharedInformer<DaemonSet>;
  readonly #pods: SharedInformer<Pod>;
  readonly #nodes: SharedInformer<Node>;
  readonly #history: RevisionHistory<DaemonSet>;
  readonly #owned: OwnedObjects<Pod, DaemonSet>;
  readonly #podControl: PodControl<DaemonSet>;
  readonly #expectations: UidTrackingExpectations;
  /** Failed Pods are not replaced at once, by set and node. */
  readonly #failed = new Map<string, { readonly delay: number; readonly until: number }>();

  constructor(c: ControllerContext, workers = 2) {
    this.#c = c;
    this.#workers = workers;
    this.#queue = c.journal.queue('daemonset', { resource: 'daemonsets' });
    this.#expectations = new UidTrackingExpectations(c.context.clock);
    this.#podControl = new PodControl(c.client, c.recorder, resourceTypes.daemonSets);
    this.#history = new RevisionHistory(c, resourceTypes.daemonSets);
    this.#sets = c.factory.informer(resourceTypes.daemonSets);
    this.#pods = c.factory.informer(resourceTypes.pods);
    this.#nodes = c.factory.informer(resourceTypes.nodes);
    this.#owned = new OwnedObjects({
      client: c.client,
      type: resourceTypes.pods,
      informer: this.#pods,
      ownerType: resourceTypes.daemonSets,
      owners: this.#sets.lister,
    });
    this.#sets.addEventHandler({
      onAdd: (set) => this.#queue.add(objectKey(set)),
      onUpdate: (_, set) => this.#queue.add(objectKey(set)),
      onDelete: (set) => {
        this.#expectations.delete(objectKey(set));
        this.#queue.add(objectKey(set));
      },
    });
    this.#pods.addEventHandler({
      onAdd: (pod) => this.#podChanged(undefined, pod),
      onUpdate: (old, pod) => this.#podChanged(old, pod),
      onDelete: (pod) => this.#podGone(pod),
    });
    this.#nodes.addEventHandler({
      onAdd: (node) => this.#nodeChanged(undefined, node),
      onUpdate: (old, node) => this.#nodeChanged(old, node),
      onDelete: () => {
        for (const set of this.#sets.lister.list()) this.#queue.add(objectKey(set));
      },
    });
  }

  run(): void {
    const [workers, queue] = [this.#workers, this.#queue];
    runWorkers(this.#c.context, { queue, workers, sync: (key) => this.#sync(key) });
  }

  async #sync(key: string): Promise<void> {
    const set = this.#sets.lister.get(key);
    if (set === undefined) {
      this.#expectations.delete(key);
      return;
    }
    const selector = selectorFromLabelSelector(set.spec?.selector);
    if (selector.length === 0) {
      const message = 'This daemon set is selecting all pods. A non-empty selector is required.';
      this.#event(set, 'Warning', 'SelectingAll', message);
      return;
    }
    if (isTerminating(set)) return;
    const revisions = await this.#history.list(set, selector);
    const template = set.spec?.template ?? {};
    const revision = await this.#history.current(set, revisions, {
      hash: (collisions) => computeHash(template, collisions ?? set.status?.collisionCount),
      labels: (hash) => ({ ...template.metadata?.labels, [revisionHashLabel]: hash }),
      template,
    });
    // An older revision that is the present one again has its own hash.
    const own = revision.metadata?.labels?.[revisionHashLabel] ?? '';
    if (this.#expectations.satisfied(key)) {
      await this.#manage(set, own);
      if (set.spec?.updateStrategy?.type !== 'OnDelete' && this.#expectations.satisfied(key))
        await this.#update(set, own);
      await this.#cleanUp(set, revisions, revision);
    }
    await this.#updateStatus(set, own);
  }

  /** Pods of the set by the node they are on or meant for, the oldest first. */
  async #byNode(set: DaemonSet): Promise<Map<string, Pod[]>> {
    const claimed = await this.#owned.claim(set);
    const age = (pod: Pod): string => `${pod.metadata?.creationTimestamp ?? '~'} ${nameOf(pod)}`;
    return Map.groupBy(
      claimed.sort((a, b) => (age(a) < age(b) ? -1 : 1)),
      targetNode,
    );
  }

  async #manage(set: DaemonSet, hash: string): Promise<void> {
    const byNode = await this.#byNode(set);
    const create: string[] = [];
    const remove: string[] = [];
    for (const node of this.#nodes.lister.list()) {
      const pods = byNode.get(nameOf(node)) ?? [];
      const { run, stay } = nodeWants(set, node);
      if (run && pods.length === 0) create.push(nameOf(node));
      else if (stay) {
        const { finished, running } = this.#takeFinished(set, nameOf(node), pods);
        remove.push(...finished);
        if (running.length > 1)
          remove.push(...podsToDelete(set, running, hash, allowsSurge(set), this.#c.context.clock.now()));
        else if (run && allowsSurge(set) && running.length === 0) create.push(nameOf(node));
      } else remove.push(...pods.filter((pod) => !isTerminating(pod)).map(nameOf));
    }
    // Pods for nodes that are gone would wait for ever.
    for (const [node, pods] of byNode)
      if (this.#nodes.lister.get(node) === undefined)
        remove.push(...pods.filter((pod) => (pod.spec?.nodeName ?? '') === '').map(nameOf));
    await this.#apply(set, hash, { remove, create });
  }

  #takeFinished(
    set: DaemonSet,
    node: string,
    pods: readonly Pod[],
  ): { readonly finished: readonly string[]; readonly running: readonly Pod[] } {
    const finished: string[] = [];
    const running: Pod[] = [];
    for (const pod of pods) {
      if (isTerminating(pod)) continue;
      const phase = pod.status?.phase;
      if (phase === 'Succeeded') {
        const what = `Found succeeded daemon pod ${namespacedName(pod)} on node ${node}`;
        this.#event(set, 'Normal', 'SucceededDaemonPod', `${what}, will try to delete it`);
        finished.push(nameOf(pod));
      } else if (phase !== 'Failed') running.push(pod);
      else if (this.#mayReplace(set, node)) {
        const what = `Found failed daemon pod ${namespacedName(pod)} on node ${node}`;
        this.#event(set, 'Warning', 'FailedDaemonPod', `${what}, will try to kill it`);
        finished.push(nameOf(pod));
      }
    }
    return { finished, running };
  }

  #mayReplace(set: DaemonSet, node: string): boolean {
    const key = `${uidOf(set)}/${set.metadata?.generation}/${node}`;
    const now = this.#c.context.clock.now();
    const { initial, longest } = failedBackoff;
    const entry = this.#failed.get(key);
    if (entry !== undefined && now < entry.until) {
      this.#queue.addAfter(objectKey(set), entry.until - now);
      return false;
    }
    // Long without a failure, it begins anew.
    const again = entry !== undefined && now - entry.until < 2 * longest;
    const delay = again ? Math.min(entry.delay * 2, longest) : initial;
    this.#failed.set(key, { delay, until: now + delay });
    return true;
  }

  async #update(set: DaemonSet, hash: string): Promise<void> {
    const byNode: Map<string, readonly Pod[]> = await this.#byNode(set);
    const wanting = this.#nodes.lister.list().filter((node) => nodeWants(set, node).run);
    for (const node of wanting) if (!byNode.has(nameOf(node))) byNode.set(nameOf(node), []);
    const { clock } = this.#c.context;
    await this.#apply(set, hash, rollingUpdate(set, byNode, wanting.length, hash, clock.now()));
  }

  async #apply(set: DaemonSet, hash: string, { remove, create }: DaemonChanges): Promise<void> {
    const key = objectKey(set);
    const creating = create.slice(0, burst);
    const removing = remove.slice(0, burst);
    const action = creating.length > 0 ? 'create-pods' : removing.length > 0 ? 'delete-pods' : 'no-op';
    decide(this.#c, {
      subject: `daemonsets ${key}`,
      action,
      desired: 'one Pod on each node that fits',
      observed: `${creating.length} nodes without their Pod, ${removing.length} Pods too many or too old`,
      detail: { create: creating.length, delete: removing.length },
    });
    if (action === 'no-op') return;
    const gone = removing.map((name) => `${namespaceOf(set)}/${name}`);
    this.#expectations.expectChanges(key, creating.length, gone);
    let next = 0;
    const { successes, error } = await slowStartBatch(creating.length, 1, async () => {
      const node = creating[next] ?? '';
      next += 1;
      try {
        await this.#podControl.create(set, daemonPodTemplate(set, hash, node));
      } catch (failure) {
        if (!hasStatusCause(failure, 'NamespaceTerminating')) throw failure;
      }
    });
    if (successes < creating.length) this.#expectations.creationObserved(key, creating.length - successes);
    let failed = error;
    await Promise.all(
      removing.map(async (name) => {
        try {
          await this.#podControl.delete(set, name);
        } catch (failure) {
          this.#expectations.deletionOf(key, `${namespaceOf(set)}/${name}`);
          if (!isNotFound(failure)) failed ??= failure;
        }
      }),
    );
    if (failed !== undefined) throw failed;
  }

  async #cleanUp(
    set: DaemonSet,
    revisions: readonly ControllerRevision[],
    current: ControllerRevision,
  ): Promise<void> {
    const limit = set.spec?.revisionHistoryLimit ?? 10;
    if (revisions.length <= limit) return;
    const hashes = new Set(
      [...(await this.#byNode(set)).values()].flat().map((pod) => pod.metadata?.labels?.[revisionHashLabel]),
    );
    const used = revisions.filter(({ metadata }) => hashes.has(metadata?.labels?.[revisionHashLabel]));
    await this.#history.truncate(revisions, new Set([...used, current].map(nameOf)), limit);
  }

  async #updateStatus(set: DaemonSet, hash: string): Promise<void> {
    const now = this.#c.context.clock.now();
    const status = daemonSetStatus(set, this.#nodes.lister.list(), await this.#byNode(set), hash, now);
    if (daemonSetStatusDiffers(set.status, status))
      await this.#c.client
        .resource<DaemonSet>(resourceTypes.daemonSets, namespaceOf(set))
        .updateStatus({ ...set, status });
    const minReadySeconds = set.spec?.minReadySeconds ?? 0;
    if (minReadySeconds > 0 && status.numberReady !== (status.numberAvailable ?? 0))
      this.#queue.addAfter(objectKey(set), minReadySeconds * 1000);
  }

  #event(set: DaemonSet, type: 'Normal' | 'Warning', reason: string, message: string): void {
    const { apiVersion, kind } = resourceTypes.daemonSets;
    this.#c.recorder.event({ apiVersion, kind, object: set }, type, reason, message);
  }

  #podChanged(old: Pod | undefined, pod: Pod): void {
    const set = this.#owned.ownerOf(pod);
    const former = old === undefined ? undefined : this.#owned.ownerOf(old);
    if (former !== undefined && former !== set) this.#queue.add(objectKey(former));
    if (set !== undefined) {
      const key = objectKey(set);
      if (isTerminating(pod)) this.#expectations.deletionOf(key, objectKey(pod));
      else if (old === undefined) this.#expectations.creationObserved(key);
      this.#queue.add(key);
    } else if (controllerOf(pod) === undefined && !isTerminating(pod)) {
      for (const one of this.#owned.matching(pod)) this.#queue.add(objectKey(one));
    }
  }

  #podGone(pod: Pod): void {
    const set = this.#owned.ownerOf(pod);
    if (set === undefined) return;
    this.#expectations.deletionOf(objectKey(set), objectKey(pod));
    this.#queue.add(objectKey(set));
  }

  /** Heartbeats change nothing; labels and taints may. */
  #nodeChanged(old: Node | undefined, node: Node): void {
    for (const set of this.#sets.lister.list()) {
      const [before, after] = [old === undefined ? undefined : nodeWants(set, old), nodeWants(set, node)];
      if (before === undefined ? after.run : before.run !== after.run || before.stay !== after.stay)
        this.#queue.add(objectKey(set));
    }
  }
}
