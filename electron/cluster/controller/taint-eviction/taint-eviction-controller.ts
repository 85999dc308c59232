import { tolerates } from '../../api/helpers/tolerations.ts';
import type { Node, Pod, Taint, Toleration } from '../../api/types.ts';
import type { RecordId } from '../../../base/causal-record.ts';
import type { Disposable } from '../../../base/disposable.ts';
import { isTerminating, nameOf, namespaceOf } from '../../apimachinery/meta.ts';
import { formatTime } from '../../apimachinery/time.ts';
import { isNotFound, isStatusCode } from '../../client/api-errors.ts';
import { objectKey } from '../../client/object-key.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import type { SharedInformer } from '../../client/shared-informer.ts';
import type { WorkQueue } from '../../client/work-queue.ts';
import { runWorkers } from '../../client/workers.ts';
import { decide } from '../decision.ts';
import type { Controller, ControllerContext } from '../interface.ts';
import { podNodeIndex, podNodeOf } from '../pod-node-index.ts';

interface Planned {
  readonly at: number;
  readonly timer: Disposable;
}

/**
 * Seconds a Pod may stay under these taints: Infinity for ever, 0 not at all (a taint is not tolerated).
 * Models GetMatchingTolerations and getMinTolerationTime (v1.34).
 */
export function toleratedSeconds(taints: readonly Taint[], tolerations: readonly Toleration[]): number {
  let least = Infinity;
  for (const taint of taints) {
    const matching = tolerations.find((toleration) => tolerates(toleration, taint));
    if (matching === undefined) return 0;
    if (matching.tolerationSeconds !== undefined && matching.tolerationSeconds !== null)
      least = Math.min(least, Math.max(0, matching.tolerationSeconds));
  }
  return least;
}

/** Deletes Pods from nodes with NoExecute taints, after the time they tolerate them. Models pkg/controller/tainteviction (v1.34). */
export class TaintEvictionController implements Controller {
  readonly #c: ControllerContext;
  readonly #queue: WorkQueue;
  readonly #nodes: SharedInformer<Node>;
  readonly #pods: SharedInformer<Pod>;
  readonly #planned = new Map<string, Planned>();

  constructor(c: ControllerContext) {
    this.#c = c;
    this.#queue = c.journal.queue('taint_eviction', { resource: 'pods' });
    this.#nodes = c.factory.informer(resourceTypes.nodes);
    this.#pods = c.factory.informer(resourceTypes.pods);
    if (!this.#pods.indexer.hasIndex(podNodeIndex)) this.#pods.addIndexers({ [podNodeIndex]: podNodeOf });
    this.#nodes.addEventHandler({
      onAdd: (node) => this.#nodeChanged(node),
      onUpdate: (old, node) => {
        if (JSON.stringify(noExecute(old)) !== JSON.stringify(noExecute(node))) this.#nodeChanged(node);
      },
    });
    this.#pods.addEventHandler({
      onAdd: (pod) => this.#podChanged(pod),
      onUpdate: (old, pod) => {
        const same =
          old.spec?.nodeName === pod.spec?.nodeName && old.spec?.tolerations === pod.spec?.tolerations;
        if (!same) this.#podChanged(pod);
      },
      onDelete: (pod) => this.#cancel(pod, false),
    });
  }

  run(): void {
    runWorkers(this.#c.context, {
      queue: this.#queue,
      workers: 8,
      maxRetries: 5,
      sync: (key) => this.#evict(key),
    });
  }

  #nodeChanged(node: Node): void {
    for (const pod of this.#pods.lister.byIndex(podNodeIndex, nameOf(node))) this.#plan(pod, noExecute(node));
  }

  #podChanged(pod: Pod): void {
    const node = this.#nodes.lister.get(pod.spec?.nodeName ?? '');
    if (node !== undefined) this.#plan(pod, noExecute(node));
  }

  #plan(pod: Pod, taints: readonly Taint[]): void {
    if (isTerminating(pod)) return;
    const seconds = taints.length === 0 ? Infinity : toleratedSeconds(taints, pod.spec?.tolerations ?? []);
    if (seconds === Infinity) {
      this.#cancel(pod, true);
      return;
    }
    const key = objectKey(pod);
    const { clock, tracer } = this.#c.context;
    const at = clock.now() + seconds * 1000;
    const planned = this.#planned.get(key);
    if (planned !== undefined && planned.at <= at) return;
    planned?.timer.dispose();
    const cause: RecordId = tracer.cause;
    const timer = clock.setTimeout(() => {
      this.#planned.delete(key);
      tracer.resume(cause);
      this.#queue.add(key);
    }, at - clock.now());
    this.#planned.set(key, { at, timer });
  }

  #cancel(pod: Pod, tell: boolean): void {
    const key = objectKey(pod);
    const planned = this.#planned.get(key);
    if (planned === undefined) return;
    planned.timer.dispose();
    this.#planned.delete(key);
    if (tell) this.#event(pod, `Cancelling deletion of Pod ${key}`);
  }

  async #evict(key: string): Promise<void> {
    const pod = this.#pods.lister.get(key);
    if (pod === undefined || isTerminating(pod)) return;
    decide(this.#c, {
      subject: `pods ${key}`,
      action: 'evict',
      desired: 'no Pod that does not tolerate the taints of its node',
      observed: `on ${pod.spec?.nodeName}`,
    });
    this.#event(pod, `Marking for deletion Pod ${key}`);
    const pods = this.#c.client.resource<Pod>(resourceTypes.pods, namespaceOf(pod));
    const condition = {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'DeletionByTaintManager',
      message: 'Taint manager: deleting due to NoExecute taint',
      lastTransitionTime: formatTime(this.#c.context.clock.now()),
    };
    try {
      await pods.patch(
        nameOf(pod),
        'application/strategic-merge-patch+json',
        { metadata: { uid: pod.metadata?.uid }, status: { conditions: [condition] } },
        'status',
      );
      await pods.delete(nameOf(pod));
    } catch (error) {
      if (isNotFound(error) || isStatusCode(error, 409)) return;
      throw error;
    }
  }

  #event(pod: Pod, message: string): void {
    this.#c.recorder.event(
      { apiVersion: 'v1', kind: 'Pod', object: pod },
      'Normal',
      'TaintManagerEviction',
      message,
    );
  }
}

function noExecute(node: Node): readonly Taint[] {
  return node.spec?.taints?.filter(({ effect }) => effect === 'NoExecute') ?? [];
}
