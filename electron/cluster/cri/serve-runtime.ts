import type { Disposable } from '../../base/disposable.ts';
import type { ProcessContext } from '../machine/interface.ts';
import { CriServer } from './cri-server.ts';
import type { CriHandlers } from './cri-server.ts';
import type { RuntimeCondition } from './interface.ts';
import type { NodeRuntime } from './node-runtime.ts';
import { RuntimeContainers } from './runtime-containers.ts';
import { RuntimeImages } from './runtime-images.ts';
import { RuntimeSandboxes } from './runtime-sandboxes.ts';
import { RuntimeStats } from './runtime-stats.ts';
import { StreamingServer } from './streaming-server.ts';
import type { RuntimeSettings } from './variants/interface.ts';

function conditions(runtime: NodeRuntime): readonly RuntimeCondition[] {
  const network: RuntimeCondition = runtime.ipam.ready
    ? { type: 'NetworkReady', status: true, reason: '', message: '' }
    : {
        type: 'NetworkReady',
        status: false,
        reason: 'NetworkPluginNotReady',
        message: runtime.variant.texts.networkNotReady,
      };
  return [{ type: 'RuntimeReady', status: true, reason: '', message: '' }, network];
}

/** What the runtime finds after a power cut: processes and network namespaces that are no more. */
function recover(runtime: NodeRuntime, now: number): void {
  for (const sandbox of runtime.store.sandboxes.values()) {
    if (sandbox.state === 'SANDBOX_READY' && !runtime.shims.liveSandboxes.has(sandbox.id)) {
      runtime.store.putSandbox({ ...sandbox, state: 'SANDBOX_NOTREADY' });
    }
  }
  for (const container of runtime.store.containers.values()) {
    if (container.state !== 'CONTAINER_RUNNING' || runtime.shims.isRunning(container.id)) continue;
    runtime.store.putContainer({
      ...container,
      state: 'CONTAINER_EXITED',
      finishedAt: now,
      exitCode: 255,
      reason: 'Unknown',
      pid: 0,
    });
  }
}

/** Serves both services of CRI at a socket, in the name of a process and as its runtime does, until that ends or is told to. */
export function serveRuntime(
  process: ProcessContext,
  runtime: NodeRuntime,
  settings: RuntimeSettings,
  socket: string,
): Disposable {
  const { variant } = runtime;
  recover(runtime, process.clock.now());
  const images = new RuntimeImages(process, runtime);
  const sandboxes = new RuntimeSandboxes(process, runtime, settings, images, (event) =>
    server.publish(event),
  );
  const containers = new RuntimeContainers(process, runtime, (event) => server.publish(event));
  const streams = new StreamingServer(process, runtime);
  const stats = new RuntimeStats(process, runtime, variant.imageRoot);
  const { runtimeName, runtimeVersion, runtimeApiVersion } = variant;
  const handlers: CriHandlers = {
    Version: async () => ({ version: '0.1.0', runtimeName, runtimeVersion, runtimeApiVersion }),
    Status: async ({ verbose }) => ({
      conditions: conditions(runtime),
      ...(verbose === true ? { info: variant.info(settings, runtime.ipam.ready) } : {}),
    }),
    // Where Pod addresses come from is in the CNI configuration, which is not made from this.
    UpdateRuntimeConfig: async () => ({}),
    RuntimeConfig: async () => ({ linux: { cgroupDriver: settings.cgroupDriver } }),
    RunPodSandbox: (request) => sandboxes.run(request.config),
    StopPodSandbox: (request) => sandboxes.stop(request.podSandboxId),
    RemovePodSandbox: (request) => sandboxes.remove(request.podSandboxId),
    PodSandboxStatus: (request) => sandboxes.status(request.podSandboxId),
    ListPodSandbox: (request) => sandboxes.list(request),
    CreateContainer: (request) => containers.create(request.podSandboxId, request.config),
    StartContainer: (request) => containers.start(request.containerId),
    StopContainer: (request) => containers.stop(request.containerId, request.timeout),
    RemoveContainer: (request) => containers.remove(request.containerId),
    ListContainers: (request) => containers.list(request),
    ContainerStatus: (request) => containers.status(request.containerId),
    UpdateContainerResources: (request) => containers.update(request.containerId, request.linux),
    ReopenContainerLog: (request) => containers.reopenLog(request.containerId),
    ContainerStats: (request) => stats.container(request.containerId),
    ListContainerStats: (request) => stats.containers(request),
    PodSandboxStats: (request) => stats.sandbox(request.podSandboxId),
    ListPodSandboxStats: (request) => stats.sandboxes(request),
    ExecSync: (request) => containers.execSync(request),
    Exec: async (request) => streams.exec(request),
    Attach: async (request) => streams.attach(request),
    PortForward: async (request) => streams.portForward(request),
    PullImage: (request) => images.pull(request.image, request.auth),
    ListImages: () => images.list(),
    ImageStatus: (request) => images.status(request.image),
    RemoveImage: (request) => images.remove(request.image),
    ImageFsInfo: () => stats.imageFs(),
  };
  const server: CriServer = new CriServer(process, handlers);
  const exits = runtime.shims.onDidExit(({ container }) => containers.exited(container));
  process.signal.addEventListener('abort', () => exits.dispose(), { once: true });
  streams.listen();
  return server.listen(socket);
}
