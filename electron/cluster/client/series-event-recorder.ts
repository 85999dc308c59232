import type { Event } from '../api/types.ts';
import type { ComponentContext } from './component-context.ts';
import type { EventRecorder, EventTarget, EventType } from './event-recorder.ts';
import { EventNamer, EventSink, eventHead } from './event-recorder.ts';
import type { ApiClient } from './interface.ts';
import { formatMicroTime } from '../apimachinery/time.ts';

interface Series {
  event: Event;
  count: number;
  lastAt: number;
}

const finishAfter = 6 * 60_000;
const refreshEvery = 30 * 60_000;
const maxNote = 1024;

/**
 * Records events in the shape of events.k8s.io/v1 (written as core/v1): with eventTime, action and reporting
 * instance; repeats become a series. Models client-go tools/events (v1.34).
 */
export class SeriesEventRecorder implements EventRecorder {
  readonly #context: ComponentContext;
  readonly #sink: EventSink;
  readonly #namer: EventNamer;
  readonly #controller: string;
  readonly #instance: string;
  readonly #series = new Map<string, Series>();

  constructor(context: ComponentContext, client: ApiClient, controller: string, host: string) {
    this.#context = context;
    this.#sink = new EventSink(context, client);
    this.#namer = new EventNamer(context);
    this.#controller = controller;
    this.#instance = `${controller}-${host}`;
    context.clock.setInterval(() => this.#finish(), finishAfter);
    context.clock.setInterval(() => this.#refresh(), refreshEvery);
  }

  event(target: EventTarget, type: EventType, reason: string, message: string, action = reason): void {
    const now = this.#context.clock.now();
    const metadata = target.object.metadata ?? {};
    const key = [type, action, reason, target.kind, metadata.namespace, metadata.name, metadata.uid].join(
      '|',
    );
    const known = this.#series.get(key);
    if (known !== undefined) {
      known.count += 1;
      known.lastAt = now;
      if (known.count > 2) return;
      this.#patch(known);
      return;
    }
    const event: Event = {
      ...eventHead(target, this.#namer.next(metadata.name ?? '')),
      reason,
      message: message.length > maxNote ? `${message.slice(0, maxNote - 4)} ...` : message,
      source: {},
      firstTimestamp: null as unknown as string,
      lastTimestamp: null as unknown as string,
      type,
      eventTime: formatMicroTime(now),
      action,
      reportingComponent: this.#controller,
      reportingInstance: this.#instance,
    };
    this.#series.set(key, { event, count: 1, lastAt: now });
    this.#sink.push({ kind: 'create', event });
  }

  #patch(series: Series): void {
    const patch = { series: { count: series.count, lastObservedTime: formatMicroTime(series.lastAt) } };
    series.event = { ...series.event, ...patch };
    this.#sink.push({ kind: 'patch', event: series.event, patch });
  }

  /** Says how often a series was seen in the end, and forgets what has been quiet. */
  #finish(): void {
    const now = this.#context.clock.now();
    for (const [key, series] of this.#series) {
      if (now - series.lastAt < finishAfter) continue;
      if (series.count > 2) this.#patch(series);
      this.#series.delete(key);
    }
  }

  #refresh(): void {
    for (const series of this.#series.values()) if (series.count > 2) this.#patch(series);
  }
}
