import type { KubeObject, Namespace, Status } from '../../api/types.ts';
import { formatTime } from '../../apimachinery/time.ts';
import { checkPreconditions, finalizersForDeletion } from './deletion.ts';
import { ObjectDeleter } from './object-deleter.ts';
import type { DeleteRequestOptions, WriteContext } from './request-options.ts';
import type { ResourceStore } from './resource-store.ts';
import { storageToStatus } from './storage-to-status.ts';

/**
 * Deleting a namespace only marks it; the namespace controller empties it, and taking away its last finalizer
 * removes it. Models pkg/registry/core/namespace/storage (v1.34).
 */
export class NamespaceDeleter extends ObjectDeleter {
  readonly #namespaces: ResourceStore;

  constructor(target: ResourceStore) {
    super(target);
    this.#namespaces = target;
  }

  override async delete(
    namespace: string,
    name: string,
    options: DeleteRequestOptions,
    write: WriteContext,
  ): Promise<KubeObject | Status> {
    const target = this.#namespaces;
    const current = (await target.get(namespace, name)) as Namespace;
    const finalizers = current.spec?.finalizers ?? [];
    if (finalizers.length === 0) return super.delete(namespace, name, options, write);
    await this.admit(namespace, name, write);
    if (write.dryRun) return current as KubeObject;
    try {
      const { object } = await target.store.guaranteedUpdate(target.key('', name), (stored) => {
        checkPreconditions(stored as KubeObject, options, target.resource);
        return terminating(stored as Namespace, options, target.context.clock.now()) as KubeObject;
      });
      return object;
    } catch (error) {
      throw storageToStatus(error, target.resource, name);
    }
  }
}

function terminating(namespace: Namespace, options: DeleteRequestOptions, now: number): Namespace {
  if (namespace.metadata?.deletionTimestamp !== undefined) return namespace;
  const finalizers = finalizersForDeletion(namespace as KubeObject, options) as string[];
  return {
    ...namespace,
    metadata: {
      ...namespace.metadata,
      deletionTimestamp: formatTime(now),
      ...(finalizers.length === 0 ? {} : { finalizers }),
    },
    status: { ...namespace.status, phase: 'Terminating' },
  };
}
