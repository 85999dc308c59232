import { isTerminating, namespaceOf } from '../../apimachinery/meta.ts';
import { formatTime, parseTime } from '../../apimachinery/time.ts';
import type { Pod } from '../../api/types.ts';
import { objectKey } from '../../client/object-key.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import type { SharedInformer } from '../../client/shared-informer.ts';
import type { WorkQueue } from '../../client/work-queue.ts';
import { runWorkers } from '../../client/workers.ts';
import { decide } from '../decision.ts';
import type { ControllerContext } from '../interface.ts';
import { isPodFinished, podCondition } from '../pod-status.ts';

const DISRUPTION_TARGET = 'DisruptionTarget';
const TIMEOUT = 120_000;

/** Takes back what a Pod says of its disruption when it was not deleted after all. Models syncStalePodDisruption (v1.34). */
export class StaleDisruption {
  readonly #c: ControllerContext;
  readonly #queue: WorkQueue;
  readonly #pods: SharedInformer<Pod>;

  constructor(c: ControllerContext, pods: SharedInformer<Pod>) {
    this.#c = c;
    this.#pods = pods;
    this.#queue = c.journal.queue('stale_pod_disruption', { resource: 'pods' });
  }

  run(): void {
    runWorkers(this.#c.context, { queue: this.#queue, workers: 1, sync: (key) => this.#sync(key) });
  }

  /** Looks at the Pod again once its time is over. */
  follow(pod: Pod): void {
    const left = timeLeft(pod, this.#c.context.clock.now());
    if (left !== undefined) this.#queue.addAfter(objectKey(pod), left);
  }

  async #sync(key: string): Promise<void> {
    const pod = this.#pods.lister.get(key);
    if (pod === undefined) return;
    const now = this.#c.context.clock.now();
    const left = timeLeft(pod, now);
    if (left === undefined) return;
    if (left > 0) {
      this.#queue.addAfter(key, left);
      return;
    }
    decide(this.#c, {
      subject: `pods ${key}`,
      action: 'reset-disruption-target',
      desired: 'no disruption announced',
      observed: 'announced, not deleted',
    });
    const conditions = (pod.status?.conditions ?? []).map((condition) =>
      condition.type === DISRUPTION_TARGET
        ? { type: DISRUPTION_TARGET, status: 'False', lastTransitionTime: formatTime(now) }
        : condition,
    );
    await this.#c.client
      .resource<Pod>(resourceTypes.pods, namespaceOf(pod))
      .updateStatus({ ...pod, status: { ...pod.status, conditions } });
  }
}

/** Milliseconds that what a Pod says is good for yet; undefined when it says nothing, or its kubelet said it. */
function timeLeft(pod: Pod, now: number): number | undefined {
  const target = podCondition(pod, DISRUPTION_TARGET);
  if (target?.status !== 'True' || target.reason === 'TerminationByKubelet') return undefined;
  if (isTerminating(pod) || isPodFinished(pod)) return undefined;
  return Math.max(0, (parseTime(target.lastTransitionTime) ?? 0) + TIMEOUT - now);
}
