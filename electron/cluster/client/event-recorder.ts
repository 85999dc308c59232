import type { RecordId } from '../../base/causal-record.ts';
import type { Event, KubeObject } from '../api/types.ts';
import { isNotFound, statusOf } from './api-errors.ts';
import type { ComponentContext } from './component-context.ts';
import type { ApiClient } from './interface.ts';
import { resourceTypes } from './resource-types.ts';

export type EventType = 'Normal' | 'Warning';

/** The object an event is about. */
export interface EventTarget {
  readonly apiVersion: string;
  readonly kind: string;
  readonly object: KubeObject;
  /** e.g. `spec.containers{nginx}` */
  readonly fieldPath?: string;
  /** Of the event itself. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Says what happened to an object; never waits and never fails. */
export interface EventRecorder {
  /** `action` is only written by recorders of the newer events API. */
  event(target: EventTarget, type: EventType, reason: string, message: string, action?: string): void;
}

/** What a correlator makes of an event: nothing, a new object, or a patch of an earlier one. */
export type EventWrite =
  | { readonly kind: 'drop' }
  | { readonly kind: 'create'; readonly event: Event }
  | { readonly kind: 'patch'; readonly event: Event; readonly patch: unknown };

const maxTries = 12;
const retryPause = 10_000;

/** Writes events in the order in which they were recorded, each under the cause it was recorded with. */
export class EventSink {
  readonly #context: ComponentContext;
  readonly #client: ApiClient;
  readonly #pending: { readonly write: EventWrite; readonly cause: RecordId }[] = [];
  #running = false;

  constructor(context: ComponentContext, client: ApiClient) {
    this.#context = context;
    this.#client = client;
  }

  push(write: EventWrite): void {
    if (write.kind === 'drop') return;
    // As upstream's queue: what does not fit is lost.
    if (this.#pending.length >= 1000) return;
    this.#pending.push({ write, cause: this.#context.tracer.cause });
    if (this.#running) return;
    this.#running = true;
    this.#context.go(() => this.#run());
  }

  async #run(): Promise<void> {
    for (;;) {
      // A turn of its own: what comes after it in the recording turn keeps its cause.
      await this.#context.clock.sleep(0);
      const next = this.#pending.shift();
      if (next === undefined) break;
      this.#context.tracer.resume(next.cause);
      await this.#write(next.write, next.cause);
    }
    this.#running = false;
  }

  async #write(write: EventWrite, cause: RecordId): Promise<void> {
    for (let attempt = 1; attempt <= maxTries; attempt += 1) {
      try {
        await this.#send(write);
        return;
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        if (statusOf(error) !== undefined) {
          this.#context.log.warn('Server rejected event (will not retry!)', { err: message });
          return;
        }
        this.#context.log.warn('Unable to write event (may retry after sleeping)', { err: message });
        await this.#context.clock.sleep(attempt === 1 ? retryPause * this.#context.rand.float() : retryPause);
        this.#context.tracer.resume(cause);
      }
    }
  }

  async #send(write: EventWrite): Promise<void> {
    if (write.kind === 'drop') return;
    const events = this.#client.resource<Event>(resourceTypes.events, write.event.metadata.namespace);
    if (write.kind === 'patch') {
      try {
        await events.patch(
          write.event.metadata.name ?? '',
          'application/strategic-merge-patch+json',
          write.patch,
        );
        return;
      } catch (error) {
        // It has expired in the meantime: write it anew.
        if (!isNotFound(error)) throw error;
      }
    }
    await events.create(write.event);
  }
}

/** `<object>.<hex nanoseconds>`; never the same twice for one namer. */
export class EventNamer {
  readonly #context: ComponentContext;
  #last = 0n;

  constructor(context: ComponentContext) {
    this.#context = context;
  }

  next(object: string): string {
    let nanoseconds =
      BigInt(Math.trunc(this.#context.clock.now() * 1000)) * 1000n + BigInt(this.#context.rand.int(1000));
    if (nanoseconds <= this.#last) nanoseconds = this.#last + 1n;
    this.#last = nanoseconds;
    return `${object}.${nanoseconds.toString(16)}`;
  }
}

/** `metadata` and `involvedObject` of an event about `target`. Cluster-scoped objects have theirs in `default`. */
export function eventHead(
  target: EventTarget,
  name: string,
): Pick<Event, 'apiVersion' | 'kind' | 'metadata' | 'involvedObject'> {
  const metadata = target.object.metadata ?? {};
  const namespace = metadata.namespace ?? '';
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name, namespace: namespace === '' ? 'default' : namespace },
    involvedObject: {
      kind: target.kind,
      ...(namespace === '' ? {} : { namespace }),
      name: metadata.name ?? '',
      ...(metadata.uid === undefined ? {} : { uid: metadata.uid }),
      apiVersion: target.apiVersion,
      ...(metadata.resourceVersion === undefined ? {} : { resourceVersion: metadata.resourceVersion }),
      ...(target.fieldPath === undefined ? {} : { fieldPath: target.fieldPath }),
    },
  };
}
