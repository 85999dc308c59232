import type { KubeObject, Namespace } from '../../api/types.ts';
import type { ResourceHooks } from './resource-hooks.ts';

/** A terminating namespace goes when both its own and its metadata's finalizers are gone. */
export const NAMESPACE_HOOKS: ResourceHooks = {
  deletableAfterUpdate(object: KubeObject): boolean {
    const namespace = object as Namespace;
    if (namespace.metadata?.deletionTimestamp === undefined) return false;
    return (
      (namespace.spec?.finalizers ?? []).length === 0 && (namespace.metadata.finalizers ?? []).length === 0
    );
  },
};
