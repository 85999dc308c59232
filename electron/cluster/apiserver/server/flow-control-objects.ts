import type { FlowSchema, PriorityLevelConfiguration } from '../../api/types.ts';
import { buildPredicate } from '../endpoints/predicate.ts';
import type { ServedResource, ServedResources } from '../endpoints/served-resource.ts';
import { FLOW_CONTROL_GROUP } from '../flowcontrol/bootstrap-objects.ts';
import type { FlowControlObjects } from '../flowcontrol/flow-control.ts';

/** What this server knows of flow control; nothing before its caches are filled. */
export function flowControlObjects(resources: ServedResources): FlowControlObjects {
  let known: readonly (ServedResource | undefined)[] | undefined;
  // Built-in kinds: they are all served once the first request comes.
  const served = (): readonly (ServedResource | undefined)[] =>
    (known ??= ['flowschemas', 'prioritylevelconfigurations'].map((resource) =>
      resources.find(FLOW_CONTROL_GROUP, 'v1', resource),
    ));
  const list = (resource: ServedResource | undefined) =>
    resource === undefined ? [] : resource.store.cache.list(buildPredicate(resource.strategy, '', '', ''));
  return {
    get generation(): number {
      const [schemas, levels] = served();
      return (schemas?.store.cache.generation ?? 0) + (levels?.store.cache.generation ?? 0);
    },
    get schemas(): readonly FlowSchema[] {
      return list(served()[0]) as readonly FlowSchema[];
    },
    get levels(): readonly PriorityLevelConfiguration[] {
      return list(served()[1]) as readonly PriorityLevelConfiguration[];
    },
  };
}
