import { withDefinitionCondition } from '../../api/apiextensions/v1/custom-resource-definition/conditions.ts';
import { CUSTOM_RESOURCE_CLEANUP } from '../../api/apiextensions/v1/custom-resource-definition/strategy.ts';
import type { CustomResourceDefinition, KubeObject, Status } from '../../api/types.ts';
import { formatTime } from '../../apimachinery/time.ts';
import { checkPreconditions, finalizersForDeletion } from './deletion.ts';
import { ObjectDeleter } from './object-deleter.ts';
import type { DeleteRequestOptions, WriteContext } from './request-options.ts';
import type { ResourceStore } from './resource-store.ts';
import { storageToStatus } from './storage-to-status.ts';

/**
 * Deleting a definition only marks it: its objects go first. Models REST.Delete of
 * pkg/registry/customresourcedefinition (v1.34).
 */
export class DefinitionDeleter extends ObjectDeleter {
  readonly #definitions: ResourceStore;

  constructor(target: ResourceStore) {
    super(target);
    this.#definitions = target;
  }

  override async delete(
    namespace: string,
    name: string,
    options: DeleteRequestOptions,
    write: WriteContext,
  ): Promise<KubeObject | Status> {
    const target = this.#definitions;
    const current = await target.get(namespace, name);
    if (current.metadata?.deletionTimestamp !== undefined)
      return super.delete(namespace, name, options, write);
    await this.admit(namespace, name, write);
    if (write.dryRun) return current;
    try {
      const { object } = await target.store.guaranteedUpdate(target.key('', name), (stored) => {
        checkPreconditions(stored as KubeObject, options, target.resource);
        return marked(stored as CustomResourceDefinition, options, formatTime(target.context.clock.now()));
      });
      return object;
    } catch (error) {
      throw storageToStatus(error, target.resource, name);
    }
  }
}

function marked(
  definition: CustomResourceDefinition,
  options: DeleteRequestOptions,
  time: string,
): KubeObject {
  if (definition.metadata?.deletionTimestamp !== undefined) return definition as KubeObject;
  const kept = finalizersForDeletion(definition as KubeObject, options);
  const finalizers = kept.includes(CUSTOM_RESOURCE_CLEANUP) ? kept : [...kept, CUSTOM_RESOURCE_CLEANUP];
  const pending = {
    type: 'Terminating',
    status: 'True',
    reason: 'InstanceDeletionPending',
    message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
  } as const;
  const deleting = {
    ...definition,
    metadata: { ...definition.metadata, deletionTimestamp: time, finalizers },
  };
  return withDefinitionCondition(deleting, pending, time) as KubeObject;
}
