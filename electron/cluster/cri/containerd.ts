import type { ProcessContext, Program } from '../machine/interface.ts';
import { ContainerdContainers } from './containerd-containers.ts';
import { ContainerdImages } from './containerd-images.ts';
import { ContainerdSandboxes } from './containerd-sandboxes.ts';
import { CriServer } from './cri-server.ts';
import { StreamingServer } from './streaming-server.ts';
import type { RuntimeCondition } from './interface.ts';
import { CONTAINERD_SOCKET, CONTAINERD_VERSION } from './interface.ts';
import type { NodeRuntime } from './node-runtime.ts';

function conditions(runtime: NodeRuntime): readonly RuntimeCondition[] {
  const network: RuntimeCondition = runtime.ipam.ready
    ? { type: 'NetworkReady', status: true, reason: '', message: '' }
    : {
        type: 'NetworkReady',
        status: false,
        reason: 'NetworkPluginNotReady',
        message: 'Network plugin returns error: cni plugin not initialized',
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

/** containerd with its CRI plugin, serving `/run/containerd/containerd.sock`. */
export function containerdProgram(runtime: NodeRuntime): Program {
  return async (process: ProcessContext) => {
    process.stderr(
      `time="${new Date(process.clock.now()).toISOString()}" level=info msg="starting containerd" version=v${CONTAINERD_VERSION}`,
    );
    recover(runtime, process.clock.now());
    const images = new ContainerdImages(process, runtime);
    const sandboxes = new ContainerdSandboxes(process, runtime, (event) => server.publish(event));
    const containers = new ContainerdContainers(process, runtime, (event) => server.publish(event));
    const streams = new StreamingServer(process, runtime);
    const server: CriServer = new CriServer(process, {
      Version: async () => ({
        version: '0.1.0',
        runtimeName: 'containerd',
        runtimeVersion: `v${CONTAINERD_VERSION}`,
        runtimeApiVersion: 'v1',
      }),
      Status: async () => ({ conditions: conditions(runtime) }),
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
      ExecSync: (request) => containers.execSync(request),
      Exec: async (request) => streams.exec(request),
      Attach: async (request) => streams.attach(request),
      PortForward: async (request) => streams.portForward(request),
      PullImage: (request) => images.pull(request.image),
      ListImages: () => images.list(),
      ImageStatus: (request) => images.status(request.image),
      RemoveImage: (request) => images.remove(request.image),
    });
    const exits = runtime.shims.onDidExit(({ container }) => containers.exited(container));
    process.signal.addEventListener('abort', () => exits.dispose(), { once: true });
    streams.listen();
    server.listen(CONTAINERD_SOCKET);
    process.stderr(
      `time="${new Date(process.clock.now()).toISOString()}" level=info msg="containerd successfully booted in 0.04s"`,
    );
    return new Promise<number>((resolve) => process.onTerminate(() => resolve(0)));
  };
}
