import { formatAmounts, parseAmounts, addAmounts } from '../../api/helpers/resource-list.ts';
import type { ResourceAmounts } from '../../api/helpers/resource-list.ts';
import { isQuotaIgnored, quotaEvaluatorFor } from '../../api/quota/evaluators.ts';
import { matchesScopes } from '../../api/quota/scopes.ts';
import type { ResourceQuota } from '../../api/types.ts';
import { quantityOf } from '../../apimachinery/quantity.ts';
import { namespaceOf } from '../../apimachinery/meta.ts';
import type { KubeObject } from '../../apimachinery/types.ts';
import { errorText, isNotFound } from '../../client/api-errors.ts';
import { discoverResources } from '../../client/discovery.ts';
import { objectKey } from '../../client/object-key.ts';
import { groupResource } from '../../client/resource-type.ts';
import type { ResourceType } from '../../client/resource-type.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import type { SharedInformer } from '../../client/shared-informer.ts';
import type { WorkQueue } from '../../client/work-queue.ts';
import { runWorkers } from '../../client/workers.ts';
import { decide } from '../decision.ts';
import type { Controller, ControllerContext } from '../interface.ts';

const discoveryPeriod = 30_000;
const ZERO = quantityOf(0);

export interface ResourceQuotaOptions {
  readonly workers: number;
  /** Milliseconds after which every quota is counted again. */
  readonly syncPeriod: number;
}

interface Counted {
  readonly type: ResourceType;
  readonly informer: SharedInformer<KubeObject>;
}

/**
 * Counts what quotas limit: when a quota is new or changed, when something it counts is deleted or gives back,
 * and from time to time. Admission charges; only this gives back. Models pkg/controller/resourcequota (v1.34).
 */
export class ResourceQuotaController implements Controller {
  readonly #c: ControllerContext;
  readonly #options: ResourceQuotaOptions;
  readonly #queue: WorkQueue;
  readonly #quotas: SharedInformer<ResourceQuota>;
  /** What can be counted, by `deployments.apps`. */
  readonly #counted = new Map<string, Counted>();

  constructor(c: ControllerContext, options: ResourceQuotaOptions) {
    this.#c = c;
    this.#options = options;
    this.#queue = c.journal.queue('resourcequota_primary', { resource: 'resourcequotas' });
    this.#quotas = c.factory.informer(resourceTypes.resourceQuotas);
    this.#quotas.addEventHandler({
      onAdd: (quota) => this.#queue.add(objectKey(quota)),
      onUpdate: (old, quota) => {
        // Statuses change with every charge; those are admission's own.
        if (!sameAmounts(old.spec?.hard, quota.spec?.hard)) this.#queue.add(objectKey(quota));
      },
      onDelete: (quota) => this.#queue.add(objectKey(quota)),
    });
  }

  run(): void {
    const { context } = this.#c;
    context.go(async () => {
      while (!(await this.#discover())) await context.clock.sleep(5000);
      runWorkers(context, {
        queue: this.#queue,
        workers: this.#options.workers,
        sync: (key) => this.#sync(key),
      });
      for (;;) {
        await context.clock.sleep(discoveryPeriod);
        await this.#discover();
      }
    });
    context.clock.setInterval(() => {
      for (const quota of this.#quotas.lister.list()) this.#queue.add(objectKey(quota));
    }, this.#options.syncPeriod);
  }

  /** Watches every namespaced resource that can be. False when the API server could not be asked. */
  async #discover(): Promise<boolean> {
    try {
      for (const type of await discoverResources(this.#c.client)) {
        const name = groupResource(type);
        const usable = ['create', 'delete', 'list', 'watch'].every((verb) => type.verbs.includes(verb));
        if (!type.namespaced || !usable || this.#counted.has(name)) continue;
        if (isQuotaIgnored(type.group, type.resource)) continue;
        this.#count(name, type);
      }
      return true;
    } catch (error) {
      this.#c.context.log.warn('failed to discover resources', {
        err: errorText(error),
      });
      return false;
    }
  }

  #count(name: string, type: ResourceType): void {
    const { clock } = this.#c.context;
    const evaluator = quotaEvaluatorFor(type.group, type.resource);
    const informer = this.#c.factory.informer<KubeObject>(type);
    this.#counted.set(name, { type, informer });
    informer.addEventHandler({
      onUpdate: (old, object) => {
        if (evaluator.frees(old, object, clock.now())) this.#replenish(type, namespaceOf(object));
      },
      onDelete: (object) => this.#replenish(type, namespaceOf(object)),
    });
  }

  /** Something of a resource has gone from a namespace: quotas that count it are counted again. */
  #replenish(type: ResourceType, namespace: string): void {
    const evaluator = quotaEvaluatorFor(type.group, type.resource);
    for (const quota of this.#quotas.lister.namespace(namespace)) {
      if (evaluator.matchingResources(Object.keys(quota.spec?.hard ?? {})).length > 0)
        this.#queue.add(objectKey(quota));
    }
  }

  async #sync(key: string): Promise<void> {
    const quota = this.#quotas.lister.get(key);
    if (quota === undefined) return;
    const hard = formatAmounts(parseAmounts(quota.spec?.hard));
    const used = await this.#usage(quota, Object.keys(hard));
    const { status } = quota;
    if (sameAmounts(status?.hard, hard) && sameAmounts(status?.used, used)) return;
    decide(this.#c, {
      subject: `resourcequotas ${key}`,
      action: 'update-status',
      desired: shown(used),
      observed: shown(status?.used ?? {}),
    });
    try {
      await this.#c.client
        .resource<ResourceQuota>(resourceTypes.resourceQuotas, namespaceOf(quota))
        .updateStatus({ ...quota, status: { hard, used } });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  /** What the namespace uses of `names`; what nobody can count stays as it was said. */
  async #usage(quota: ResourceQuota, names: readonly string[]): Promise<Record<string, string>> {
    const now = this.#c.context.clock.now();
    const used: ResourceAmounts = new Map();
    for (const [name, amount] of parseAmounts(quota.status?.used))
      if (names.includes(name)) used.set(name, amount);
    for (const { type, informer } of this.#counted.values()) {
      const evaluator = quotaEvaluatorFor(type.group, type.resource);
      const measured = evaluator.matchingResources(names);
      if (measured.length === 0) continue;
      await informer.whenSynced();
      const total: ResourceAmounts = new Map(measured.map((name) => [name, ZERO]));
      for (const object of informer.lister.namespace(namespaceOf(quota))) {
        if (!matchesScopes(quota, evaluator, object)) continue;
        const own = evaluator.usage(object, now);
        addAmounts(total, new Map([...own].filter(([name]) => total.has(name))));
      }
      for (const [name, amount] of total) used.set(name, amount);
    }
    return formatAmounts(used);
  }
}

type Texts = Readonly<Record<string, string>> | undefined;

function sameAmounts(left: Texts, right: Texts): boolean {
  if (left === undefined || right === undefined) return left === right;
  const [one, other] = [parseAmounts(left), parseAmounts(right)];
  return one.size === other.size && [...one].every(([name, { nanos }]) => other.get(name)?.nanos === nanos);
}

function shown(amounts: Readonly<Record<string, string>>): string {
  return Object.entries(amounts)
    .map(([name, amount]) => `${name}=${amount}`)
    .join(',');
}
