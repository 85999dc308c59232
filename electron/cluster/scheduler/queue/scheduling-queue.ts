import type { RecordId } from '../../../base/causal-record.ts';
import type { Context } from '../../../base/context.ts';
import type { Disposable } from '../../../base/disposable.ts';
import { Heap } from '../../../base/heap.ts';
import type { KubeObject } from '../../api/types.ts';
import type { ClusterEvent, EventRegistration } from '../framework/cluster-event.ts';
import type { PodInfo } from '../framework/pod-info.ts';
import type { Status } from '../framework/status.ts';

export type QueueName = 'active' | 'backoff' | 'unschedulable';

/** A Pod in the queue. Models framework.QueuedPodInfo (v1.34). */
export interface QueuedPodInfo {
  info: PodInfo;
  timestamp: number;
  readonly initialTimestamp: number;
  /** Scheduling cycles begun so far. */
  attempts: number;
  /** Refusals and errors so far, for the backoff. */
  failures: number;
  /** Plugins that refused it last time; empty for an error. */
  rejectors: ReadonlySet<string>;
  gated: Status | undefined;
  cause: RecordId;
  where: QueueName | undefined;
  /** Tells a heap entry that has gone stale. */
  ticket: number;
}

/** What the queue asks of the framework of a Pod. */
export interface QueueRules {
  less(a: QueuedPodInfo, b: QueuedPodInfo): boolean;
  preEnqueue(pod: PodInfo): Status | undefined;
  /** Registrations of the plugins of the Pod's profile, by plugin name. */
  registrations(pod: PodInfo): ReadonlyMap<string, readonly EventRegistration[]>;
}

/** Told of every move, for the causal log. `why`: the cluster event or what else moved it. */
export type QueueMove = (pod: QueuedPodInfo, to: QueueName, why: string) => void;

interface Entry {
  readonly pod: QueuedPodInfo;
  readonly ticket: number;
  readonly expiry: number;
  readonly order: number;
}

/** Milliseconds. */
export interface BackoffTimes {
  readonly initial: number;
  readonly max: number;
}

const defaultBackoff: BackoffTimes = { initial: 1_000, max: 10_000 };
export const maxInUnschedulable = 5 * 60_000;

/**
 * Pods that wait to be scheduled: active (now), backoff (after a pause) and unschedulable (until something
 * changes that may help, or five minutes have passed). A Pod that backs off after a refusal is taken early
 * when nothing else is to be done; one that backs off after an error is not. Models
 * pkg/scheduler/backend/queue (v1.34).
 */
export class SchedulingQueue {
  readonly #context: Context;
  readonly #rules: QueueRules;
  readonly #onMove: QueueMove;
  readonly #pods = new Map<string, QueuedPodInfo>();
  readonly #active: Heap<Entry>;
  readonly #backoff = new Heap<Entry>(
    (a, b) => a.expiry < b.expiry || (a.expiry === b.expiry && a.order < b.order),
  );
  readonly #unschedulable = new Set<QueuedPodInfo>();
  readonly #counts = { active: 0, backoff: 0 };
  #waiter: ((pod: QueuedPodInfo) => void) | undefined;
  #handoverPending = false;
  #backoffTimer: { readonly at: number; readonly timer: Disposable } | undefined;
  #leftoverTimer: Disposable | undefined;
  #tickets = 0;

  readonly #backoffTimes: BackoffTimes;

  constructor(
    context: Context,
    rules: QueueRules,
    onMove: QueueMove = () => undefined,
    backoff: BackoffTimes = defaultBackoff,
  ) {
    this.#backoffTimes = backoff;
    this.#context = context;
    this.#rules = rules;
    this.#onMove = onMove;
    this.#active = new Heap<Entry>((a, b) => {
      if (rules.less(a.pod, b.pod)) return true;
      return !rules.less(b.pod, a.pod) && a.order < b.order;
    });
  }

  get size(): Readonly<Record<QueueName, number>> {
    return { ...this.#counts, unschedulable: this.#unschedulable.size };
  }

  where(key: string): QueueName | undefined {
    return this.#pods.get(key)?.where;
  }

  /** A new Pod. */
  add(info: PodInfo): void {
    const now = this.#context.clock.now();
    const pod: QueuedPodInfo = {
      info,
      timestamp: now,
      initialTimestamp: now,
      attempts: 0,
      failures: 0,
      rejectors: new Set(),
      gated: undefined,
      cause: this.#context.tracer.cause,
      where: undefined,
      ticket: 0,
    };
    this.delete(info.key);
    this.#pods.set(info.key, pod);
    this.#toActive(pod, 'PodAdd');
  }

  /** A waiting Pod changed; `helps` says whether the change may make it schedulable. */
  update(info: PodInfo, helps: boolean): void {
    const pod = this.#pods.get(info.key);
    if (pod === undefined) {
      this.add(info);
      return;
    }
    pod.info = info;
    if (pod.where === 'unschedulable' && helps) {
      pod.cause = this.#context.tracer.cause;
      this.#leave(pod);
      this.#requeue(pod, 'PodUpdate');
    }
  }

  delete(key: string): void {
    const pod = this.#pods.get(key);
    if (pod === undefined) return;
    this.#leave(pod);
    this.#pods.delete(key);
  }

  /** The next Pod, in a turn of its own and under the cause that made it active. One caller at a time. */
  pop(): Promise<QueuedPodInfo> {
    return new Promise((resolve) => {
      this.#waiter = resolve;
      this.#dispatch();
    });
  }

  /** The Pod is on its way to a node, or gone. */
  done(key: string): void {
    const pod = this.#pods.get(key);
    if (pod !== undefined && pod.where === undefined) this.#pods.delete(key);
  }

  /** No node would take it. It waits for an event that its rejectors registered for. */
  addUnschedulable(pod: QueuedPodInfo, rejectors: ReadonlySet<string>): void {
    if (this.#pods.get(pod.info.key) !== pod) return;
    pod.failures += 1;
    pod.rejectors = rejectors;
    pod.timestamp = this.#context.clock.now();
    this.#toUnschedulable(pod, 'ScheduleAttemptFailure');
  }

  /** Something went wrong: it is tried again after its backoff, whatever happens. */
  addAfterError(pod: QueuedPodInfo): void {
    if (this.#pods.get(pod.info.key) !== pod) return;
    pod.failures += 1;
    pod.rejectors = new Set();
    pod.timestamp = this.#context.clock.now();
    this.#toBackoff(pod, 'ScheduleAttemptFailure');
  }

  /** Moves the Pods that an event may help; not the one it is about. */
  moveOnEvent(
    event: ClusterEvent,
    oldObject: KubeObject | undefined,
    newObject: KubeObject | undefined,
    except?: string,
  ): void {
    if (this.#unschedulable.size === 0) return;
    for (const pod of [...this.#unschedulable]) {
      if (pod.info.key === except) continue;
      if (!this.#mayHelp(pod, event, oldObject, newObject)) continue;
      pod.cause = this.#context.tracer.cause;
      this.#leave(pod);
      this.#requeue(pod, `${event.resource}${event.action}`);
    }
  }

  #mayHelp(
    pod: QueuedPodInfo,
    event: ClusterEvent,
    oldObject: KubeObject | undefined,
    newObject: KubeObject | undefined,
  ): boolean {
    if (pod.rejectors.size === 0) return true;
    const registrations = this.#rules.registrations(pod.info);
    for (const plugin of pod.rejectors) {
      for (const { resource, actions, hint } of registrations.get(plugin) ?? []) {
        if (resource !== event.resource || !actions.includes(event.action)) continue;
        if (hint === undefined || hint(pod.info, oldObject, newObject) === 'Queue') return true;
      }
    }
    return false;
  }

  #requeue(pod: QueuedPodInfo, why: string): void {
    if (this.#backoffEnd(pod) > this.#context.clock.now()) this.#toBackoff(pod, why);
    else this.#toActive(pod, why);
  }

  #toActive(pod: QueuedPodInfo, why: string): void {
    pod.gated = this.#rules.preEnqueue(pod.info);
    if (pod.gated !== undefined) {
      pod.rejectors = new Set([pod.gated.plugin ?? '']);
      this.#toUnschedulable(pod, why);
      return;
    }
    this.#enter(pod, 'active');
    this.#counts.active += 1;
    this.#active.push({ pod, ticket: pod.ticket, expiry: 0, order: pod.ticket });
    this.#onMove(pod, 'active', why);
    this.#dispatch();
  }

  #toBackoff(pod: QueuedPodInfo, why: string): void {
    this.#enter(pod, 'backoff');
    this.#counts.backoff += 1;
    this.#backoff.push({ pod, ticket: pod.ticket, expiry: this.#backoffEnd(pod), order: pod.ticket });
    this.#onMove(pod, 'backoff', why);
    this.#armBackoff();
    this.#dispatch();
  }

  #toUnschedulable(pod: QueuedPodInfo, why: string): void {
    this.#enter(pod, 'unschedulable');
    this.#unschedulable.add(pod);
    this.#onMove(pod, 'unschedulable', why);
    this.#armLeftover();
  }

  #enter(pod: QueuedPodInfo, where: QueueName): void {
    pod.where = where;
    pod.ticket = this.#tickets += 1;
  }

  /** Heap entries stay until they come up; their ticket tells that they no longer count. */
  #leave(pod: QueuedPodInfo): void {
    if (pod.where === 'unschedulable') this.#unschedulable.delete(pod);
    else if (pod.where !== undefined) this.#counts[pod.where] -= 1;
    pod.where = undefined;
    pod.ticket = 0;
  }

  #backoffEnd(pod: QueuedPodInfo): number {
    if (pod.failures === 0) return 0;
    const { initial, max } = this.#backoffTimes;
    return pod.timestamp + Math.min(max, initial * 2 ** Math.min(pod.failures - 1, 30));
  }

  #dispatch(): void {
    if (this.#waiter === undefined || this.#handoverPending) return;
    if (this.#counts.active === 0 && this.#earlyBackoff() === undefined) return;
    this.#handoverPending = true;
    this.#context.clock.setTimeout(() => this.#handOver(), 0);
  }

  #handOver(): void {
    this.#handoverPending = false;
    const pod = this.#take(this.#active, 'active') ?? this.#takeEarly();
    if (pod === undefined || this.#waiter === undefined) return;
    const deliver = this.#waiter;
    this.#waiter = undefined;
    this.#leave(pod);
    pod.attempts += 1;
    this.#context.tracer.resume(pod.cause);
    deliver(pod);
  }

  #take(heap: Heap<Entry>, where: QueueName): QueuedPodInfo | undefined {
    for (;;) {
      const entry = heap.pop();
      if (entry === undefined) return undefined;
      if (entry.pod.ticket === entry.ticket && entry.pod.where === where) return entry.pod;
    }
  }

  #takeEarly(): QueuedPodInfo | undefined {
    return this.#earlyBackoff() === undefined ? undefined : this.#take(this.#backoff, 'backoff');
  }

  /** The first Pod in backoff, if it is there because of a refusal and may go early. */
  #earlyBackoff(): QueuedPodInfo | undefined {
    const entry = this.#firstBackoff();
    return entry !== undefined && entry.pod.rejectors.size > 0 && entry.pod.gated === undefined
      ? entry.pod
      : undefined;
  }

  #firstBackoff(): Entry | undefined {
    for (;;) {
      const entry = this.#backoff.peek();
      if (entry === undefined || (entry.pod.ticket === entry.ticket && entry.pod.where === 'backoff'))
        return entry;
      this.#backoff.pop();
    }
  }

  #armBackoff(): void {
    const first = this.#firstBackoff();
    if (first === undefined) return;
    if (this.#backoffTimer !== undefined && this.#backoffTimer.at <= first.expiry) return;
    this.#backoffTimer?.timer.dispose();
    const timer = this.#context.clock.setTimeout(
      () => this.#flushBackoff(),
      Math.max(0, first.expiry - this.#context.clock.now()),
    );
    this.#backoffTimer = { at: first.expiry, timer };
  }

  #flushBackoff(): void {
    this.#backoffTimer = undefined;
    for (;;) {
      const first = this.#firstBackoff();
      if (first === undefined || first.expiry > this.#context.clock.now()) break;
      this.#backoff.pop();
      this.#leave(first.pod);
      this.#toActive(first.pod, 'BackoffComplete');
    }
    this.#armBackoff();
  }

  #armLeftover(): void {
    if (this.#leftoverTimer !== undefined) return;
    this.#leftoverTimer = this.#context.clock.setTimeout(() => this.#flushLeftover(), 30_000);
  }

  #flushLeftover(): void {
    this.#leftoverTimer = undefined;
    const now = this.#context.clock.now();
    for (const pod of [...this.#unschedulable]) {
      if (pod.gated !== undefined || now - pod.timestamp < maxInUnschedulable) continue;
      this.#leave(pod);
      this.#requeue(pod, 'UnschedulableTimeout');
    }
    if ([...this.#unschedulable].some((pod) => pod.gated === undefined)) this.#armLeftover();
  }
}
