import type { Container, Pod } from '../api/types.ts';
import type { Container as RuntimeContainer, PodSandbox } from '../cri/interface.ts';
import { containerHash, ephemeralContainersOf, isSidecar, restartPolicyOf, specOf } from './pod-accessors.ts';
import type { KillReason } from './container-killer.ts';
import { newest, willRestart } from './pod-status.ts';
import { resizeStep } from './resize/resize-actions.ts';
import type { RuntimePod } from './runtime-cache.ts';

export interface ContainerToStart {
  readonly spec: Container;
  readonly attempt: number;
  /** How the one before ended; undefined when there was none. */
  readonly previous: RuntimeContainer | undefined;
}

/** What probes say of running containers. */
export interface ProbeVerdicts {
  /** The one that wants it ended. */
  failed(container: RuntimeContainer): 'liveness' | 'startup' | undefined;
  isStarted(container: RuntimeContainer): boolean;
}

/** What has to happen for a Pod to be as its spec says. */
export interface PodActions {
  /** Nothing is left to run: the sandbox goes too. */
  readonly killPod: boolean;
  /** Set: a sandbox of this attempt is needed. */
  readonly sandboxAttempt: number | undefined;
  readonly sandbox: PodSandbox | undefined;
  /** Running, but made from something else than the spec now says. */
  readonly kill: readonly {
    readonly spec: Container;
    readonly container: RuntimeContainer;
    readonly message: string;
    readonly reason: KillReason;
  }[];
  /** Running, and to have other limits. */
  readonly resize: readonly { readonly spec: Container; readonly container: RuntimeContainer }[];
  /** In order; sidecars and the next init container, or the regular ones. */
  readonly start: readonly ContainerToStart[];
}

function nextOf(runtime: RuntimePod, spec: Container): ContainerToStart {
  const previous = newest(runtime, spec.name);
  return { spec, attempt: previous === undefined ? 0 : previous.config.metadata.attempt + 1, previous };
}

/** The same for one that still runs: what it waits for after is counted from the one before it. */
function againOf(runtime: RuntimePod, spec: Container): ContainerToStart {
  const previous = runtime.containers.find(
    (other) => other.config.metadata.name === spec.name && other.state === 'CONTAINER_EXITED',
  );
  return { ...nextOf(runtime, spec), previous };
}

/** Containers that have to be started in a sandbox that is new. */
function firstContainers(pod: Pod, runtime: RuntimePod): Container[] {
  const { initContainers = [], containers } = specOf(pod);
  const [first] = initContainers;
  if (first !== undefined) return [first];
  if (restartPolicyOf(pod) === 'Always') return [...containers];
  return containers.filter((spec) => {
    const before = newest(runtime, spec.name);
    return before === undefined || willRestart(pod, spec, false, before.exitCode);
  });
}

/** What has to happen for a Pod to be as its spec says; ephemeral containers are started as soon as there is a sandbox, and once. */
export function computePodActions(
  pod: Pod,
  runtime: RuntimePod,
  probes: ProbeVerdicts,
  memoryCapacity: number,
): PodActions {
  const actions = computeOrdinaryActions(pod, runtime, probes, memoryCapacity);
  if (actions.killPod || actions.sandboxAttempt !== undefined || actions.sandbox === undefined)
    return actions;
  const fresh = ephemeralContainersOf(pod).filter((spec) => newest(runtime, spec.name) === undefined);
  if (fresh.length === 0) return actions;
  return { ...actions, start: [...fresh.map((spec) => nextOf(runtime, spec)), ...actions.start] };
}

/**
 * Compares spec and runtime. Models kuberuntime_manager.go computePodActions (v1.34).
 */
function computeOrdinaryActions(
  pod: Pod,
  runtime: RuntimePod,
  probes: ProbeVerdicts,
  memoryCapacity: number,
): PodActions {
  const [latest] = runtime.sandboxes;
  const nothing = { killPod: false, sandboxAttempt: undefined, kill: [], resize: [], start: [] };
  if (latest === undefined || latest.state !== 'SANDBOX_READY') {
    const attempt = latest === undefined ? 0 : latest.config.metadata.attempt + 1;
    const never = restartPolicyOf(pod) === 'Never' && runtime.containers.length > 0;
    const start = never ? [] : firstContainers(pod, runtime);
    if (start.length === 0) return { ...nothing, killPod: latest !== undefined, sandbox: latest };
    return {
      ...nothing,
      sandboxAttempt: attempt,
      sandbox: latest,
      start: start.map((spec) => nextOf(runtime, spec)),
    };
  }
  const here: RuntimePod = {
    ...runtime,
    containers: runtime.containers.filter((one) => one.podSandboxId === latest.id),
  };
  const begun = specOf(pod).containers.some((spec) => newest(here, spec.name) !== undefined);
  const start: ContainerToStart[] = [];
  const kill: PodActions['kill'][number][] = [];
  const resize: PodActions['resize'][number][] = [];
  /** True when it goes on running. */
  const keep = (spec: Container, container: RuntimeContainer): boolean => {
    const step = resizeStep(pod, spec, container, memoryCapacity);
    if (step === 'restart') {
      const message = `Container ${spec.name} resize requires restart`;
      kill.push({ spec, container, message, reason: 'other' });
      start.push(againOf(runtime, spec));
      return false;
    }
    if (step === 'update') resize.push({ spec, container });
    return true;
  };
  let initialized = true;
  for (const spec of specOf(pod).initContainers ?? []) {
    const found = newest(here, spec.name);
    if (isSidecar(spec)) {
      const probe = found?.state === 'CONTAINER_RUNNING' ? probes.failed(found) : undefined;
      if (found !== undefined && probe !== undefined) {
        kill.push({
          spec,
          container: found,
          message: `Init container ${spec.name} failed ${probe} probe`,
          reason: probe,
        });
        start.push(againOf(runtime, spec));
        continue;
      }
      if (found?.state === 'CONTAINER_RUNNING') {
        if (begun || probes.isStarted(found)) {
          keep(spec, found);
          continue;
        }
        initialized = false;
        break;
      }
      start.push(nextOf(runtime, spec));
      if (!begun) {
        initialized = false;
        break;
      }
      continue;
    }
    if (begun || (found?.state === 'CONTAINER_EXITED' && found.exitCode === 0)) continue;
    initialized = false;
    if (found === undefined || found.state === 'CONTAINER_CREATED') start.push(nextOf(runtime, spec));
    else if (found.state === 'CONTAINER_EXITED') {
      if (!willRestart(pod, spec, true, found.exitCode))
        return { ...nothing, killPod: true, sandbox: latest };
      start.push(nextOf(runtime, spec));
    }
    break;
  }
  if (!initialized) return { ...nothing, sandbox: latest, kill, resize, start };
  let kept = 0;
  for (const spec of specOf(pod).containers) {
    const found = newest(here, spec.name);
    if (found === undefined || found.state === 'CONTAINER_CREATED') {
      start.push(nextOf(runtime, spec));
    } else if (found.state === 'CONTAINER_RUNNING') {
      const changed = found.config.annotations['io.kubernetes.container.hash'] !== containerHash(spec);
      const probe = changed ? undefined : probes.failed(found);
      if (!changed && probe === undefined) {
        if (keep(spec, found)) kept += 1;
        continue;
      }
      const again = changed || restartPolicyOf(pod) !== 'Never';
      const why = changed ? 'definition changed' : `failed ${probe ?? ''} probe`;
      const message = `Container ${spec.name} ${why}${again ? ', will be restarted' : ''}`;
      kill.push({ spec, container: found, message, reason: probe ?? 'other' });
      if (again) start.push(againOf(runtime, spec));
    } else if (willRestart(pod, spec, false, found.exitCode)) {
      start.push(nextOf(runtime, spec));
    }
  }
  const regular = start.filter(({ spec }) => !isSidecar(spec));
  return {
    killPod: kept === 0 && regular.length === 0 && kill.length === 0,
    sandboxAttempt: undefined,
    sandbox: latest,
    kill,
    resize,
    start,
  };
}
