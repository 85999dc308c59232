import type { Disposable } from '../../base/disposable.ts';
import type { Pod, PodStatus } from '../api/types.ts';
import type { ComponentContext } from '../client/component-context.ts';
import { CriError } from '../cri/interface.ts';
import type { KeyedBackoff } from './backoff.ts';
import { fullNameOf, gracePeriodOf, metaOf, uidOf } from './pod-accessors.ts';
import type { PodEvents } from './pod-events.ts';
import type { PodRecords } from './pod-record.ts';
import type { Ending, WaitingReason } from './pod-status.ts';
import { generatePodStatus } from './pod-status.ts';
import { PodResize } from './resize/pod-resize.ts';
import type { ResizeRefusal } from './resize/pod-resize.ts';
import type { PodSyncer, SyncFailure } from './pod-syncer.ts';
import { SyncCancelled } from './pod-syncer.ts';
import type { ProbeManager } from './prober/probe-manager.ts';
import type { TerminationMessages } from './termination-message.ts';
import type { RuntimeCache } from './runtime-cache.ts';

/** Milliseconds after a failed pass, plus up to half as much again. */
const RETRY = 10_000;
/** Milliseconds after which a resize that was put off is tried again. */
const RESIZE_RETRY = 180_000;

export interface PodWorkerDependencies {
  readonly context: ComponentContext;
  readonly cache: RuntimeCache;
  readonly syncer: PodSyncer;
  readonly records: PodRecords;
  readonly events: PodEvents;
  readonly probes: ProbeManager;
  readonly messages: TerminationMessages;
  readonly backoff: KeyedBackoff;
  readonly pullBackoff: KeyedBackoff;
  readonly hostIp: string;
  /** Text of a refusal, e.g. `OutOfcpu`, when the node cannot take the Pod. Asked once per Pod. */
  readonly admit: (pod: Pod) => Promise<WaitingReason | undefined>;
  /** Why it does not get what its spec says now, while it runs with something else. */
  readonly refuseResize: (desired: Pod) => ResizeRefusal | undefined;
  /** `final`: nothing of it runs or will run again. */
  readonly setStatus: (pod: Pod, status: PodStatus, final: boolean) => void;
  /** Its containers have ended for good: what was mounted for them goes. */
  readonly unmount: (uid: string) => void;
  /** It is over, and nothing is left of it on this machine. */
  readonly removed: (uid: string) => void;
}

/** All of a running Pod's spec that can still change what runs. */
function imagesOf(pod: Pod): string {
  const { initContainers = [], containers = [], ephemeralContainers = [] } = pod.spec ?? {};
  return [...initContainers, ...containers, ...ephemeralContainers]
    .map((container) => container.image)
    .join(' ');
}

/** How its readiness gates stand; others open and shut them in the Pod's status. */
function gatesOf({ spec, status }: Pod): string {
  const gates = spec?.readinessGates ?? [];
  return gates
    .map(({ conditionType }) => status?.conditions?.find(({ type }) => type === conditionType)?.status ?? '-')
    .join(' ');
}

/**
 * One Pod's life on this node, one pass at a time: sync while it is to run, terminate when it is deleted or has
 * ended, then clean up once it is gone from its source. Models pkg/kubelet/pod_workers.go (v1.34).
 */
export class PodWorker {
  readonly #deps: PodWorkerDependencies;
  readonly #reasons: Map<string, WaitingReason>;
  readonly #startTime: number;
  /** With what it may use. */
  #pod: Pod;
  /** With what its spec says. */
  #desired: Pod;
  readonly #resize: PodResize;
  /** When a resize that was put off is tried again. */
  #resizeRetry: Disposable | undefined;
  #wake: (() => void) | undefined;
  #pending = true;
  #timer: Disposable | undefined;
  #retryAt = 0;
  #gone = false;
  #killing: boolean;
  #cancel: (() => void) | undefined;
  #finished = false;
  /** Why it was ended here although it should run. */
  #evicted: Ending | undefined;
  /** Those who wait for its containers to have ended. */
  readonly #ended: (() => void)[] = [];
  #deadline: Disposable | undefined;
  #admitted = false;

  constructor(deps: PodWorkerDependencies, pod: Pod) {
    this.#deps = deps;
    this.#desired = pod;
    this.#resize = new PodResize(pod);
    this.#pod = this.#resize.allocatedPod(pod);
    const { context, records, backoff, pullBackoff } = deps;
    const record = records.get(uidOf(pod));
    this.#startTime = record?.startTime ?? context.clock.now();
    this.#reasons = new Map(record?.reasons ?? []);
    this.#killing = record?.killing ?? false;
    this.#admitted = record !== undefined;
    this.#evicted = record?.evicted;
    backoff.restore(record?.backoff ?? {});
    pullBackoff.restore(record?.pullBackoff ?? {});
    if (record !== undefined && record.retryAt > context.clock.now()) {
      this.#pending = false;
      this.#retryAfter(record.retryAt - context.clock.now());
    }
    context.go(() => this.#run());
  }

  get pod(): Pod {
    return this.#pod;
  }

  /** Its containers have all ended for good. */
  get finished(): boolean {
    return this.#finished;
  }

  /** A new version of the Pod. Its status alone is no reason to look at it again, unless a readiness gate is opened or shut. */
  update(pod: Pod): void {
    const before = this.#desired;
    this.#desired = pod;
    this.#pod = this.#resize.allocatedPod(pod);
    const changed =
      before.metadata?.deletionTimestamp !== pod.metadata?.deletionTimestamp ||
      before.metadata?.deletionGracePeriodSeconds !== pod.metadata?.deletionGracePeriodSeconds ||
      before.metadata?.generation !== pod.metadata?.generation ||
      imagesOf(before) !== imagesOf(pod) ||
      gatesOf(before) !== gatesOf(pod);
    if (!changed) return;
    if (pod.metadata?.deletionTimestamp !== undefined) this.#cancel?.();
    this.notify();
  }

  /** Something else on the node has ended or become smaller. */
  retryResize(): void {
    if (this.#resize.isDeferred) this.notify();
  }

  /** It has to end although it should run. Resolves when its containers have. `grace` in seconds. */
  async evict(ending: Ending): Promise<void> {
    if (this.#finished) return;
    if (this.#evicted === undefined) {
      this.#evicted = ending;
      this.#cancel?.();
      this.notify();
    }
    await new Promise<void>((resolve) => this.#ended.push(resolve));
  }

  /** The source has it no more. */
  remove(): void {
    this.#gone = true;
    this.#cancel?.();
    this.notify();
  }

  /** Something happened to it in the runtime, or time is up. */
  notify(): void {
    this.#pending = true;
    this.#wake?.();
  }

  async #run(): Promise<void> {
    for (;;) {
      while (!this.#pending) await new Promise<void>((resolve) => (this.#wake = resolve));
      this.#pending = false;
      this.#wake = undefined;
      if (await this.#pass()) return;
    }
  }

  /** True when the worker's work is over. */
  async #pass(): Promise<boolean> {
    this.#watchDeadline();
    const ending =
      this.#gone || this.#pod.metadata?.deletionTimestamp !== undefined || this.#evicted !== undefined;
    try {
      if (ending || this.#finished) {
        await this.#terminate();
        if (!this.#gone) return false;
        this.#deadline?.dispose();
        this.#resizeRetry?.dispose();
        this.#deps.records.delete(uidOf(this.#pod));
        this.#deps.removed(uidOf(this.#pod));
        return true;
      }
      await this.#sync();
    } catch (error) {
      if (error instanceof SyncCancelled) this.#pending = true;
      // The runtime is away or refused: look again later.
      else if (error instanceof CriError) {
        this.#deps.context.log.error('Error syncing pod, skipping', {
          pod: fullNameOf(this.#pod),
          err: error.message,
        });
        this.#retryAfter(RETRY * (1 + 0.5 * this.#deps.context.rand.float()));
      } else throw error;
    }
    return false;
  }

  async #sync(): Promise<void> {
    const { context, syncer, setStatus } = this.#deps;
    if (!this.#admitted) {
      this.#admitted = true;
      const refusal = await this.#deps.admit(this.#pod);
      if (refusal !== undefined) {
        this.#finished = true;
        const status = this.#status(true);
        this.#deps.events.pod(this.#pod, 'Warning', refusal.reason, refusal.message);
        setStatus(
          this.#pod,
          {
            ...status,
            phase: 'Failed',
            reason: refusal.reason,
            message: `Pod was rejected: ${refusal.message}`,
          },
          true,
        );
        return;
      }
    }
    if (this.#resize.decide(this.#desired, this.#deps.refuseResize))
      this.#pod = this.#resize.allocatedPod(this.#desired);
    this.#deps.probes.addPod(this.#pod);
    const status = this.#status(false);
    this.#decide(status);
    setStatus(this.#pod, status, false);
    if (status.phase === 'Succeeded' || status.phase === 'Failed') {
      this.#finished = true;
      this.notify();
      return;
    }
    let cancelled = false;
    const stop = new Promise<never>((_resolve, reject) => {
      this.#cancel = (): void => {
        cancelled = true;
        reject(new SyncCancelled());
      };
    });
    stop.catch(() => undefined);
    // A pull that nobody waits for any more goes on in the runtime; its answer is not looked at.
    const work = syncer.sync(this.#pod, this.#reasons, () => cancelled);
    work.catch(() => undefined);
    const failed = await Promise.race([work, stop]);
    this.#cancel = undefined;
    this.#settleResize(failed);
    this.#timer?.dispose();
    this.#timer = undefined;
    this.#retryAt = 0;
    if (failed !== undefined) {
      const { message, retryAfter = RETRY } = failed;
      context.log.error('Error syncing pod, skipping', { pod: fullNameOf(this.#pod), err: message });
      this.#retryAfter(retryAfter * (1 + 0.5 * context.rand.float()));
    }
    this.#remember();
  }

  /** What has come of a resize; one that was put off is tried again. */
  #settleResize(failed: SyncFailure | undefined): void {
    const { context, events, syncer, setStatus } = this.#deps;
    this.#resizeRetry?.dispose();
    if (this.#resize.isDeferred)
      this.#resizeRetry = context.clock.setTimeout(() => this.notify(), RESIZE_RETRY);
    if (!this.#resize.isInProgress) return;
    if (failed?.resizeError !== undefined) this.#resize.failed(failed.resizeError);
    else if (syncer.isResized(this.#pod)) {
      const told = this.#resize.completed(this.#pod);
      if (told !== undefined) events.pod(this.#pod, 'Normal', 'ResizeCompleted', told);
    } else return;
    setStatus(this.#pod, this.#status(false), false);
  }

  async #terminate(): Promise<void> {
    const { cache, syncer, setStatus, context } = this.#deps;
    const uid = uidOf(this.#pod);
    if (
      !this.#finished ||
      cache.get(uid).containers.some((container) => container.state === 'CONTAINER_RUNNING')
    ) {
      this.#deps.probes.stopLivenessAndStartup(uid);
      const resumed = this.#killing;
      this.#killing = true;
      this.#remember();
      this.#decide(this.#status(false));
      await syncer.kill(this.#pod, this.#remainingGrace(resumed), resumed);
    } else {
      for (const sandbox of cache.get(uid).sandboxes)
        if (sandbox.state === 'SANDBOX_READY') await syncer.kill(this.#pod, 0, true);
    }
    this.#finished = true;
    this.#deps.unmount(uid);
    for (const told of this.#ended.splice(0)) told();
    this.#deps.probes.removePod(uid);
    const mayGo = this.#pod.metadata?.deletionTimestamp !== undefined;
    if (!this.#gone) setStatus(this.#pod, this.#status(true), mayGo);
    if (this.#gone) context.log.debug('Pod has been removed', { pod: fullNameOf(this.#pod) });
    this.#remember();
  }

  #remainingGrace(resumed: boolean): number {
    if (this.#evicted?.grace !== undefined) return Math.min(this.#evicted.grace, gracePeriodOf(this.#pod));
    const grace =
      this.#gone && this.#pod.metadata?.deletionTimestamp === undefined
        ? (this.#pod.spec?.terminationGracePeriodSeconds ?? 30)
        : gracePeriodOf(this.#pod);
    const deadline = this.#pod.metadata?.deletionTimestamp;
    if (!resumed || deadline === undefined) return grace;
    return Math.min(grace, (Date.parse(deadline) - this.#deps.context.clock.now()) / 1000);
  }

  #status(terminated: boolean): PodStatus {
    const { context, cache, hostIp, messages, probes } = this.#deps;
    return generatePodStatus({
      pod: this.#pod,
      runtime: cache.get(uidOf(this.#pod)),
      reasons: this.#reasons,
      startTime: this.#startTime,
      hostIp,
      now: context.clock.now(),
      messageOf: (container) => messages.of(container),
      resize: this.#resize,
      judge: (container) => probes.judge(uidOf(this.#pod), container),
      terminated,
      evicted: this.#evicted,
    });
  }

  /** Models pkg/kubelet/active_deadline.go (v1.34). */
  #watchDeadline(): void {
    const { context, events } = this.#deps;
    const seconds = this.#pod.spec?.activeDeadlineSeconds;
    this.#deadline?.dispose();
    this.#deadline = undefined;
    if (seconds === undefined || this.#finished || this.#evicted !== undefined) return;
    const started = this.#pod.status?.startTime;
    const since = started === undefined ? this.#startTime : Date.parse(started);
    const left = since + seconds * 1000 - context.clock.now();
    if (left > 0) {
      this.#deadline = context.clock.setTimeout(() => {
        this.#cancel?.();
        this.notify();
      }, left);
      return;
    }
    this.#evicted = {
      reason: 'DeadlineExceeded',
      message: 'Pod was active on the node longer than the specified deadline',
    };
    events.pod(this.#pod, 'Normal', this.#evicted.reason, this.#evicted.message);
  }

  #decide(status: PodStatus): void {
    const { tracer } = this.#deps.context;
    const { namespace, name, deletionTimestamp } = metaOf(this.#pod);
    const running = (status.containerStatuses ?? []).filter((one) => one.state?.running !== undefined).length;
    const total = (status.containerStatuses ?? []).length;
    tracer.record({
      kind: 'decision',
      subject: `pods ${namespace}/${name}`,
      action: this.#gone || deletionTimestamp !== undefined ? 'terminate' : 'sync',
      desired:
        deletionTimestamp !== undefined || this.#gone
          ? 'no container running'
          : `${total} containers running`,
      observed: `${running} running`,
      detail: { phase: status.phase ?? '' },
    });
  }

  #retryAfter(ms: number): void {
    const { clock } = this.#deps.context;
    this.#timer?.dispose();
    this.#retryAt = clock.now() + ms;
    this.#timer = clock.setTimeout(() => this.notify(), ms);
  }

  #remember(): void {
    const { records, backoff, pullBackoff } = this.#deps;
    const prefix = `${uidOf(this.#pod)}_`;
    records.set(uidOf(this.#pod), {
      startTime: this.#startTime,
      reasons: [...this.#reasons],
      retryAt: this.#retryAt,
      backoff: backoff.snapshot(prefix),
      pullBackoff: pullBackoff.snapshot(prefix),
      killing: this.#killing,
      ...(this.#evicted === undefined ? {} : { evicted: this.#evicted }),
    });
  }
}
