import { scaledValue } from '../../apimachinery/int-or-string.ts';
import { matchesLabels, selectorFromLabelSelector } from '../../apimachinery/labels.ts';
import { nameOf, namespaceOf } from '../../apimachinery/meta.ts';
import type { LabelSelector } from '../../apimachinery/types.ts';
import type { KubeObject, Pod, PodDisruptionBudget } from '../../api/types.ts';
import { errorText, isConflict, isNotFound } from '../../client/api-errors.ts';
import type { EventType } from '../../client/event-recorder.ts';
import { objectKey } from '../../client/object-key.ts';
import type { ResourceType } from '../../client/resource-type.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import type { SharedInformer } from '../../client/shared-informer.ts';
import type { WorkQueue } from '../../client/work-queue.ts';
import { runWorkers } from '../../client/workers.ts';
import { decide } from '../decision.ts';
import type { Controller, ControllerContext } from '../interface.ts';
import type { ExpectedPods } from './budget-status.ts';
import { disruptedPods, withCurrentStatus, withoutDisruptions } from './budget-status.ts';
import { ExpectedScale } from './expected-scale.ts';
import { StaleDisruption } from './stale-disruption.ts';

/** Keeps account of how many Pods of a budget may go. Models pkg/controller/disruption (v1.34). */
export class DisruptionController implements Controller {
  readonly #c: ControllerContext;
  readonly #queue: WorkQueue;
  readonly #budgets: SharedInformer<PodDisruptionBudget>;
  readonly #pods: SharedInformer<Pod>;
  readonly #scale: ExpectedScale;
  readonly #stale: StaleDisruption;

  constructor(c: ControllerContext) {
    this.#c = c;
    this.#queue = c.journal.queue('disruption', { resource: 'poddisruptionbudgets' });
    this.#pods = c.factory.informer(resourceTypes.pods);
    this.#budgets = c.factory.informer(resourceTypes.podDisruptionBudgets);
    this.#scale = new ExpectedScale(c);
    this.#stale = new StaleDisruption(c, this.#pods);
    const changed = (pod: Pod): void => {
      this.#enqueueBudgetOf(pod);
      this.#stale.follow(pod);
    };
    this.#pods.addEventHandler({
      onAdd: changed,
      onUpdate: (_, pod) => changed(pod),
      onDelete: (pod) => this.#enqueueBudgetOf(pod),
    });
    const add = (budget: PodDisruptionBudget): void => this.#queue.add(objectKey(budget));
    this.#budgets.addEventHandler({ onAdd: add, onUpdate: (_, budget) => add(budget), onDelete: add });
  }

  run(): void {
    runWorkers(this.#c.context, { queue: this.#queue, workers: 1, sync: (key) => this.#sync(key) });
    this.#stale.run();
  }

  #enqueueBudgetOf(pod: Pod): void {
    const [budget, ...more] = this.#budgets.lister
      .namespace(namespaceOf(pod))
      .filter(({ spec }) => matchesLabels(selectorFromLabelSelector(spec?.selector), pod.metadata?.labels));
    if (budget === undefined) return;
    if (more.length > 0) {
      const what = `Pod "${namespaceOf(pod)}"/"${nameOf(pod)}" matches multiple PodDisruptionBudgets.`;
      const message = `${what}  Chose "${nameOf(budget)}" arbitrarily.`;
      this.#say(resourceTypes.pods, pod, 'Warning', 'MultiplePodDisruptionBudgets', message);
    }
    this.#queue.add(objectKey(budget));
  }

  async #sync(key: string): Promise<void> {
    const budget = this.#budgets.lister.get(key);
    if (budget === undefined) return;
    try {
      await this.#bringUpToDate(budget, key);
    } catch (error) {
      if (isConflict(error)) throw error;
      const message = errorText(error);
      this.#c.context.log.error('Failed to sync PDB', { podDisruptionBudget: key, err: message });
      await this.#write(withoutDisruptions(budget, message, this.#c.context.clock.now()), 'fail-safe');
    }
  }

  async #bringUpToDate(budget: PodDisruptionBudget, key: string): Promise<void> {
    const selector = selectorFromLabelSelector(budget.spec?.selector);
    const pods = this.#pods.lister
      .namespace(namespaceOf(budget))
      .filter(({ metadata }) => matchesLabels(selector, metadata?.labels));
    if (pods.length === 0) this.#sayOf(budget, 'Normal', 'NoPods', 'No matching pods found');
    const expected = await this.#expected(budget, pods);
    const now = this.#c.context.clock.now();
    const { pending, overdue, recheck } = disruptedPods(budget, pods, now);
    for (const pod of overdue) {
      const by = `${namespaceOf(budget)}/${namespaceOf(budget)}`;
      const message = `Pod was expected by PDB ${by} to be deleted but it wasn't`;
      this.#say(resourceTypes.pods, pod, 'Warning', 'NotDeleted', message);
    }
    const next = withCurrentStatus(budget, pods, expected, pending, now);
    if (next !== undefined) await this.#write(next, 'update-status');
    if (recheck !== undefined) this.#queue.addAfter(key, Math.max(1, recheck - now));
  }

  /** Models getExpectedPodCount (v1.34). @throws Error for a controller that cannot be asked */
  async #expected(budget: PodDisruptionBudget, pods: readonly Pod[]): Promise<ExpectedPods> {
    const { maxUnavailable, minAvailable } = budget.spec ?? {};
    if (maxUnavailable === undefined && typeof minAvailable === 'number')
      return { expected: pods.length, desiredHealthy: minAvailable };
    if (maxUnavailable === undefined && minAvailable === undefined) return { expected: 0, desiredHealthy: 0 };
    let scale: Awaited<ReturnType<ExpectedScale['of']>>;
    try {
      scale = await this.#scale.of(pods);
    } catch (error) {
      const why = errorText(error);
      const message = `Failed to calculate the number of expected pods: ${why}`;
      this.#sayOf(budget, 'Warning', 'CalculateExpectedPodCountFailed', message);
      throw error;
    }
    if (scale.unmanaged.length > 0) this.#tellUnmanaged(budget);
    const expected = scale.count;
    const wanted =
      maxUnavailable === undefined
        ? (scaledValue(minAvailable ?? 0, expected, true) ?? 0)
        : Math.max(0, expected - (scaledValue(maxUnavailable, expected, true) ?? 0));
    return { expected, desiredHealthy: wanted };
  }

  #tellUnmanaged(budget: PodDisruptionBudget): void {
    const which = goSelector(budget.spec?.selector);
    const message =
      `Pods selected by this PodDisruptionBudget (selector: ${which}) were found to be unmanaged. ` +
      'As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. ' +
      'To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.';
    this.#sayOf(budget, 'Warning', 'UnmanagedPods', message);
  }

  async #write(budget: PodDisruptionBudget, action: string): Promise<void> {
    const { currentHealthy, desiredHealthy, disruptionsAllowed, expectedPods } = budget.status ?? {};
    decide(this.#c, {
      subject: `poddisruptionbudgets ${objectKey(budget)}`,
      action,
      desired: `${desiredHealthy} healthy Pods of ${expectedPods}`,
      observed: `${currentHealthy} healthy, ${disruptionsAllowed} may go`,
    });
    const client = this.#c.client.resource<PodDisruptionBudget>(
      resourceTypes.podDisruptionBudgets,
      namespaceOf(budget),
    );
    try {
      await client.updateStatus(budget);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  #sayOf(budget: PodDisruptionBudget, type: EventType, reason: string, message: string): void {
    this.#say(resourceTypes.podDisruptionBudgets, budget, type, reason, message);
  }

  #say(of: ResourceType, object: KubeObject, type: EventType, reason: string, message: string): void {
    this.#c.recorder.event({ apiVersion: of.apiVersion, kind: of.kind, object }, type, reason, message);
  }
}

/** As Go prints the object. */
function goSelector(selector: LabelSelector | undefined): string {
  const labels = Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => `${key}: ${value},`);
  const terms = (selector?.matchExpressions ?? []).map(
    ({ key, operator, values = [] }) =>
      `LabelSelectorRequirement{Key:${key},Operator:${operator},Values:[${values.join(' ')}],},`,
  );
  const expressions = `MatchExpressions:[]LabelSelectorRequirement{${terms.join('')}},`;
  return `&LabelSelector{MatchLabels:map[string]string{${labels.toSorted().join('')}},${expressions}}`;
}
