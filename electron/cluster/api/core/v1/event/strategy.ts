import { ageOf } from '../../../../apimachinery/duration.ts';
import type { TableCell } from '../../../../apimachinery/table.ts';
import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import { invalid } from '../../../../apimachinery/validation/field-error.ts';
import { isDNS1123Subdomain } from '../../../../apimachinery/validation/names.ts';
import { defineStrategy } from '../../../generic-strategy.ts';
import type { KindStrategy } from '../../../strategy.ts';
import type { Event } from '../../../types.ts';

const FIELD_LABELS = [
  'involvedObject.kind',
  'involvedObject.namespace',
  'involvedObject.name',
  'involvedObject.uid',
  'involvedObject.apiVersion',
  'involvedObject.resourceVersion',
  'involvedObject.fieldPath',
  'reason',
  'reportingComponent',
  'source',
  'type',
];

/** Events. Models pkg/registry/core/event (v1.34). */
export const EVENT_STRATEGY: KindStrategy<Event> = defineStrategy<Event>({
  gvk: { group: '', version: 'v1', kind: 'Event' },
  resource: 'events',
  singular: 'event',
  shortNames: ['ev'],
  namespaced: true,
  storageVersionHash: 'r2yiGXH7wu8=',
  allowCreateOnUpdate: true,
  names: () => [],
  validate: validateEvent,
  fieldLabels: FIELD_LABELS,
  selectableFields: (event) => {
    const about = event.involvedObject ?? {};
    return {
      'involvedObject.kind': about.kind ?? '',
      'involvedObject.namespace': about.namespace ?? '',
      'involvedObject.name': about.name ?? '',
      'involvedObject.uid': about.uid ?? '',
      'involvedObject.apiVersion': about.apiVersion ?? '',
      'involvedObject.resourceVersion': about.resourceVersion ?? '',
      'involvedObject.fieldPath': about.fieldPath ?? '',
      reason: event.reason ?? '',
      reportingComponent: event.reportingComponent ?? '',
      source: (event.source?.component ?? '') || (event.reportingComponent ?? ''),
      type: event.type ?? '',
    };
  },
  tableRow: eventRow,
});

/** Models legacyValidateEvent (pkg/apis/core/validation/events.go, v1.34). */
function validateEvent(event: Event): FieldError[] {
  const namespace = event.metadata?.namespace ?? '';
  const about = event.involvedObject?.namespace ?? '';
  const errors: FieldError[] = [];
  const agrees = about === '' ? namespace === '' || namespace === 'default' : about === namespace;
  if (!agrees) errors.push(invalid('involvedObject.namespace', about, 'does not match event.namespace'));
  for (const message of isDNS1123Subdomain(namespace)) errors.push(invalid('namespace', namespace, message));
  return errors;
}

/** Models printEvent (v1.34). */
export function eventRow(event: Event, now: number): TableCell[] {
  const first = ageOf(event.firstTimestamp ?? event.eventTime, now);
  let last = event.lastTimestamp === undefined ? first : ageOf(event.lastTimestamp, now);
  let count = event.count ?? 0;
  if (event.series !== undefined) {
    last = ageOf(event.series.lastObservedTime, now);
    count = event.series.count ?? 0;
  } else if (count === 0) count = 1;
  const kind = (event.involvedObject?.kind ?? '').toLowerCase();
  const name = event.involvedObject?.name ?? '';
  return [
    last,
    event.type ?? '',
    event.reason ?? '',
    name === '' ? kind : `${kind}/${name}`,
    event.involvedObject?.fieldPath ?? '',
    eventSource(event),
    (event.message ?? '').trim(),
    first,
    count,
    event.metadata?.name ?? '',
  ];
}

function eventSource(event: Event): string {
  const component = (event.source?.component ?? '') || (event.reportingComponent ?? '');
  const instance = (event.source?.host ?? '') || (event.reportingInstance ?? '');
  return instance === '' ? component : `${component}, ${instance}`;
}
