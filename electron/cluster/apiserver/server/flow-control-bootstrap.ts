import type { FlowSchema, KubeObject, PriorityLevelConfiguration } from '../../api/types.ts';
import { deepEqual } from '../../apimachinery/deep-equal.ts';
import { isMandatory } from '../flowcontrol/flow-control.ts';
import {
  AUTO_UPDATE,
  BOOTSTRAP_FLOW_SCHEMAS,
  BOOTSTRAP_PRIORITY_LEVELS,
  FLOW_CONTROL_GROUP,
} from '../flowcontrol/bootstrap-objects.ts';
import type { ApiServer } from './api-server.ts';
import { createUnlessThere, ownWrite } from './own-writes.ts';

type FlowControlObject = FlowSchema | PriorityLevelConfiguration;

const OBJECTS: readonly (readonly [resource: string, objects: readonly FlowControlObject[]])[] = [
  ['prioritylevelconfigurations', BOOTSTRAP_PRIORITY_LEVELS],
  ['flowschemas', BOOTSTRAP_FLOW_SCHEMAS],
];

/** Creates the priority levels and flow schemas that every cluster has. @throws StatusError, StorageError */
export async function bootstrapFlowControl(server: ApiServer): Promise<void> {
  await Promise.all(
    OBJECTS.flatMap(([resource, objects]) =>
      objects.map((object) => createUnlessThere(server, FLOW_CONTROL_GROUP, resource, object as KubeObject)),
    ),
  );
}

/**
 * Makes again what was deleted, and gives back their specs to those that are kept up to date: the mandatory ones, and
 * those whose annotation says so (without one: as long as nobody has changed them). Works from the caches.
 * Models registry/flowcontrol/ensurer (v1.34). @throws StatusError, StorageError
 */
export async function ensureFlowControl(server: ApiServer): Promise<void> {
  for (const [resource, objects] of OBJECTS) {
    const served = server.resources.find(FLOW_CONTROL_GROUP, 'v1', resource);
    if (served?.store.cache.ready !== true) continue;
    for (const object of objects) {
      const name = object.metadata?.name ?? '';
      const stored = served.store.cache.get(served.store.key('', name)) as FlowControlObject | undefined;
      if (stored === undefined)
        await createUnlessThere(server, FLOW_CONTROL_GROUP, resource, object as KubeObject);
      else if (isKeptUpToDate(stored) && !deepEqual(stored.spec, object.spec)) {
        const update = (current: KubeObject | undefined): KubeObject =>
          ({ ...current, spec: object.spec }) as KubeObject;
        await served.writer.update(
          { namespace: '', name, subresource: '', update, create: 'never' },
          ownWrite('api-priority-and-fairness-config-producer-v1'),
        );
      }
    }
  }
}

function isKeptUpToDate({ metadata }: FlowControlObject): boolean {
  if (isMandatory(metadata?.name ?? '')) return true;
  const annotation = metadata?.annotations?.[AUTO_UPDATE];
  return annotation === undefined ? metadata?.generation === 1 : annotation === 'true';
}
