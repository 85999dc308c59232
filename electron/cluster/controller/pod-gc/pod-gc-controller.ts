import type { Node, Pod } from '../../api/types.ts';
import { isTerminating, nameOf, namespaceOf } from '../../apimachinery/meta.ts';
import { parseTime, formatTime } from '../../apimachinery/time.ts';
import { errorText, isNotFound } from '../../client/api-errors.ts';
import { objectKey } from '../../client/object-key.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import type { SharedInformer } from '../../client/shared-informer.ts';
import { decide } from '../decision.ts';
import type { Controller, ControllerContext } from '../interface.ts';
import { isPodFinished } from '../pod-status.ts';

const period = 20_000;
/** A node has to be gone for so long before its Pods are. */
const quarantine = 40_000;

/** Removes Pods that nobody else will: of nodes that are gone, unscheduled ones being deleted, too many finished ones. Models pkg/controller/podgc (v1.34). */
export class PodGcController implements Controller {
  readonly #c: ControllerContext;
  readonly #threshold: number;
  readonly #pods: SharedInformer<Pod>;
  readonly #nodes: SharedInformer<Node>;
  readonly #missing = new Map<string, number>();
  #busy = false;

  /** `threshold`: how many finished Pods may stay; 0 for all. */
  constructor(c: ControllerContext, threshold = 12_500) {
    this.#c = c;
    this.#threshold = threshold;
    this.#pods = c.factory.informer(resourceTypes.pods);
    this.#nodes = c.factory.informer(resourceTypes.nodes);
  }

  run(): void {
    const { context } = this.#c;
    context.clock.setInterval(() => {
      if (this.#busy) return;
      this.#busy = true;
      context.go(async () => {
        await this.#collect();
        this.#busy = false;
      });
    }, period);
  }

  async #collect(): Promise<void> {
    const pods = this.#pods.lister.list();
    const finished = pods.filter((pod) => isPodFinished(pod) && !isTerminating(pod));
    if (this.#threshold > 0 && finished.length > this.#threshold) {
      const age = (pod: Pod): number => parseTime(pod.metadata?.creationTimestamp) ?? 0;
      const surplus = finished.sort((a, b) => age(a) - age(b)).slice(0, finished.length - this.#threshold);
      for (const pod of surplus) await this.#delete(pod, 'too many finished Pods');
    }
    await this.#collectOrphans(pods);
    for (const pod of pods) {
      if (isTerminating(pod) && (pod.spec?.nodeName ?? '') === '')
        await this.#delete(pod, 'being deleted and never scheduled');
    }
  }

  async #collectOrphans(pods: readonly Pod[]): Promise<void> {
    const now = this.#c.context.clock.now();
    const orphans = Map.groupBy(
      pods.filter(
        (pod) =>
          (pod.spec?.nodeName ?? '') !== '' && this.#nodes.lister.get(pod.spec?.nodeName ?? '') === undefined,
      ),
      (pod) => pod.spec?.nodeName ?? '',
    );
    for (const node of this.#missing.keys()) if (!orphans.has(node)) this.#missing.delete(node);
    for (const [node, members] of orphans) {
      const since = this.#missing.get(node);
      if (since === undefined) this.#missing.set(node, now);
      if (since === undefined || now - since < quarantine || !(await this.#isGone(node))) continue;
      for (const pod of members) await this.#delete(pod, `node ${node} is gone`, true);
    }
  }

  async #isGone(node: string): Promise<boolean> {
    try {
      await this.#c.client.resource<Node>(resourceTypes.nodes).get(node);
      return false;
    } catch (error) {
      return isNotFound(error);
    }
  }

  async #delete(pod: Pod, why: string, fail = false): Promise<void> {
    decide(this.#c, {
      subject: `pods ${objectKey(pod)}`,
      action: 'delete',
      desired: 'no Pod that nobody looks after',
      observed: why,
    });
    const client = this.#c.client.resource<Pod>(resourceTypes.pods, namespaceOf(pod));
    try {
      if (fail && !isPodFinished(pod)) {
        const condition = {
          type: 'DisruptionTarget',
          status: 'True',
          reason: 'DeletionByPodGC',
          message: 'PodGC: node no longer exists',
          lastTransitionTime: formatTime(this.#c.context.clock.now()),
        };
        await client.patch(
          nameOf(pod),
          'application/strategic-merge-patch+json',
          { status: { phase: 'Failed', conditions: [condition] } },
          'status',
        );
      }
      await client.delete(nameOf(pod), { gracePeriodSeconds: 0 });
    } catch (error) {
      if (isNotFound(error)) return;
      this.#c.context.log.error('failed to delete pod', {
        pod: objectKey(pod),
        err: errorText(error),
      });
    }
  }
}
