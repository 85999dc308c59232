import { selectorFromLabelSelector } from '../../apimachinery/labels.ts';
import { controllerOf, nameOf } from '../../apimachinery/meta.ts';
import { computeHash } from '../../apimachinery/names.ts';
import type { PersistentVolumeClaim, Pod, StatefulSet } from '../../api/types.ts';
import { objectKey } from '../../client/object-key.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import type { SharedInformer } from '../../client/shared-informer.ts';
import type { WorkQueue } from '../../client/work-queue.ts';
import { runWorkers } from '../../client/workers.ts';
import { RevisionHistory } from '../history/revision-history.ts';
import type { Controller, ControllerContext } from '../interface.ts';
import { OwnedObjects } from '../owned-objects.ts';
import { ordinalOf, revisionLabel } from './stateful-pod.ts';
import { StatefulSetSync } from './statefulset-sync.ts';

const hashLabel = 'controller.kubernetes.io/hash';

/** Keeps Pods with names and volumes of their own. Models pkg/controller/statefulset (v1.34). */
export class StatefulSetController implements Controller {
  readonly #c: ControllerContext;
  readonly #workers: number;
  readonly #queue: WorkQueue;
  readonly #sets: SharedInformer<StatefulSet>;
  readonly #pods: SharedInformer<Pod>;
  readonly #owned: OwnedObjects<Pod, StatefulSet>;
  readonly #claims: SharedInformer<PersistentVolumeClaim>;
  readonly #history: RevisionHistory<StatefulSet>;

  constructor(c: ControllerContext, workers = 5) {
    this.#c = c;
    this.#workers = workers;
    this.#queue = c.journal.queue('statefulset', { resource: 'statefulsets' });
    this.#history = new RevisionHistory(c, resourceTypes.statefulSets);
    this.#sets = c.factory.informer(resourceTypes.statefulSets);
    this.#pods = c.factory.informer(resourceTypes.pods);
    this.#claims = c.factory.informer(resourceTypes.persistentVolumeClaims);
    this.#owned = new OwnedObjects({
      client: c.client,
      type: resourceTypes.pods,
      informer: this.#pods,
      ownerType: resourceTypes.statefulSets,
      owners: this.#sets.lister,
    });
    const add = (set: StatefulSet): void => this.#queue.add(objectKey(set));
    this.#sets.addEventHandler({ onAdd: add, onUpdate: (_, set) => add(set), onDelete: add });
    this.#pods.addEventHandler({
      onAdd: (pod) => this.#podChanged(undefined, pod),
      onUpdate: (old, pod) => this.#podChanged(old, pod),
      onDelete: (pod) => this.#podChanged(pod, pod),
    });
  }

  run(): void {
    const [workers, queue] = [this.#workers, this.#queue];
    runWorkers(this.#c.context, { queue, workers, sync: (key) => this.#sync(key) });
  }

  async #sync(key: string): Promise<void> {
    const set = this.#sets.lister.get(key);
    if (set === undefined) return;
    const selector = selectorFromLabelSelector(set.spec?.selector);
    const revisions = await this.#history.list(set, selector);
    const template = set.spec?.template ?? {};
    const update = await this.#history.current(set, revisions, {
      // Of the whole patch, so that a DaemonSet of the same name and template has another.
      hash: (collisions) => computeHash({ spec: { template } }, collisions ?? set.status?.collisionCount),
      labels: (hash) => ({ ...template.metadata?.labels, [hashLabel]: hash }),
      template,
    });
    const current = revisions.find((revision) => nameOf(revision) === set.status?.currentRevision) ?? update;
    const pods = await this.#owned.claim(set, (pod) => ordinalOf(set, pod) !== undefined);
    const tools = {
      c: this.#c,
      claims: this.#claims.lister,
      again: (what: string, ms: number): void => this.#queue.addAfter(what, ms),
    };
    await new StatefulSetSync(tools, set, pods, { current, update }).run();
    const used = pods.map((pod) => pod.metadata?.labels?.[revisionLabel] ?? '');
    const inUse = new Set([...used, nameOf(current), nameOf(update)]);
    await this.#history.truncate(revisions, inUse, set.spec?.revisionHistoryLimit ?? 10);
  }

  #podChanged(old: Pod | undefined, pod: Pod): void {
    const set = this.#owned.ownerOf(pod);
    const former = old === undefined ? undefined : this.#owned.ownerOf(old);
    if (former !== undefined && former !== set) this.#queue.add(objectKey(former));
    if (set !== undefined) this.#queue.add(objectKey(set));
    else if (controllerOf(pod) === undefined)
      for (const one of this.#owned.matching(pod)) this.#queue.add(objectKey(one));
  }
}
