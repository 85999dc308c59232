import type {
  Container,
  ContainerState,
  ContainerStatus,
  Draft,
  Pod,
  PodCondition,
  PodStatus,
} from '../api/types.ts';
import { formatTime } from '../apimachinery/time.ts';
import type { Container as RuntimeContainer } from '../cri/interface.ts';
import { ephemeralContainersOf, isSidecar, restartPolicyOf, specOf } from './pod-accessors.ts';
import { isOfKubelet, podConditions } from './pod-conditions.ts';
import { podPhase } from './pod-phase.ts';
import { qosClass } from './qos-class.ts';
import type { PodResize } from './resize/pod-resize.ts';
import type { RuntimePod } from './runtime-cache.ts';

/** Why a container could not be started, as the last attempt left it. */
export interface WaitingReason {
  readonly reason: string;
  readonly message: string;
}

/** Why a Pod ends here although it should run. */
export interface Ending extends WaitingReason {
  /** Seconds that its containers get; without it the Pod's own grace period. */
  readonly grace?: number;
  /** What else its status says of it. */
  readonly condition?: PodCondition;
}

export interface StatusInputs {
  readonly pod: Pod;
  readonly runtime: RuntimePod;
  /** By container name. */
  readonly reasons: ReadonlyMap<string, WaitingReason>;
  /** When the kubelet first saw the Pod. */
  readonly startTime: number;
  readonly hostIp: string;
  readonly now: number;
  /** Whether a running container has started and is ready, by its probes. */
  readonly judge: (container: RuntimeContainer) => { readonly started: boolean; readonly ready: boolean };
  /** What a container that has ended left behind to be told; '' for nothing. */
  readonly messageOf: (container: RuntimeContainer) => string;
  /** What it may use, and has, while its spec says something else. */
  readonly resize: Pick<PodResize, 'actual' | 'conditions'>;
  /** All its containers have ended for good. */
  readonly terminated: boolean;
  /** Why the Pod was ended here although it should run. */
  readonly evicted: Ending | undefined;
}

/** The container that counts: the newest of that name. */
export function newest(runtime: RuntimePod, name: string): RuntimeContainer | undefined {
  return runtime.containers.find((container) => container.config.metadata.name === name);
}

function terminatedState(runtimeName: string, container: RuntimeContainer, left: string): ContainerState {
  const message = container.message === '' ? left : container.message;
  return {
    terminated: {
      exitCode: container.exitCode,
      reason: container.reason,
      ...(message === '' ? {} : { message }),
      startedAt: formatTime(container.startedAt),
      finishedAt: formatTime(container.finishedAt),
      containerID: `${runtimeName}://${container.id}`,
    },
  };
}

/** Whether it will be started again. `exitCode` as it ended. */
export function willRestart(pod: Pod, spec: Container, isInit: boolean, exitCode: number): boolean {
  if (isInit) {
    if (isSidecar(spec)) return true;
    return exitCode !== 0 && restartPolicyOf(pod) !== 'Never';
  }
  const policy = restartPolicyOf(pod);
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);
}

class StatusBuilder {
  readonly #inputs: StatusInputs;

  constructor(inputs: StatusInputs) {
    this.#inputs = inputs;
  }

  container(spec: Container, kind: 'regular' | 'init' | 'ephemeral', initialized: boolean): ContainerStatus {
    const isInit = kind === 'init';
    const { pod, runtime, reasons, terminated } = this.#inputs;
    const found = newest(runtime, spec.name);
    const reason = reasons.get(spec.name);
    if (found === undefined) return this.#neverCreated(spec, initialized, reason);
    const previous = runtime.containers.find(
      (other) =>
        other.config.metadata.name === spec.name &&
        other.id !== found.id &&
        other.state === 'CONTAINER_EXITED',
    );
    const status: Draft<ContainerStatus> = {
      name: spec.name,
      state: {},
      lastState: previous === undefined ? {} : this.#terminated(previous),
      ready: false,
      restartCount: found.config.metadata.attempt,
      image: found.config.image,
      imageID: found.imageRef,
      containerID: `${runtime.runtimeName}://${found.id}`,
      started: false,
    };
    if (found.state === 'CONTAINER_RUNNING') {
      status.state = { running: { startedAt: formatTime(found.startedAt) } };
      const probed = !isInit || isSidecar(spec);
      Object.assign(status, probed ? this.#inputs.judge(found) : { started: true, ready: false });
    } else if (found.state === 'CONTAINER_EXITED') {
      const again = kind !== 'ephemeral' && !terminated && willRestart(pod, spec, isInit, found.exitCode);
      if (again && reason !== undefined) {
        status.lastState = this.#terminated(found);
        status.state = { waiting: { ...reason } };
      } else {
        status.state = this.#terminated(found);
      }
      status.ready = isInit && found.exitCode === 0;
    } else {
      status.state = { waiting: reason === undefined ? { reason: waitingFor(initialized) } : { ...reason } };
    }
    const actual = this.#inputs.resize.actual(spec.name);
    return { ...status, ...resourcesOf(spec, actual), ...mountsOf(spec), ...userOf(status) };
  }

  #terminated(container: RuntimeContainer): ContainerState {
    return terminatedState(this.#inputs.runtime.runtimeName, container, this.#inputs.messageOf(container));
  }

  #neverCreated(spec: Container, initialized: boolean, reason: WaitingReason | undefined): ContainerStatus {
    const waiting = reason === undefined ? { reason: waitingFor(initialized) } : { ...reason };
    return {
      name: spec.name,
      state: { waiting },
      lastState: {},
      ready: false,
      restartCount: 0,
      image: spec.image ?? '',
      imageID: '',
      started: false,
      ...resourcesOf(spec),
      ...mountsOf(spec),
    };
  }
}

/** One that was added to a running Pod: it is never restarted, and nobody waits for it. */
function ephemeralStatus(builder: StatusBuilder, spec: Container, hasInits: boolean): ContainerStatus {
  const { started: _, ...status } = builder.container(spec, 'ephemeral', !hasInits);
  return { ...status, ready: false };
}

function waitingFor(initialized: boolean): string {
  return initialized ? 'ContainerCreating' : 'PodInitializing';
}

/** What it has (`actual`: that is not what it may have) and what it may have. */
function resourcesOf(spec: Container, actual = spec.resources): Partial<ContainerStatus> {
  const { requests } = spec.resources ?? {};
  const resources = {
    ...(actual?.limits === undefined ? {} : { limits: actual.limits }),
    ...(actual?.requests === undefined ? {} : { requests: actual.requests }),
  };
  return { resources, ...(requests === undefined ? {} : { allocatedResources: requests }) };
}

function mountsOf(spec: Container): Partial<ContainerStatus> {
  if (spec.volumeMounts === undefined || spec.volumeMounts.length === 0) return {};
  return {
    volumeMounts: spec.volumeMounts.map((mount) => ({
      mountPath: mount.mountPath,
      name: mount.name,
      ...(mount.readOnly === true ? { readOnly: true, recursiveReadOnly: 'Disabled' } : {}),
    })),
  };
}

function userOf(status: ContainerStatus): Partial<ContainerStatus> {
  if (status.state?.running === undefined) return {};
  return { user: { linux: { gid: 0, supplementalGroups: [0], uid: 0 } } };
}

function keepTransitions(
  conditions: readonly PodCondition[],
  old: readonly PodCondition[],
  now: string,
): PodCondition[] {
  return conditions.map((condition) => {
    const before = old.find((other) => other.type === condition.type);
    const same = before?.status === condition.status && before.lastTransitionTime !== undefined;
    // The API writes this field as null; the generated type has no word for that.
    const probe = { lastProbeTime: null } as unknown as Pick<PodCondition, 'lastProbeTime'>;
    return { ...condition, ...probe, lastTransitionTime: same ? before.lastTransitionTime : now };
  });
}

/** What the kubelet has to say of a Pod. Models pkg/kubelet/kubelet_pods.go generateAPIPodStatus (v1.34). */
export function generatePodStatus(inputs: StatusInputs): PodStatus {
  const { pod, runtime } = inputs;
  const spec = specOf(pod);
  const builder = new StatusBuilder(inputs);
  const initSpecs = spec.initContainers ?? [];
  const inits = initSpecs.map((container) => builder.container(container, 'init', true));
  const done = inits.every((status, index) =>
    isSidecar(initSpecs[index] as Container) ? status.started === true : status.ready,
  );
  const started = spec.containers.some((container) => newest(runtime, container.name) !== undefined);
  const initStatuses = inits.map((status) => {
    const untouched =
      newest(runtime, status.name) === undefined && status.state?.waiting?.reason === 'ContainerCreating';
    return untouched && initSpecs.length > 0
      ? { ...status, state: { waiting: { reason: 'PodInitializing' } } }
      : status;
  });
  const containers = spec.containers
    .map((container) => builder.container(container, 'regular', initSpecs.length === 0 || done || started))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const ephemeral = ephemeralContainersOf(pod).map((container) =>
    ephemeralStatus(builder, container, initSpecs.length > 0),
  );
  const old = pod.status ?? {};
  const phase = inputs.evicted === undefined ? podPhase(pod, initStatuses, containers, old.phase) : 'Failed';
  const sandbox = runtime.sandboxes[0];
  const ip = spec.hostNetwork === true ? inputs.hostIp : (sandbox?.ip ?? '');
  // A Pod that has ended keeps the address that it had.
  const address = ip === '' ? (old.podIP ?? '') : ip;
  const generation = pod.metadata?.generation;
  const own = podConditions({
    pod,
    phase,
    inits: initStatuses,
    containers,
    sandboxReady: sandbox?.state === 'SANDBOX_READY' && (spec.hostNetwork === true || sandbox.ip !== ''),
    started,
  });
  const conditions = [...inputs.resize.conditions, ...own];
  const ending = inputs.evicted?.condition === undefined ? [] : [inputs.evicted.condition];
  const foreign = [
    ...(old.conditions ?? []).filter(
      (condition) => !isOfKubelet(condition) && condition.type !== ending[0]?.type,
    ),
    ...ending,
  ];
  return {
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    phase,
    ...(inputs.evicted === undefined
      ? {}
      : { reason: inputs.evicted.reason, message: inputs.evicted.message }),
    conditions: [...keepTransitions(conditions, old.conditions ?? [], formatTime(inputs.now)), ...foreign],
    hostIP: inputs.hostIp,
    hostIPs: [{ ip: inputs.hostIp }],
    ...(address === '' ? {} : { podIP: address, podIPs: [{ ip: address }] }),
    startTime: old.startTime ?? formatTime(inputs.startTime),
    ...(initStatuses.length === 0 ? {} : { initContainerStatuses: initStatuses }),
    containerStatuses: containers,
    ...(ephemeral.length === 0 ? {} : { ephemeralContainerStatuses: ephemeral }),
    qosClass: qosClass(spec),
  };
}
