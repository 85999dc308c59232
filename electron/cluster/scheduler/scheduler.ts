import type { Pod, PodCondition } from '../api/types.ts';
import { formatTime } from '../apimachinery/time.ts';
import { isNotFound } from '../client/api-errors.ts';
import type { ComponentContext } from '../client/component-context.ts';
import type { EventRecorder } from '../client/event-recorder.ts';
import type { InformerFactory } from '../client/informer-factory.ts';
import type { ApiClient } from '../client/interface.ts';
import { resourceTypes } from '../client/resource-types.ts';
import type { Snapshot } from './cache/scheduler-cache.ts';
import { emptySnapshot, SchedulerCache } from './cache/scheduler-cache.ts';
import type { CycleDetail, CycleView } from './cycle-trace.ts';
import { cycleDetail } from './cycle-trace.ts';
import { addEventHandlers, podSelector } from './event-handlers.ts';
import type { EventRegistration } from './framework/cluster-event.ts';
import { CycleState } from './framework/cycle-state.ts';
import { filterWithNominated } from './framework/filter-with-nominated.ts';
import { fitErrorMessage } from './framework/fit-error.ts';
import { createFramework } from './framework/create-framework.ts';
import type { Framework } from './framework/framework.ts';
import type { PluginFactory } from './framework/interface.ts';
import type { NodeInfo } from './framework/node-info.ts';
import type { PodInfo } from './framework/pod-info.ts';
import type { Profile } from './framework/profile.ts';
import type { Status } from './framework/status.ts';
import { isRejected } from './framework/status.ts';
import { WaitingPod } from './framework/waiting-pods.ts';
import { informerObjects } from './informer-objects.ts';
import { Nominator } from './nominator.ts';
import { defaultProfile } from './plugins/registry.ts';
import type { BackoffTimes, QueuedPodInfo, QueueName } from './queue/scheduling-queue.ts';
import { SchedulingQueue } from './queue/scheduling-queue.ts';
import { SearchStart } from './sampling.ts';
import { schedulePod } from './schedule-pod.ts';

export interface SchedulerOptions {
  readonly client: ApiClient;
  readonly factory: InformerFactory;
  /** Events of a profile are reported in its name. */
  readonly recorder: (schedulerName: string) => EventRecorder;
  readonly profiles: readonly Profile[];
  readonly registry: Readonly<Record<string, PluginFactory>>;
  /** Version of kube-scheduler, e.g. `v1.34.9`. */
  readonly release?: string;
  /** For profiles that do not say; 0 leaves it to the size of the cluster. */
  readonly percentageOfNodesToScore?: number;
  readonly backoff?: BackoffTimes;
}

/** So many assumed and nominated Pods are named in a record; of more only the number of the assumed ones is told. */
const maxSeen = 20;

/**
 * Takes Pods from the queue one at a time, finds each a node, assumes it there and binds it without waiting.
 * Models pkg/scheduler/schedule_one.go (v1.34).
 */
export class Scheduler {
  readonly cache: SchedulerCache;
  readonly queue: SchedulingQueue;
  readonly #context: ComponentContext;
  readonly #options: SchedulerOptions;
  readonly #frameworks = new Map<string, Framework>();
  readonly #recorders = new Map<string, EventRecorder>();
  readonly #nominator = new Nominator();
  /** Profiles that are not the default one: records have them. */
  readonly #custom: ReadonlySet<Profile>;
  /** resourceVersions of what it has seen. */
  readonly #versions: { readonly pods: () => string; readonly nodes: () => string };
  readonly #searchStart = new SearchStart();
  /** Pods that have a node but wait for a permit, by key. */
  readonly #waiting = new Map<string, WaitingPod>();
  /** Of the cycle that runs. */
  #snapshot: Snapshot = emptySnapshot;

  /** @throws Error for a broken profile */
  constructor(context: ComponentContext, options: SchedulerOptions) {
    this.#context = context;
    this.#options = options;
    const { factory } = options;
    const objects = informerObjects(factory);
    const pods = factory.informer(resourceTypes.pods, { fieldSelector: podSelector });
    const nodes = factory.informer(resourceTypes.nodes);
    const usual = JSON.stringify(defaultProfile);
    this.#custom = new Set(options.profiles.filter((profile) => JSON.stringify(profile) !== usual));
    this.#versions = {
      pods: () => pods.lastSyncResourceVersion,
      nodes: () => nodes.lastSyncResourceVersion,
    };
    for (const profile of options.profiles) {
      if (this.#frameworks.has(profile.schedulerName))
        throw new Error(`duplicate profile with scheduler name ${JSON.stringify(profile.schedulerName)}`);
      const framework: Framework = createFramework(profile, options.registry, {
        images: () => ({ imageNodes: this.cache.imageNodes, nodeCount: this.cache.nodeCount }),
        objects,
        nodes: () => this.#snapshot.nodes,
        kept: () => this.#snapshot,
        client: options.client,
        rand: context.rand,
        clock: context.clock,
        ...(options.release === undefined ? {} : { release: options.release }),
        waitingPods: this.#waiting,
        filter: (state, pod, node) => this.#filter(framework, state, pod, node),
        addPod: (state, pod, other, node) => framework.addPod(state, pod, other, node),
        removePod: (state, pod, other, node) => framework.removePod(state, pod, other, node),
        preempt: (pod, node, victims) => this.#preempt(pod, node, victims),
      });
      this.#frameworks.set(profile.schedulerName, framework);
      this.#recorders.set(profile.schedulerName, options.recorder(profile.schedulerName));
    }
    const [first] = this.#frameworks.values();
    if (first === undefined) throw new Error('at least one profile is required');
    this.cache = new SchedulerCache(context.clock);
    const rules = {
      less: (a: QueuedPodInfo, b: QueuedPodInfo) => first.less(a, b),
      preEnqueue: (pod: PodInfo) => this.#frameworkOf(pod)?.preEnqueue(pod),
      registrations: (pod: PodInfo) => this.#frameworkOf(pod)?.registrations ?? noRegistrations,
    };
    this.queue = new SchedulingQueue(
      context,
      rules,
      (pod, to, why) => this.#moved(pod, to, why),
      options.backoff,
    );
    addEventHandlers(factory, {
      cache: this.cache,
      queue: this.queue,
      nominator: this.#nominator,
      responsible: (pod) => this.#frameworks.has(schedulerName(pod)),
      // It needs no permit any more.
      deleted: (key) => this.#waiting.get(key)?.reject('', 'removed'),
    });
  }

  /** Schedules until the process ends. */
  async run(): Promise<void> {
    for (;;) this.#scheduleOne(await this.queue.pop());
  }

  #frameworkOf({ pod }: PodInfo): Framework | undefined {
    return this.#frameworks.get(schedulerName(pod));
  }

  /** Only Pods of our own profiles come here. */
  #recorderOf(pod: Pod): EventRecorder {
    return this.#recorders.get(schedulerName(pod)) as EventRecorder;
  }

  /** One cycle: all of it in one turn, as nothing in it waits. */
  #scheduleOne(queued: QueuedPodInfo): void {
    const { info } = queued;
    const framework = this.#frameworkOf(info);
    if (framework === undefined || this.cache.isAssumed(info.key)) {
      this.queue.done(info.key);
      return;
    }
    if (info.pod.metadata?.deletionTimestamp !== undefined) {
      this.#event(
        info,
        'Warning',
        'FailedScheduling',
        `skip schedule deleting pod: ${info.key}`,
        'Scheduling',
      );
      this.queue.done(info.key);
      return;
    }
    const state = new CycleState();
    const snapshot = this.cache.snapshot();
    this.#snapshot = snapshot;
    const filter = (s: CycleState, pod: PodInfo, node: NodeInfo): Status | undefined =>
      this.#filter(framework, s, pod, node);
    const { attempts: attempt } = queued;
    const percentage =
      framework.profile.percentageOfNodesToScore ?? this.#options.percentageOfNodesToScore ?? 0;
    const seen = this.#seen(framework, percentage);
    const cycle = { framework, state, attempt, nodeCount: snapshot.nodes.length, seen };
    const sampling = { start: this.#searchStart, percentage };
    const result = schedulePod(framework, state, info, snapshot, filter, this.#context.rand, sampling);
    if (result.outcome === 'error') {
      const { message } = result;
      const findings = { ...cycle, feasible: [], refused: new Map<string, Status>(), scored: undefined };
      this.#decide(info, 'error', 'not scheduled', cycleDetail(findings, { message }));
      this.#failed(queued, 'SchedulerError', result.message);
      return;
    }
    if (result.outcome === 'unschedulable') {
      const { diagnosis } = result;
      const post =
        diagnosis.nodeCount === 0
          ? undefined
          : framework.postFilter(state, info, snapshot.nodes, diagnosis.byNode);
      const postFilter = post?.status?.reasons.join('. ') ?? '';
      const message = fitErrorMessage({ ...diagnosis, postFilter });
      const nominated = post?.nominatedNodeName;
      const more = {
        message,
        ...(nominated === undefined ? {} : { nominatedNode: nominated }),
        ...(post?.candidates === undefined ? {} : { candidates: post.candidates }),
      };
      const findings = { ...cycle, feasible: [], refused: diagnosis.byNode, scored: undefined };
      const detail = cycleDetail(findings, more);
      this.#decide(info, nominated === undefined ? 'unschedulable' : 'preempt', message, detail);
      if (nominated !== undefined) this.#nominator.set(info, nominated);
      this.#failed(queued, 'Unschedulable', message, diagnosis.rejectors, nominated);
      return;
    }
    const { node, feasible, refused, scored } = result;
    const detail = cycleDetail({ ...cycle, feasible, refused, scored });
    this.#decide(info, 'bind', node, detail);
    this.cache.assume(info, node);
    const reserved = framework.reserve(state, info, node);
    const permitted = reserved === undefined ? framework.permit(state, info, node) : undefined;
    const refusal = reserved ?? permitted?.status;
    if (refusal !== undefined) {
      this.#undo(framework, state, queued, node, refusal, reserved === undefined ? 'Permit' : 'Reserve');
      return;
    }
    if (permitted !== undefined && permitted.timeouts.size > 0)
      this.#waiting.set(info.key, new WaitingPod(info.key, this.#context.clock, permitted.timeouts));
    this.#context.go(() => this.#bind(framework, state, queued, node));
  }

  async #bind(framework: Framework, state: CycleState, queued: QueuedPodInfo, node: string): Promise<void> {
    const { info } = queued;
    const waiting = this.#waiting.get(info.key);
    const unpermitted = await waiting?.wait();
    if (waiting !== undefined) this.#waiting.delete(info.key);
    if (unpermitted !== undefined) {
      this.#undo(framework, state, queued, node, unpermitted, 'Permit');
      return;
    }
    const unprepared = await framework.preBind(state, info, node);
    const failed = unprepared ?? (await framework.bind(state, info, node));
    if (failed !== undefined) {
      this.#undo(framework, state, queued, node, failed, unprepared === undefined ? 'Bind' : 'PreBind');
      return;
    }
    this.cache.finishBinding(info.key);
    this.#nominator.delete(info.key);
    this.queue.done(info.key);
    framework.postBind(state, info, node);
    this.#event(info, 'Normal', 'Scheduled', `Successfully assigned ${info.key} to ${node}`, 'Binding');
  }

  /** `point`: where it was refused or failed. */
  #undo(
    framework: Framework,
    state: CycleState,
    queued: QueuedPodInfo,
    node: string,
    status: Status,
    point: 'Reserve' | 'Permit' | 'PreBind' | 'Bind',
  ): void {
    const { info } = queued;
    const assumed = this.cache.isAssumed(info.key);
    framework.unreserve(state, info, node);
    this.cache.forget(info.key);
    const text = status.reasons.join(', ');
    if (isRejected(status)) this.#failed(queued, 'Unschedulable', text, new Set([status.plugin ?? '']));
    else
      this.#failed(
        queued,
        'SchedulerError',
        status.plugin === undefined
          ? text
          : `running ${point} plugin ${JSON.stringify(status.plugin)}: ${text}`,
      );
    // What it held is free again: others may have been refused for its sake.
    if (assumed)
      this.queue.moveOnEvent({ resource: 'AssignedPod', action: 'Delete' }, info.pod, undefined, info.key);
  }

  /** Models handleSchedulingFailure: event, condition, and back into the queue. */
  #failed(
    queued: QueuedPodInfo,
    reason: string,
    message: string,
    rejectors?: ReadonlySet<string>,
    nominated?: string,
  ): void {
    const { info } = queued;
    if (rejectors !== undefined && rejectors.size > 0) this.queue.addUnschedulable(queued, rejectors);
    else if (reason === 'Unschedulable') this.queue.addUnschedulable(queued, new Set());
    else this.queue.addAfterError(queued);
    this.#event(info, 'Warning', 'FailedScheduling', message, 'Scheduling');
    this.#context.go(() => this.#patchCondition(info.pod, reason, message, nominated));
  }

  async #patchCondition(
    pod: Pod,
    reason: string,
    message: string,
    nominated: string | undefined,
  ): Promise<void> {
    const now = formatTime(this.#context.clock.now());
    const old = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
    const same = old?.status === 'False' && old.reason === reason && old.message === message;
    const setNomination = nominated !== undefined && nominated !== pod.status?.nominatedNodeName;
    if (same && !setNomination) return;
    const condition: PodCondition = {
      type: 'PodScheduled',
      status: 'False',
      reason,
      message,
      lastProbeTime: null as unknown as string,
      lastTransitionTime: old?.status === 'False' ? (old.lastTransitionTime ?? now) : now,
    };
    const status = { conditions: [condition], ...(setNomination ? { nominatedNodeName: nominated } : {}) };
    const { name = '', namespace = '', uid } = pod.metadata ?? {};
    const patch = { ...(uid === undefined ? {} : { metadata: { uid } }), status };
    const pods = this.#options.client.resource<Pod>(resourceTypes.pods, namespace);
    try {
      await pods.patch(name, 'application/strategic-merge-patch+json', patch, 'status');
    } catch (error) {
      if (isNotFound(error)) return;
      this.#context.log.error('Error updating pod', {
        pod: `${namespace}/${name}`,
        err: error instanceof Error ? error.message : String(error),
      });
    }
  }

  /** A Pod changed queues: told of, unless it is what becomes of every new Pod and of every refused one. */
  #moved(pod: QueuedPodInfo, to: QueueName, why: string): void {
    if (pod.gated === undefined && why === (to === 'active' ? 'PodAdd' : 'ScheduleAttemptFailure')) return;
    const { info, rejectors, gated, attempts } = pod;
    pod.cause = this.#context.tracer.record({
      kind: 'decision',
      subject: `pods ${info.key}`,
      action: 'queue',
      desired: to,
      observed: why,
      detail: {
        queue: to,
        why,
        attempts,
        ...(rejectors.size > 0 ? { rejectors: [...rejectors] } : {}),
        ...(gated === undefined ? {} : { message: gated.reasons.join(', ') }),
      },
    });
  }

  /** What this cycle is decided from. */
  #seen({ profile }: Framework, percentage: number): CycleView {
    const { pods, nodes } = this.#versions;
    const [assumed, nominated] = [this.cache.assumed, this.#nominator.all];
    return {
      pods: pods(),
      nodes: nodes(),
      start: this.#searchStart.index,
      ...(percentage === 0 ? {} : { percentage }),
      ...(this.#custom.has(profile) ? { profile } : {}),
      ...(assumed.size > 0 ? { assumed: assumed.size > maxSeen ? assumed.size : [...assumed] } : {}),
      ...(nominated.size > 0 && nominated.size <= maxSeen ? { nominated: [...nominated] } : {}),
    };
  }

  #filter(framework: Framework, state: CycleState, pod: PodInfo, node: NodeInfo): Status | undefined {
    return filterWithNominated(framework, this.#nominator, state, pod, node);
  }

  #preempt(pod: PodInfo, node: string, victims: readonly PodInfo[]): void {
    for (const victim of victims) this.#context.go(() => this.#evict(pod, node, victim));
  }

  async #evict(preemptor: PodInfo, node: string, { pod, key }: PodInfo): Promise<void> {
    const { name = '', namespace = '', deletionTimestamp } = pod.metadata ?? {};
    if (deletionTimestamp !== undefined) return;
    const pods = this.#options.client.resource<Pod>(resourceTypes.pods, namespace);
    const condition: PodCondition = {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'PreemptionByScheduler',
      message: `${schedulerName(preemptor.pod)}: preempting to accommodate a higher priority pod`,
      lastProbeTime: null as unknown as string,
      lastTransitionTime: formatTime(this.#context.clock.now()),
    };
    try {
      await pods.patch(
        name,
        'application/strategic-merge-patch+json',
        { status: { conditions: [condition] } },
        'status',
      );
      await pods.delete(name);
    } catch (error) {
      if (isNotFound(error)) return;
      this.#context.log.error('Preempted pod', {
        pod: key,
        err: error instanceof Error ? error.message : String(error),
      });
      return;
    }
    const target = { apiVersion: 'v1', kind: 'Pod', object: pod };
    this.#recorderOf(preemptor.pod).event(
      target,
      'Normal',
      'Preempted',
      `Preempted by pod ${preemptor.uid} on node ${node}`,
      'Preempting',
    );
  }

  #decide({ key }: PodInfo, action: string, observed: string, detail: CycleDetail): void {
    this.#context.tracer.record({
      kind: 'decision',
      subject: `pods ${key}`,
      action,
      desired: 'a node',
      observed,
      detail,
    });
  }

  #event(
    { pod }: PodInfo,
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
    action: string,
  ): void {
    this.#recorderOf(pod).event(
      { apiVersion: 'v1', kind: 'Pod', object: pod },
      type,
      reason,
      message,
      action,
    );
  }
}

const noRegistrations: ReadonlyMap<string, readonly EventRegistration[]> = new Map();

function schedulerName(pod: Pod): string {
  const name = pod.spec?.schedulerName ?? '';
  return name === '' ? 'default-scheduler' : name;
}
