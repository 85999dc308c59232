import { StatusError } from '../errors.ts';
import { isObject, listAt, stringAt } from '../json.ts';
import { resourcePath } from '../rest-mapper.ts';
import type { Session } from '../session.ts';
import { age } from './common.ts';
import type { DescribeTarget } from './interface.ts';
import type { Event } from './types.ts';
import type { DescribeWriter } from './writer.ts';

/** The object's Events, oldest first; undefined where they may not be read. */
export async function eventsFor(
  session: Session,
  about: { kind: string; name: string; namespace: string; uid: string },
): Promise<Event[] | undefined> {
  const events = (await session.mapper()).find('events.v1.') ?? (await session.mapper()).find('events');
  if (!events) return undefined;
  const transport = await session.transport();
  const fields = [
    // kubectl sends both always; an empty namespace is that of a cluster's own objects.
    `involvedObject.name=${about.name}`,
    `involvedObject.namespace=${about.namespace}`,
    ...(about.kind === '' ? [] : [`involvedObject.kind=${about.kind}`]),
    ...(about.uid === '' ? [] : [`involvedObject.uid=${about.uid}`]),
  ];
  try {
    const list = await transport.json({
      path: resourcePath(events, about.namespace),
      query: { fieldSelector: fields.join(','), limit: '500' },
    });
    return sortEvents(listAt(list, 'items').filter(isObject) as unknown as Event[]);
  } catch (error) {
    if (error instanceof StatusError) return undefined;
    throw error;
  }
}

/** By when they were last seen; those that tell no such time come first. */
export function sortEvents(events: readonly Event[]): Event[] {
  const when = (event: Event): number => Date.parse(event.lastTimestamp ?? '') || 0;
  return events
    .map((event, i) => ({ event, i }))
    .sort((a, b) => when(a.event) - when(b.event) || a.i - b.i)
    .map((each) => each.event);
}

/** The time column: `5s`, or `5s (x3 over 2m)`. */
export function eventAge(event: Event, now: number): string {
  const first = event.firstTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp;
  if (event.series) {
    return `${age(event.series.lastObservedTime, now)} (x${event.series.count ?? 0} over ${age(first, now)})`;
  }
  if ((event.count ?? 0) > 1)
    return `${age(event.lastTimestamp, now)} (x${event.count ?? 0} over ${age(event.firstTimestamp, now)})`;
  return age(first, now);
}

function eventSource(event: Event): string {
  return event.source?.component || event.reportingComponent || '';
}

/** The last section of a description. */
export async function eventLines(
  out: DescribeWriter,
  target: DescribeTarget,
  kind = target.mapping.kind,
): Promise<void> {
  if (!target.showEvents) return;
  // Events of a static Pod are about the Pod the kubelet knows, not about its mirror.
  const uid =
    stringAt(target.object, 'metadata', 'annotations', 'kubernetes.io/config.mirror') ||
    stringAt(target.object, 'metadata', 'uid');
  const events = await eventsFor(target.session, {
    kind,
    name: target.name,
    namespace: target.namespace,
    uid,
  });
  if (events) writeEvents(out, events, target.now);
}

export function writeEvents(out: DescribeWriter, events: readonly Event[], now: number): void {
  if (events.length === 0) {
    out.write(0, 'Events:\t<none>\n');
    return;
  }
  out.write(0, 'Events:\n  Type\tReason\tAge\tFrom\tMessage\n');
  out.write(1, '----\t------\t----\t----\t-------\n');
  for (const event of events) {
    out.write(
      1,
      `${event.type ?? ''}\t${event.reason ?? ''}\t${eventAge(event, now)}\t${eventSource(event)}\t${(event.message ?? '').trim()}\n`,
    );
  }
}
