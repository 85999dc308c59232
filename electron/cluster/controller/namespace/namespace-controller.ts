import type { Namespace } from '../../api/types.ts';
import { isTerminating, nameOf } from '../../apimachinery/meta.ts';
import { parseTime } from '../../apimachinery/time.ts';
import { isConflict, isNotFound } from '../../client/api-errors.ts';
import { objectKey } from '../../client/object-key.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import type { SharedInformer } from '../../client/shared-informer.ts';
import type { WorkQueue } from '../../client/work-queue.ts';
import { runWorkers } from '../../client/workers.ts';
import { decide } from '../decision.ts';
import type { Controller, ControllerContext } from '../interface.ts';
import { deletionConditions } from './namespace-conditions.ts';
import { NamespaceDeleter } from './namespace-deleter.ts';

/** Caches of API servers have to hear of the deletion before the content is looked at. */
const gracePeriod = 5000;

/** Empties and removes namespaces that are being deleted. Models pkg/controller/namespace (v1.34). */
export class NamespaceController implements Controller {
  readonly #c: ControllerContext;
  readonly #workers: number;
  readonly #queue: WorkQueue;
  readonly #namespaces: SharedInformer<Namespace>;
  readonly #deleter: NamespaceDeleter;

  constructor(c: ControllerContext, workers = 10) {
    this.#c = c;
    this.#workers = workers;
    this.#queue = c.journal.queue('namespace', { resource: 'namespaces' });
    this.#deleter = new NamespaceDeleter(c.client);
    this.#namespaces = c.factory.informer(resourceTypes.namespaces);
    const enqueue = (namespace: Namespace): void => {
      if (isTerminating(namespace)) this.#queue.addAfter(objectKey(namespace), gracePeriod);
    };
    this.#namespaces.addEventHandler({ onAdd: enqueue, onUpdate: (_, namespace) => enqueue(namespace) });
  }

  run(): void {
    runWorkers(this.#c.context, {
      queue: this.#queue,
      workers: this.#workers,
      sync: (key) => this.#sync(key),
    });
  }

  async #sync(key: string): Promise<void> {
    if (this.#namespaces.lister.get(key) === undefined) return;
    const client = this.#c.client.resource<Namespace>(resourceTypes.namespaces);
    let namespace: Namespace;
    try {
      namespace = await client.get(key);
    } catch (error) {
      if (isNotFound(error)) return;
      throw error;
    }
    if (!isTerminating(namespace)) return;
    if (namespace.status?.phase !== 'Terminating') {
      namespace = await client.updateStatus({
        ...namespace,
        status: { ...namespace.status, phase: 'Terminating' },
      });
    }
    if ((namespace.spec?.finalizers ?? []).length === 0) return;
    const { report, estimate } = await this.#deleter.deleteContent(
      key,
      this.#secondsSinceDeletion(namespace),
    );
    const left = [...report.remaining.values()].reduce((sum, count) => sum + count, 0);
    const finished = left === 0 && report.contentErrors.length === 0 && report.discoveryError === undefined;
    this.#decide(key, finished ? 'finalize' : 'wait', left, report);
    namespace = await this.#writeConditions(namespace, report);
    if (finished) {
      await this.#deleter.finalize(namespace);
      return;
    }
    const failure = report.discoveryError ?? report.contentErrors[0];
    if (failure !== undefined) throw new Error(failure);
    this.#queue.addAfter(key, (Math.floor(estimate / 2) + 1) * 1000);
  }

  #secondsSinceDeletion({ metadata }: Namespace): number {
    const now = this.#c.context.clock.now();
    return (now - (parseTime(metadata?.deletionTimestamp) ?? now)) / 1000;
  }

  async #writeConditions(
    namespace: Namespace,
    report: Parameters<typeof deletionConditions>[0],
  ): Promise<Namespace> {
    const old = namespace.status?.conditions ?? [];
    const conditions = deletionConditions(report, old, this.#c.context.clock.now());
    if (JSON.stringify(old) === JSON.stringify(conditions)) return namespace;
    const client = this.#c.client.resource<Namespace>(resourceTypes.namespaces);
    try {
      return await client.updateStatus({ ...namespace, status: { ...namespace.status, conditions } });
    } catch (error) {
      // Somebody else wrote it meanwhile: the conditions are written on the next pass.
      if (isConflict(error)) return client.get(nameOf(namespace));
      throw error;
    }
  }

  #decide(key: string, action: string, left: number, report: Parameters<typeof deletionConditions>[0]): void {
    decide(this.#c, {
      subject: `namespaces ${key}`,
      action,
      desired: 'no content',
      observed: `${left} objects`,
      detail: {
        remaining: Object.fromEntries(report.remaining),
        finalizers: Object.fromEntries(report.finalizers),
        errors: report.contentErrors,
      },
    });
  }
}
