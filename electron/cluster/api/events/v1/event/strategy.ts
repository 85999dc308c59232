import { EVENT_STRATEGY } from '../../../core/v1/event/strategy.ts';
import type { KindStrategy } from '../../../strategy.ts';
import type { Event, EventsV1Event, KubeObject } from '../../../types.ts';
import { defineStrategy } from '../../../generic-strategy.ts';

const STORED_GVK = { group: '', version: 'v1', kind: 'Event' };

/** Events as events.k8s.io/v1 shows them; stored as core/v1 Events. Models pkg/apis/events/v1 conversion (v1.34). */
export const EVENTS_V1_EVENT_STRATEGY: KindStrategy<EventsV1Event> = defineStrategy<EventsV1Event>({
  gvk: { group: 'events.k8s.io', version: 'v1', kind: 'Event' },
  resource: 'events',
  singular: 'event',
  shortNames: ['ev'],
  namespaced: true,
  storageVersionHash: 'r2yiGXH7wu8=',
  allowCreateOnUpdate: true,
  storage: { gvk: STORED_GVK, resource: 'events', toStorage, fromStorage },
  names: () => [],
  validate: (event) =>
    EVENT_STRATEGY.validateCreate(toStorage(event) as Event, { now: 0 }).filter(
      (error) => !error.field.startsWith('metadata'),
    ),
  fieldLabels: [
    'regarding.kind',
    'regarding.namespace',
    'regarding.name',
    'regarding.uid',
    'reason',
    'reportingController',
    'type',
  ],
  selectableFields: (event) => ({
    'regarding.kind': event.regarding?.kind ?? '',
    'regarding.namespace': event.regarding?.namespace ?? '',
    'regarding.name': event.regarding?.name ?? '',
    'regarding.uid': event.regarding?.uid ?? '',
    reason: event.reason ?? '',
    reportingController: event.reportingController ?? '',
    type: event.type ?? '',
  }),
  tableRow: (event, now) => EVENT_STRATEGY.tableRow(toStorage(event) as Event, now),
});

/** New name of a field, then its core/v1 name. */
const RENAMED: readonly (readonly [string, string])[] = [
  ['regarding', 'involvedObject'],
  ['note', 'message'],
  ['reportingController', 'reportingComponent'],
  ['deprecatedSource', 'source'],
  ['deprecatedFirstTimestamp', 'firstTimestamp'],
  ['deprecatedLastTimestamp', 'lastTimestamp'],
  ['deprecatedCount', 'count'],
];

function toStorage(object: KubeObject): KubeObject {
  return rename(object, 'v1', ([from, to]) => [from, to]);
}

function fromStorage(object: KubeObject): KubeObject {
  return rename(object, 'events.k8s.io/v1', ([from, to]) => [to, from]);
}

function rename(
  object: KubeObject,
  apiVersion: string,
  direction: (pair: readonly [string, string]) => [string, string],
): KubeObject {
  const result: Record<string, unknown> = { ...object, apiVersion };
  for (const pair of RENAMED) {
    const [from, to] = direction(pair);
    if (result[from] === undefined) continue;
    result[to] = result[from];
    delete result[from];
  }
  return result as KubeObject;
}
