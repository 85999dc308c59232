import type { ProcessContext, Program } from '../machine/interface.ts';
import { ContainerdContainers } from './containerd-containers.ts';
import { ContainerdImages } from './containerd-images.ts';
import { ContainerdSandboxes } from './containerd-sandboxes.ts';
import { CriServer } from './cri-server.ts';
import { RuntimeStats } from './runtime-stats.ts';
import { StreamingServer } from './streaming-server.ts';
import type { CgroupDriver, RuntimeCondition } from './interface.ts';
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

const CONFIG = '/etc/containerd/config.toml';
const SNAPSHOTS = '/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs';

/** `SystemdCgroup` of runc's options; without it containerd makes cgroups by itself. */
function cgroupDriver({ machine }: NodeRuntime): CgroupDriver {
  const text = machine.files.exists(CONFIG) ? machine.files.read(CONFIG) : '';
  return /^\s*SystemdCgroup\s*=\s*true\s*(#.*)?$/m.test(text) ? 'SYSTEMD' : 'CGROUPFS';
}

/** What `Status` says of itself when it is asked to be verbose. */
function info(runtime: NodeRuntime): Readonly<Record<string, string>> {
  const loaded = runtime.ipam.ready
    ? 'OK'
    : 'cni config load failed: no network config found in /etc/cni/net.d: cni plugin not initialized: failed to load cni config';
  const config = {
    containerdEndpoint: CONTAINERD_SOCKET,
    rootDir: '/var/lib/containerd/io.containerd.grpc.v1.cri',
    stateDir: '/run/containerd/io.containerd.grpc.v1.cri',
    cni: { binDir: '/opt/cni/bin', confDir: '/etc/cni/net.d', maxConfNum: 1 },
    containerd: {
      defaultRuntimeName: 'runc',
      runtimes: {
        runc: {
          runtimeType: 'io.containerd.runc.v2',
          options: { SystemdCgroup: cgroupDriver(runtime) === 'SYSTEMD' },
        },
      },
    },
  };
  return {
    config: JSON.stringify(config),
    golang: JSON.stringify('go1.24.5'),
    lastCNILoadStatus: JSON.stringify(loaded),
    'lastCNILoadStatus.default': JSON.stringify(loaded),
  };
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
    const stats = new RuntimeStats(process, runtime, SNAPSHOTS);
    const server: CriServer = new CriServer(process, {
      Version: async () => ({
        version: '0.1.0',
        runtimeName: 'containerd',
        runtimeVersion: `v${CONTAINERD_VERSION}`,
        runtimeApiVersion: 'v1',
      }),
      Status: async ({ verbose }) => ({
        conditions: conditions(runtime),
        ...(verbose === true ? { info: info(runtime) } : {}),
      }),
      // Where Pod addresses come from is in the CNI configuration, which is not made from this.
      UpdateRuntimeConfig: async () => ({}),
      RuntimeConfig: async () => ({ linux: { cgroupDriver: cgroupDriver(runtime) } }),
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
      PullImage: (request) => images.pull(request.image),
      ListImages: () => images.list(),
      ImageStatus: (request) => images.status(request.image),
      RemoveImage: (request) => images.remove(request.image),
      ImageFsInfo: () => stats.imageFs(),
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
