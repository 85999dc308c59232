import type { Context } from '../../base/context.ts';
import type { Container, Pod, Secret } from '../api/types.ts';
import type {
  CgroupDriver,
  Container as RuntimeContainer,
  CriClient,
  PodSandboxConfig,
} from '../cri/interface.ts';
import type { ApiClient } from '../client/interface.ts';
import { CriError } from '../cri/interface.ts';
import type { MachineSpec, ProcessContext } from '../machine/interface.ts';
import type { KeyedBackoff } from './backoff.ts';
import type { DeviceManager } from './devices/device-manager.ts';
import { DeviceAllocationError } from './devices/device-manager.ts';
import type { ContainerEnvironment } from './container-environment.ts';
import { expand } from './container-environment.ts';
import { linuxContainerConfig, windowsContainerConfig } from './container-resources.ts';
import { hostProcessProblem } from './host-process.ts';
import { podCgroup } from './pod-cgroup.ts';
import { podDnsConfig } from './pod-dns.ts';
import type { ClusterDns } from './pod-dns.ts';
import type { ContainerKiller } from './container-killer.ts';
import { graceFor } from './container-killer.ts';
import type { LifecycleHooks } from './lifecycle-hooks.ts';
import type { ProbeManager } from './prober/probe-manager.ts';
import { MountBackoff } from './mount-backoff.ts';
import type { TerminationMessages } from './termination-message.ts';
import type { PodVolumes } from './pod-volumes.ts';
import { ContainerConfigError } from './referenced-objects.ts';
import type { ReferencedObjects } from './referenced-objects.ts';
import { goDuration } from './go-duration.ts';
import { linkLog, pruneLogLinks } from './legacy-log-links.ts';
import type { ImageManager } from './image-manager.ts';
import type { ContainerToStart } from './pod-actions.ts';
import { computePodActions } from './pod-actions.ts';
import {
  containerHash,
  ephemeralContainersOf,
  fullNameOf,
  isSidecar,
  metaOf,
  specOf,
  uidOf,
} from './pod-accessors.ts';
import { PullSecrets } from './pull-secrets.ts';
import type { PodEvents } from './pod-events.ts';
import { newest } from './pod-status.ts';
import type { WaitingReason } from './pod-status.ts';
import { mustNotBeRoot, verifyNotAdministrator, verifyRunAsNonRoot } from './run-as-non-root.ts';
import { ContainerResizer } from './resize/container-resizer.ts';
import type { RuntimeCache } from './runtime-cache.ts';
import { RuntimeHandlerError, runtimeHandlerOf } from './runtime-handlers.ts';

const NETWORK_RETRY = 1_000;

export interface SyncDependencies {
  readonly context: Context & Pick<ProcessContext, 'files'> & { readonly machine: Pick<MachineSpec, 'os'> };
  readonly cri: CriClient;
  readonly cache: RuntimeCache;
  readonly events: PodEvents;
  readonly images: ImageManager;
  readonly objects: ReferencedObjects;
  readonly backoff: KeyedBackoff;
  readonly environment: ContainerEnvironment;
  readonly volumes: PodVolumes;
  readonly devices: DeviceManager;
  readonly probes: ProbeManager;
  readonly hooks: LifecycleHooks;
  readonly messages: TerminationMessages;
  readonly killer: ContainerKiller;
  readonly clusterDns: ClusterDns;
  /** Undefined: the runtime names cgroups. */
  readonly cgroupDriver: CgroupDriver | undefined;
  readonly client: ApiClient;
  readonly hostIp: string;
  /** Bytes that the node has. */
  readonly memoryCapacity: number;
  /** Why Pods with a network of their own cannot be run now; undefined when they can. */
  readonly networkError: () => string | undefined;
}

/** Why a pass did not do all that was to be done. */
export interface SyncFailure {
  readonly message: string;
  /** Milliseconds after which it is tried again; undefined: whenever Pods are. */
  readonly retryAfter?: number;
  /** Why containers do not have the limits that they are to have. */
  readonly resizeError?: string;
}

/** The Pod was told to end while it was being started. */
export class SyncCancelled extends Error {}

/** Brings one Pod's containers to what its spec says. Models kuberuntime_manager.go SyncPod (v1.34). */
export class PodSyncer {
  readonly #deps: SyncDependencies;
  readonly #mountBackoff: MountBackoff;
  readonly #resizer: ContainerResizer;
  readonly #pullSecrets: PullSecrets;

  constructor(deps: SyncDependencies) {
    this.#deps = deps;
    this.#resizer = new ContainerResizer(deps.cri, deps.cache, deps.memoryCapacity);
    this.#pullSecrets = new PullSecrets(deps.objects, deps.events);
    this.#mountBackoff = new MountBackoff(deps.events, () => deps.context.clock.now());
  }

  /**
   * One pass. Updates `reasons` (why a container waits). Resolves to undefined, or to what went wrong:
   * the Pod is then looked at again after a delay. @throws SyncCancelled
   */
  async sync(
    pod: Pod,
    reasons: Map<string, WaitingReason>,
    cancelled: () => boolean,
  ): Promise<SyncFailure | undefined> {
    const { cache, events, killer, volumes, networkError } = this.#deps;
    const runtime = cache.get(uidOf(pod));
    const actions = computePodActions(
      pod,
      runtime,
      this.#deps.probes.verdicts(uidOf(pod)),
      this.#deps.memoryCapacity,
    );
    if (actions.killPod) {
      await this.kill(pod, 0);
      return undefined;
    }
    const secrets = await this.#pullSecrets.of(pod);
    const network = networkError();
    if (network !== undefined && specOf(pod).hostNetwork !== true && actions.start.length > 0) {
      events.pod(pod, 'Warning', 'NetworkNotReady', `network is not ready: ${network}`);
      return { message: `network is not ready: ${network}`, retryAfter: NETWORK_RETRY };
    }
    for (const { spec, container, message, reason } of actions.kill)
      await killer.kill({ pod, spec, container, message, grace: graceFor(pod, spec, reason) });
    let failed: SyncFailure | undefined;
    for (const { spec, container } of actions.resize) {
      const resizeError = await this.#resizer.resize(pod, spec, container);
      if (resizeError !== undefined) failed ??= { message: resizeError, resizeError };
    }
    if (actions.start.length === 0) return failed;
    let sandboxId = actions.sandbox?.id;
    if (actions.sandboxAttempt !== undefined) {
      const unmounted = this.#mountBackoff.told(pod, await volumes.setUp(pod));
      if (unmounted !== undefined) return unmounted;
      if (actions.sandbox !== undefined) {
        events.pod(pod, 'Normal', 'SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.');
        await this.#deps.cri.call('StopPodSandbox', { podSandboxId: actions.sandbox.id });
      }
      const made = await this.#createSandbox(pod, actions.sandboxAttempt);
      if (made instanceof Error) {
        const message = `Failed to create pod sandbox: ${made.message}`;
        events.pod(pod, 'Warning', 'FailedCreatePodSandBox', message);
        return { message };
      }
      sandboxId = made;
    }
    for (const next of actions.start) {
      if (cancelled()) throw new SyncCancelled();
      const reason = await this.#start(pod, next, { sandboxId: sandboxId ?? '', secrets }, cancelled);
      if (reason === undefined) {
        reasons.delete(next.spec.name);
      } else {
        reasons.set(next.spec.name, reason);
        const message = `failed to "StartContainer" for "${next.spec.name}" with ${reason.reason}: "${reason.message}"`;
        failed ??= { message };
      }
    }
    return failed;
  }

  /** All containers that run have what they are to have. */
  isResized(pod: Pod): boolean {
    const { cache, probes, memoryCapacity } = this.#deps;
    const uid = uidOf(pod);
    const { kill, resize } = computePodActions(pod, cache.get(uid), probes.verdicts(uid), memoryCapacity);
    return kill.length === 0 && resize.length === 0;
  }

  /** Nothing of the Pod is left. */
  forget(uid: string): void {
    this.#mountBackoff.forget(uid);
  }

  /**
   * Ends all containers, sidecars last and in reverse, then the sandboxes. `grace` in seconds; 0 where nothing is expected to
   * run any more.
   */
  async kill(pod: Pod, grace: number, quiet = false): Promise<void> {
    const { cache, cri, killer } = this.#deps;
    const { containers, initContainers = [] } = specOf(pod);
    const running = cache
      .get(uidOf(pod))
      .containers.filter((container) => container.state === 'CONTAINER_RUNNING');
    const end = (container: RuntimeContainer, turn?: Promise<unknown>): Promise<void> => {
      const { name } = container.config.metadata;
      const specs = [...containers, ...initContainers, ...ephemeralContainersOf(pod)];
      const spec = specs.find((candidate) => candidate.name === name) ?? { name };
      const message = quiet ? undefined : `Stopping container ${name}`;
      const order = { pod, spec, container, message, grace };
      return killer.kill(turn === undefined ? order : { ...order, turn });
    };
    const sidecars = initContainers.filter(isSidecar).map(({ name }) => name);
    const placeOf = (container: RuntimeContainer): number => sidecars.indexOf(container.config.metadata.name);
    let before = Promise.all(running.filter((one) => placeOf(one) < 0).map((one) => end(one)));
    for (const container of running
      .filter((one) => placeOf(one) >= 0)
      .sort((a, b) => placeOf(b) - placeOf(a)))
      before = Promise.all([before, end(container, before)]).then(() => []);
    await before;
    for (const sandbox of cache.get(uidOf(pod)).sandboxes) {
      if (sandbox.state === 'SANDBOX_READY') await cri.call('StopPodSandbox', { podSandboxId: sandbox.id });
    }
  }

  async #createSandbox(pod: Pod, attempt: number): Promise<string | Error> {
    const { name, namespace, uid, labels, annotations } = metaOf(pod);
    const spec = specOf(pod);
    const { clusterDns, cgroupDriver, client, context } = this.#deps;
    const problem = context.machine.os === 'windows' ? hostProcessProblem(pod) : undefined;
    if (problem !== undefined) return new Error(problem);
    const dnsConfig = podDnsConfig(pod, clusterDns);
    const config: PodSandboxConfig = {
      metadata: { name, namespace, uid, attempt },
      hostname: spec.hostNetwork === true ? (spec.nodeName ?? name) : (spec.hostname ?? name).slice(0, 63),
      logDirectory: `/var/log/pods/${namespace}_${name}_${uid}`,
      labels: {
        ...labels,
        'io.kubernetes.pod.name': name,
        'io.kubernetes.pod.namespace': namespace,
        'io.kubernetes.pod.uid': uid,
      },
      annotations: annotations ?? {},
      network: spec.hostNetwork === true ? 'NODE' : 'POD',
      ...(cgroupDriver === undefined ? {} : { cgroupParent: podCgroup(spec, uid, cgroupDriver) }),
      ...(dnsConfig === undefined ? {} : { dnsConfig }),
    };
    try {
      const runtimeHandler = await runtimeHandlerOf(pod, client);
      const named = runtimeHandler === '' ? config : { ...config, runtimeHandler };
      return (await this.#deps.cri.call('RunPodSandbox', { config: named })).podSandboxId;
    } catch (error) {
      if (error instanceof CriError || error instanceof RuntimeHandlerError) return error;
      throw error;
    }
  }

  /** Undefined when it runs; else why it waits. */
  async #start(
    pod: Pod,
    next: ContainerToStart,
    { sandboxId, secrets }: { readonly sandboxId: string; readonly secrets: readonly Secret[] },
    cancelled: () => boolean,
  ): Promise<WaitingReason | undefined> {
    const { events, images, cri, cache, context } = this.#deps;
    const { spec } = next;
    const waiting = this.#inBackoff(pod, next);
    if (waiting !== undefined) return waiting;
    const fail = (reason: string, message: string): WaitingReason => {
      events.container(pod, spec, 'Warning', 'Failed', `Error: ${message}`);
      return { reason, message };
    };
    const image = await images.ensure(pod, spec, secrets);
    if (cancelled()) throw new SyncCancelled();
    if ('error' in image) {
      const { reason, message } = image.error;
      events.container(pod, spec, 'Warning', 'Failed', `Error: ${reason}`);
      return { reason, message };
    }
    let containerId: string;
    try {
      const config = await this.#config(pod, next, image.imageRef, sandboxId);
      containerId = (await cri.call('CreateContainer', { podSandboxId: sandboxId, config })).containerId;
    } catch (error) {
      if (error instanceof ContainerConfigError || error instanceof DeviceAllocationError)
        return fail('CreateContainerConfigError', error.message);
      if (error instanceof CriError)
        return fail('CreateContainerError', error.code === 'Unknown' ? error.desc : error.message);
      throw error;
    }
    events.container(pod, spec, 'Normal', 'Created', `Created container: ${spec.name}`);
    if (cancelled()) throw new SyncCancelled();
    try {
      await cri.call('StartContainer', { containerId });
    } catch (error) {
      if (!(error instanceof CriError)) throw error;
      return fail('RunContainerError', error.code === 'Unknown' ? error.desc : error.message);
    }
    events.container(pod, spec, 'Normal', 'Started', `Started container ${spec.name}`);
    const started = cache.get(uidOf(pod)).containers.find(({ id }) => id === containerId);
    if (started !== undefined) linkLog(context.files, metaOf(pod), started);
    await this.#removeOlder(pod, spec.name);
    return this.#postStart(pod, spec, containerId);
  }

  /** A container whose hook fails is ended again. */
  async #postStart(pod: Pod, spec: Container, containerId: string): Promise<WaitingReason | undefined> {
    const { events, hooks, killer, cache } = this.#deps;
    const hook = spec.lifecycle?.postStart;
    if (hook === undefined) return undefined;
    const message = await hooks.run(pod, spec, containerId, hook);
    if (message === undefined) return undefined;
    events.container(pod, spec, 'Warning', 'FailedPostStartHook', 'PostStartHook failed');
    const container = newest(cache.get(uidOf(pod)), spec.name);
    if (container !== undefined)
      await killer.kill({
        pod,
        spec,
        container,
        message: 'FailedPostStartHook',
        grace: graceFor(pod, spec, 'other'),
      });
    return { reason: 'PostStartHookError', message };
  }

  #inBackoff(pod: Pod, { spec, previous }: ContainerToStart): WaitingReason | undefined {
    if (previous === undefined || previous.state !== 'CONTAINER_EXITED') return undefined;
    const { backoff, events } = this.#deps;
    const key = `${uidOf(pod)}_${spec.name}_${containerHash(spec)}`;
    if (!backoff.isInBackoffSince(key, previous.finishedAt)) {
      backoff.next(key, previous.finishedAt);
      return undefined;
    }
    const full = `${fullNameOf(pod)}(${uidOf(pod)})`;
    events.container(
      pod,
      spec,
      'Warning',
      'BackOff',
      `Back-off restarting failed container ${spec.name} in pod ${full}`,
    );
    const delay = goDuration(backoff.delay(key));
    return {
      reason: 'CrashLoopBackOff',
      message: `back-off ${delay} restarting failed container=${spec.name} pod=${full}`,
    };
  }

  async #config(pod: Pod, { spec, attempt }: ContainerToStart, imageRef: string, sandboxId: string) {
    const { cache, devices, environment, hostIp, messages, volumes } = this.#deps;
    const granted = await devices.runOptions(pod, spec);
    const targetId = this.#targetOf(pod, spec);
    if (mustNotBeRoot(pod, spec)) {
      const verify =
        this.#deps.context.machine.os === 'windows' ? verifyNotAdministrator : verifyRunAsNonRoot;
      verify(pod, spec, await this.#userOf(imageRef));
    }
    const podIp = cache.get(uidOf(pod)).sandboxes.find((sandbox) => sandbox.id === sandboxId)?.ip ?? '';
    const envs = await environment.resolve(pod, spec, { podIp, hostIp });
    const values = new Map(envs.map(({ key, value }) => [key, value]));
    const { name, namespace, uid } = metaOf(pod);
    const left = messages.prepare(uid, spec, attempt);
    const mounts = [
      ...volumes.mountsOf(pod, spec, (text) => expand(text, values)),
      ...granted.flatMap((one) =>
        one.mounts.map(({ readOnly, ...paths }) => ({ ...paths, readonly: readOnly })),
      ),
      ...left.mounts,
    ];
    const nodes = granted.flatMap((one) => one.devices);
    return {
      metadata: { name: spec.name, attempt },
      ...(mounts.length === 0 ? {} : { mounts }),
      ...(targetId === undefined ? {} : { targetId }),
      ...(this.#deps.context.machine.os === 'windows'
        ? { windows: windowsContainerConfig(pod, spec) }
        : { linux: linuxContainerConfig(pod, spec, this.#deps.memoryCapacity) }),
      image: spec.image ?? '',
      imageRef,
      command: (spec.command ?? []).map((text) => expand(text, values)),
      args: (spec.args ?? []).map((text) => expand(text, values)),
      workingDir: spec.workingDir ?? '',
      envs: [
        ...granted.flatMap((one) => Object.entries(one.envs).map(([key, value]) => ({ key, value }))),
        ...envs,
      ],
      ...(nodes.length === 0 ? {} : { devices: nodes }),
      labels: {
        'io.kubernetes.container.name': spec.name,
        'io.kubernetes.pod.name': name,
        'io.kubernetes.pod.namespace': namespace,
        'io.kubernetes.pod.uid': uid,
      },
      annotations: {
        'io.kubernetes.container.hash': containerHash(spec),
        'io.kubernetes.container.restartCount': String(attempt),
        ...left.annotations,
        ...Object.assign({}, ...granted.map((one) => one.annotations)),
      },
      logPath: `${spec.name}/${attempt}.log`,
      ...(spec.stdin === true ? { stdin: true, stdinOnce: spec.stdinOnce === true } : {}),
      ...(spec.tty === true ? { tty: true } : {}),
    };
  }

  async #userOf(imageRef: string): Promise<string> {
    return (await this.#deps.cri.call('ImageStatus', { image: imageRef })).image?.username ?? '';
  }

  /** The container whose processes an ephemeral one is to see. @throws ContainerConfigError */
  #targetOf(pod: Pod, spec: Container): string | undefined {
    const { targetContainerName: name = '' } = spec as { readonly targetContainerName?: string };
    if (name === '') return undefined;
    const target = newest(this.#deps.cache.get(uidOf(pod)), name);
    if (target === undefined) throw new ContainerConfigError(`unable to find target container ${name}`);
    return target.id;
  }

  /** Keeps one dead container of each name, as the kubelet's garbage collection does. */
  async #removeOlder(pod: Pod, name: string): Promise<void> {
    const { cache, cri, context } = this.#deps;
    const dead = cache
      .get(uidOf(pod))
      .containers.filter(
        (container) => container.config.metadata.name === name && container.state === 'CONTAINER_EXITED',
      );
    for (const container of dead.slice(1)) await cri.call('RemoveContainer', { containerId: container.id });
    if (dead.length > 1) pruneLogLinks(context.files, metaOf(pod));
  }
}
