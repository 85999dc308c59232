import type { Event } from '../api/types.ts';
import type { ComponentContext } from './component-context.ts';
import type { EventRecorder, EventTarget, EventType, EventWrite } from './event-recorder.ts';
import { EventNamer, EventSink, eventHead } from './event-recorder.ts';
import type { ApiClient } from './interface.ts';
import { formatTime } from '../apimachinery/time.ts';
import { TokenBucket } from './token-bucket.ts';

interface Aggregate {
  readonly messages: Set<string>;
  lastAt: number;
}

interface Logged {
  readonly name: string;
  readonly namespace: string;
  readonly first: string;
  count: number;
}

/** More than so many alike within `aggregateFor` are told as one. */
const maxSimilar = 10;
const aggregateFor = 600_000;
const spamBurst = 25;
const spamQps = 1 / 300;
const cacheSize = 4096;

/**
 * Records core/v1 events: repeats of the same event count up, more than ten alike in ten minutes are
 * combined, and a source may say 25 things about one object and then one every five minutes. Models
 * client-go tools/record with its EventCorrelator (v1.34).
 */
export class CoreEventRecorder implements EventRecorder {
  readonly #context: ComponentContext;
  readonly #sink: EventSink;
  readonly #namer: EventNamer;
  readonly #component: string;
  readonly #host: string;
  readonly #aggregates = new Map<string, Aggregate>();
  readonly #logged = new Map<string, Logged>();
  readonly #spam = new Map<string, TokenBucket>();

  /** `host` is the node's name for a kubelet, otherwise empty. */
  constructor(context: ComponentContext, client: ApiClient, component: string, host = '') {
    this.#context = context;
    this.#sink = new EventSink(context, client);
    this.#namer = new EventNamer(context);
    this.#component = component;
    this.#host = host;
  }

  event(target: EventTarget, type: EventType, reason: string, message: string): void {
    this.#sink.push(this.#correlate(target, type, reason, message));
  }

  #correlate(target: EventTarget, type: EventType, reason: string, message: string): EventWrite {
    const metadata = target.object.metadata ?? {};
    const about = [target.kind, metadata.namespace, metadata.name, metadata.uid, target.apiVersion].join('/');
    const similar = [about, target.fieldPath, type, reason].join('|');
    const aggregate = this.#aggregate(similar, message);
    const text = aggregate ? `(combined from similar events): ${message}` : message;
    const logged = this.#observe(aggregate ? similar : `${similar}|${message}`, target);
    if (!this.#spamBucket(about).tryAccept()) return { kind: 'drop' };
    const now = formatTime(this.#context.clock.now());
    const head = eventHead(target, logged.name);
    const event: Event = {
      ...head,
      metadata: {
        name: logged.name,
        namespace: logged.namespace,
        ...(target.annotations === undefined ? {} : { annotations: target.annotations }),
      },
      reason,
      message: text,
      source: { component: this.#component, ...(this.#host === '' ? {} : { host: this.#host }) },
      firstTimestamp: logged.count === 1 ? now : logged.first,
      lastTimestamp: now,
      count: logged.count,
      type,
      reportingComponent: this.#component,
      reportingInstance: this.#host,
    };
    if (logged.count === 1) return { kind: 'create', event };
    const patch = { count: logged.count, lastTimestamp: now, message: text };
    return { kind: 'patch', event, patch };
  }

  /** True when this event is one too many of its kind. */
  #aggregate(key: string, message: string): boolean {
    const now = this.#context.clock.now();
    let aggregate = this.#aggregates.get(key);
    if (aggregate === undefined || now - aggregate.lastAt > aggregateFor) {
      aggregate = { messages: new Set(), lastAt: now };
      remember(this.#aggregates, key, aggregate);
    }
    aggregate.lastAt = now;
    aggregate.messages.add(message);
    if (aggregate.messages.size < maxSimilar) return false;
    // Keeps the set small: what matters is only that it is full.
    aggregate.messages.delete(message);
    return true;
  }

  #observe(key: string, target: EventTarget): Logged {
    const earlier = this.#logged.get(key);
    if (earlier !== undefined) {
      earlier.count += 1;
      return earlier;
    }
    const namespace = target.object.metadata?.namespace ?? '';
    const logged: Logged = {
      name: this.#namer.next(target.object.metadata?.name ?? ''),
      namespace: namespace === '' ? 'default' : namespace,
      first: formatTime(this.#context.clock.now()),
      count: 1,
    };
    remember(this.#logged, key, logged);
    return logged;
  }

  #spamBucket(about: string): TokenBucket {
    const present = this.#spam.get(about);
    if (present !== undefined) return present;
    const bucket = new TokenBucket(this.#context.clock, spamQps, spamBurst);
    remember(this.#spam, about, bucket);
    return bucket;
  }
}

/** Adds to a cache of bounded size; the oldest entry makes room. */
function remember<V>(cache: Map<string, V>, key: string, value: V): void {
  cache.delete(key);
  cache.set(key, value);
  if (cache.size <= cacheSize) return;
  const oldest = cache.keys().next();
  if (oldest.done !== true) cache.delete(oldest.value);
}
