import type { Namespace, ServiceAccount } from '../../api/types.ts';
import { isTerminating, nameOf, namespaceOf } from '../../apimachinery/meta.ts';
import { hasStatusCause, isAlreadyExists } from '../../client/api-errors.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import type { SharedInformer } from '../../client/shared-informer.ts';
import type { WorkQueue } from '../../client/work-queue.ts';
import { runWorkers } from '../../client/workers.ts';
import { decide } from '../decision.ts';
import type { Controller, ControllerContext } from '../interface.ts';

const name = 'default';

/** Sees to it that each namespace has a ServiceAccount `default`. Models pkg/controller/serviceaccount (v1.34). */
export class ServiceAccountController implements Controller {
  readonly #c: ControllerContext;
  readonly #queue: WorkQueue;
  readonly #namespaces: SharedInformer<Namespace>;
  readonly #accounts: SharedInformer<ServiceAccount>;

  constructor(c: ControllerContext) {
    this.#c = c;
    this.#queue = c.journal.queue('serviceaccount', { resource: 'namespaces' });
    this.#namespaces = c.factory.informer(resourceTypes.namespaces);
    this.#accounts = c.factory.informer(resourceTypes.serviceAccounts);
    this.#namespaces.addEventHandler({
      onAdd: (namespace) => this.#queue.add(nameOf(namespace)),
      onUpdate: (_, namespace) => this.#queue.add(nameOf(namespace)),
    });
    this.#accounts.addEventHandler({ onDelete: (account) => this.#queue.add(namespaceOf(account)) });
  }

  run(): void {
    runWorkers(this.#c.context, { queue: this.#queue, workers: 1, sync: (key) => this.#sync(key) });
  }

  async #sync(key: string): Promise<void> {
    const namespace = this.#namespaces.lister.get(key);
    if (namespace === undefined || isTerminating(namespace)) return;
    if (this.#accounts.lister.get(`${key}/${name}`) !== undefined) return;
    decide(this.#c, {
      subject: `namespaces ${key}`,
      action: 'create-serviceaccount',
      desired: 'a ServiceAccount default',
      observed: 'none',
    });
    try {
      await this.#c.client
        .resource<ServiceAccount>(resourceTypes.serviceAccounts, key)
        .create({ metadata: { name, namespace: key } });
    } catch (error) {
      if (!isAlreadyExists(error) && !hasStatusCause(error, 'NamespaceTerminating')) throw error;
    }
  }
}
