import {
  BOOTSTRAP_TOKEN_TYPE,
  bootstrapTokenLeft,
  bootstrapTokenOf,
} from '../../api/core/v1/secret/bootstrap-token.ts';
import type { Secret } from '../../api/types.ts';
import { nameOf, uidOf } from '../../apimachinery/meta.ts';
import { isConflict, isNotFound } from '../../client/api-errors.ts';
import { objectKey } from '../../client/object-key.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import type { SharedInformer } from '../../client/shared-informer.ts';
import type { WorkQueue } from '../../client/work-queue.ts';
import { runWorkers } from '../../client/workers.ts';
import { decide } from '../decision.ts';
import type { Controller, ControllerContext } from '../interface.ts';

const SYSTEM = 'kube-system';

/** Deletes bootstrap tokens once they have expired. Models pkg/controller/bootstrap TokenCleaner (v1.34). */
export class TokenCleanerController implements Controller {
  readonly #c: ControllerContext;
  readonly #queue: WorkQueue;
  readonly #secrets: SharedInformer<Secret>;

  constructor(c: ControllerContext) {
    this.#c = c;
    this.#queue = c.journal.queue('token_cleaner', { resource: 'secrets' });
    this.#secrets = c.factory.informer(resourceTypes.secrets, {
      namespace: SYSTEM,
      fieldSelector: `type=${BOOTSTRAP_TOKEN_TYPE}`,
    });
    const look = (secret: Secret): void => this.#queue.add(objectKey(secret));
    this.#secrets.addEventHandler({ onAdd: look, onUpdate: (_, secret) => look(secret) });
  }

  run(): void {
    runWorkers(this.#c.context, { queue: this.#queue, workers: 1, sync: (key) => this.#sync(key) });
  }

  async #sync(key: string): Promise<void> {
    const secret = this.#secrets.lister.get(key);
    const token = secret === undefined ? undefined : bootstrapTokenOf(secret);
    if (secret === undefined || token === undefined) return;
    const left = bootstrapTokenLeft(token, this.#c.context.clock.now());
    if (left === undefined) return;
    if (left > 0) {
      this.#queue.addAfter(key, left);
      return;
    }
    decide(this.#c, {
      subject: `secrets ${key}`,
      action: 'delete',
      desired: 'no expired token',
      observed: 'expired',
    });
    try {
      await this.#c.client
        .resource<Secret>(resourceTypes.secrets, SYSTEM)
        .delete(nameOf(secret), { preconditions: { uid: uidOf(secret) } });
    } catch (error) {
      if (!isNotFound(error) && !isConflict(error)) throw error;
    }
  }
}
