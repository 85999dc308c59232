import type { ClusterRole, PolicyRule } from '../../api/types.ts';
import { matchesLabels, selectorFromLabelSelector } from '../../apimachinery/labels.ts';
import { nameOf } from '../../apimachinery/meta.ts';
import { sameValue } from '../../apimachinery/validation/object-meta.ts';
import { isNotFound } from '../../client/api-errors.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import type { SharedInformer } from '../../client/shared-informer.ts';
import type { WorkQueue } from '../../client/work-queue.ts';
import { runWorkers } from '../../client/workers.ts';
import { decide } from '../decision.ts';
import type { Controller, ControllerContext } from '../interface.ts';

/**
 * Gives a ClusterRole with an aggregation rule the rules of all that its selectors match. Models
 * pkg/controller/clusterroleaggregation (v1.34), which writes by server-side apply; here it is an update.
 */
export class ClusterRoleAggregationController implements Controller {
  readonly #c: ControllerContext;
  readonly #queue: WorkQueue;
  readonly #roles: SharedInformer<ClusterRole>;

  constructor(c: ControllerContext) {
    this.#c = c;
    this.#queue = c.journal.queue('ClusterRoleAggregator', { resource: 'clusterroles' });
    this.#roles = c.factory.informer(resourceTypes.clusterRoles);
    const enqueue = (): void => this.#enqueueAggregated();
    this.#roles.addEventHandler({ onAdd: enqueue, onUpdate: enqueue, onDelete: enqueue });
  }

  run(): void {
    runWorkers(this.#c.context, { queue: this.#queue, workers: 1, sync: (key) => this.#sync(key) });
  }

  /** Any role may be part of any sum. */
  #enqueueAggregated(): void {
    for (const role of this.#roles.lister.list()) {
      if (role.aggregationRule !== undefined) this.#queue.add(nameOf(role));
    }
  }

  async #sync(name: string): Promise<void> {
    const role = this.#roles.lister.get(name);
    if (role?.aggregationRule === undefined) return;
    const rules = this.#gathered(role);
    if (sameValue(rules, role.rules ?? [])) return;
    decide(this.#c, {
      subject: `clusterroles ${name}`,
      action: 'aggregate-rules',
      desired: `${rules.length} rules`,
      observed: `${role.rules?.length ?? 0} rules`,
    });
    try {
      await this.#c.client.resource<ClusterRole>(resourceTypes.clusterRoles).update({ ...role, rules });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  #gathered(role: ClusterRole): PolicyRule[] {
    const rules: PolicyRule[] = [];
    const others = [...this.#roles.lister.list()].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
    for (const labelSelector of role.aggregationRule?.clusterRoleSelectors ?? []) {
      const selector = selectorFromLabelSelector(labelSelector);
      for (const other of others) {
        if (nameOf(other) === nameOf(role) || !matchesLabels(selector, other.metadata?.labels)) continue;
        for (const rule of other.rules ?? [])
          if (!rules.some((known) => sameValue(known, rule))) rules.push(rule);
      }
    }
    return rules;
  }
}
