import type { ContainerStats, FilesystemUsage, PodSandboxStats } from './stats.ts';

/**
 * The container runtime interface, in the shape and with the names of k8s.io/cri-api runtime/v1 (v0.34), as far
 * as it is served. Times are virtual milliseconds since the Unix epoch (upstream: nanoseconds).
 */
export interface PodSandboxMetadata {
  readonly name: string;
  readonly uid: string;
  readonly namespace: string;
  readonly attempt: number;
}

export interface PodSandboxConfig {
  readonly metadata: PodSandboxMetadata;
  readonly hostname: string;
  readonly logDirectory: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** `linux.securityContext.namespaceOptions.network` upstream: NODE is host networking. */
  readonly network: 'POD' | 'NODE';
  /** `linux.cgroup_parent` upstream, in the form of the kubelet's cgroup driver. */
  readonly cgroupParent?: string;
  /** Which of the runtime's handlers runs it (upstream: `RunPodSandboxRequest.runtime_handler`); without it the default one. */
  readonly runtimeHandler?: string;
  /** What `/etc/resolv.conf` of the Pod says; without it that of the machine, which knows no cluster names. */
  readonly dnsConfig?: {
    readonly servers: readonly string[];
    readonly searches: readonly string[];
    readonly options: readonly string[];
  };
}

export type PodSandboxState = 'SANDBOX_READY' | 'SANDBOX_NOTREADY';

export interface PodSandbox {
  readonly id: string;
  readonly config: PodSandboxConfig;
  readonly state: PodSandboxState;
  readonly createdAt: number;
  /** Empty once the network has been torn down. */
  readonly ip: string;
}

export interface ContainerMetadata {
  readonly name: string;
  readonly attempt: number;
}

/** What a cgroup grants; 0 or absent: no limit. Absent in an update: as it was. */
export interface LinuxContainerResources {
  /** Microseconds. */
  readonly cpuPeriod?: number;
  /** Microseconds of one core in each period. */
  readonly cpuQuota?: number;
  readonly cpuShares?: number;
  readonly memoryLimitInBytes?: number;
  readonly oomScoreAdj?: number;
}

/** Windows' half of a container's configuration. */
export interface WindowsContainerConfig {
  /** 0: no limit. What is committed beyond it is refused: there is no OOM killer. */
  readonly memoryLimitInBytes: number;
  /** Without it the image's user. */
  readonly runAsUsername?: string;
  /** A process of the machine itself, not in a container of its own. */
  readonly hostProcess?: boolean;
}

/** Who the main process runs as; without it the image's user. */
export interface LinuxContainerSecurityContext {
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
  readonly supplementalGroups?: readonly number[];
  readonly privileged?: boolean;
  readonly readonlyRootfs?: boolean;
}

export interface LinuxContainerConfig {
  readonly resources?: LinuxContainerResources;
  readonly securityContext?: LinuxContainerSecurityContext;
}

export interface ContainerConfig {
  readonly metadata: ContainerMetadata;
  /** What the Pod's author wrote, e.g. `nginx:1.25`. */
  readonly image: string;
  /** Image id to run, as `PullImage` or `ImageStatus` gave it. */
  readonly imageRef: string;
  /** Overrides the image's entrypoint when not empty. */
  readonly command: readonly string[];
  /** Overrides the image's command when not empty. */
  readonly args: readonly string[];
  readonly workingDir: string;
  readonly envs: readonly { readonly key: string; readonly value: string }[];
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly mounts?: readonly {
    readonly containerPath: string;
    /** A folder of the machine. */
    readonly hostPath: string;
    readonly readonly: boolean;
  }[];
  /** Devices of the machine that it sees. */
  readonly devices?: readonly {
    readonly containerPath: string;
    readonly hostPath: string;
    readonly permissions: string;
  }[];
  /** The container whose processes it sees (upstream: `namespace_options.target_id` with PID mode TARGET). */
  readonly targetId?: string;
  readonly linux?: LinuxContainerConfig;
  readonly windows?: WindowsContainerConfig;
  /** Below the sandbox's `logDirectory`, e.g. `main/0.log`. */
  readonly logPath: string;
  /** Keeps standard input open, for attach; `stdinOnce`: until the first who attached has gone. */
  readonly stdin?: boolean;
  readonly stdinOnce?: boolean;
  readonly tty?: boolean;
}

export type ContainerState =
  'CONTAINER_CREATED' | 'CONTAINER_RUNNING' | 'CONTAINER_EXITED' | 'CONTAINER_UNKNOWN';

export interface Container {
  readonly id: string;
  readonly podSandboxId: string;
  readonly config: ContainerConfig;
  readonly state: ContainerState;
  readonly createdAt: number;
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly exitCode: number;
  readonly reason: string;
  readonly message: string;
  /** e.g. `sha256:…`; the image's id. */
  readonly imageId: string;
  /** e.g. `docker.io/library/nginx@sha256:…`. */
  readonly imageRef: string;
  /** Host pid while it runs, else 0. */
  readonly pid: number;
  readonly logPath: string;
}

export interface Image {
  readonly id: string;
  readonly repoTags: readonly string[];
  readonly repoDigests: readonly string[];
  /** Bytes. */
  readonly size: number;
  readonly username: string;
}

export interface RuntimeCondition {
  readonly type: 'RuntimeReady' | 'NetworkReady';
  readonly status: boolean;
  readonly reason: string;
  readonly message: string;
}

export type CgroupDriver = 'SYSTEMD' | 'CGROUPFS';

export interface ContainerFilter {
  readonly id?: string;
  readonly podSandboxId?: string;
  readonly state?: ContainerState;
}

export type ContainerEventType =
  | 'CONTAINER_CREATED_EVENT'
  | 'CONTAINER_STARTED_EVENT'
  | 'CONTAINER_STOPPED_EVENT'
  | 'CONTAINER_DELETED_EVENT';

export interface ContainerEvent {
  readonly containerId: string;
  readonly type: ContainerEventType;
  readonly createdAt: number;
  /** The sandbox it belongs to, or is. */
  readonly podSandboxStatus: PodSandbox;
  /** All containers of that sandbox after the change. */
  readonly containersStatuses: readonly Container[];
}

/** Who pulls an image, as far as registries ask. */
export interface AuthConfig {
  readonly username: string;
  readonly password: string;
}

/** Every call: what goes in and what comes back. */
export interface CriMethods {
  Version: {
    request: Record<string, never>;
    response: {
      readonly version: string;
      readonly runtimeName: string;
      readonly runtimeVersion: string;
      readonly runtimeApiVersion: string;
    };
  };
  /** `info` (JSON texts by name) only when it is asked for with `verbose`. */
  Status: {
    request: { readonly verbose?: boolean };
    response: {
      readonly conditions: readonly RuntimeCondition[];
      readonly info?: Readonly<Record<string, string>>;
    };
  };
  /** What the kubelet learned of its node: the Pods' range (upstream: `runtime_config.network_config.pod_cidr`). */
  UpdateRuntimeConfig: { request: { readonly podCidr: string }; response: Record<string, never> };
  RuntimeConfig: {
    request: Record<string, never>;
    response: { readonly linux: { readonly cgroupDriver: CgroupDriver } };
  };
  RunPodSandbox: {
    request: { readonly config: PodSandboxConfig };
    response: { readonly podSandboxId: string };
  };
  StopPodSandbox: { request: { readonly podSandboxId: string }; response: Record<string, never> };
  RemovePodSandbox: { request: { readonly podSandboxId: string }; response: Record<string, never> };
  PodSandboxStatus: { request: { readonly podSandboxId: string }; response: { readonly status: PodSandbox } };
  ListPodSandbox: {
    request: { readonly id?: string; readonly state?: PodSandboxState };
    response: { readonly items: readonly PodSandbox[] };
  };
  CreateContainer: {
    request: { readonly podSandboxId: string; readonly config: ContainerConfig };
    response: { readonly containerId: string };
  };
  StartContainer: { request: { readonly containerId: string }; response: Record<string, never> };
  /** `timeout` in seconds: how long after SIGTERM SIGKILL follows. */
  StopContainer: {
    request: { readonly containerId: string; readonly timeout: number };
    response: Record<string, never>;
  };
  RemoveContainer: { request: { readonly containerId: string }; response: Record<string, never> };
  ListContainers: { request: ContainerFilter; response: { readonly containers: readonly Container[] } };
  ContainerStatus: { request: { readonly containerId: string }; response: { readonly status: Container } };
  UpdateContainerResources: {
    request: { readonly containerId: string; readonly linux: LinuxContainerResources };
    response: Record<string, never>;
  };
  /** The log file was moved away: go on in a new one. */
  ReopenContainerLog: { request: { readonly containerId: string }; response: Record<string, never> };
  /** Of a container that runs. */
  ContainerStats: {
    request: { readonly containerId: string };
    response: { readonly stats: ContainerStats };
  };
  /** Of those that run. */
  ListContainerStats: {
    request: { readonly id?: string; readonly podSandboxId?: string };
    response: { readonly stats: readonly ContainerStats[] };
  };
  PodSandboxStats: {
    request: { readonly podSandboxId: string };
    response: { readonly stats: PodSandboxStats };
  };
  ListPodSandboxStats: {
    request: { readonly id?: string };
    response: { readonly stats: readonly PodSandboxStats[] };
  };
  /** Not modelled. */
  CheckpointContainer: { request: { readonly containerId: string }; response: Record<string, never> };
  ListMetricDescriptors: { request: Record<string, never>; response: Record<string, never> };
  ListPodSandboxMetrics: { request: Record<string, never>; response: Record<string, never> };
  UpdatePodSandboxResources: { request: { readonly podSandboxId: string }; response: Record<string, never> };
  /** Runs a command to its end; `timeout` in seconds, 0 for none. */
  ExecSync: {
    request: {
      readonly containerId: string;
      readonly cmd: readonly string[];
      readonly timeout: number;
    };
    response: { readonly stdout: string; readonly stderr: string; readonly exitCode: number };
  };
  /** Answers where to stream from: an upgraded HTTP call of `StreamMessage`s. */
  Exec: {
    request: {
      readonly containerId: string;
      readonly cmd: readonly string[];
      readonly tty: boolean;
      readonly stdin: boolean;
    };
    response: { readonly url: string };
  };
  Attach: {
    request: { readonly containerId: string; readonly tty: boolean; readonly stdin: boolean };
    response: { readonly url: string };
  };
  PortForward: { request: { readonly podSandboxId: string }; response: { readonly url: string } };
  PullImage: {
    request: { readonly image: string; readonly auth?: AuthConfig };
    response: { readonly imageRef: string };
  };
  ListImages: { request: Record<string, never>; response: { readonly images: readonly Image[] } };
  ImageStatus: { request: { readonly image: string }; response: { readonly image?: Image } };
  RemoveImage: { request: { readonly image: string }; response: Record<string, never> };
  ImageFsInfo: {
    request: Record<string, never>;
    response: {
      readonly imageFilesystems: readonly FilesystemUsage[];
      readonly containerFilesystems: readonly FilesystemUsage[];
    };
  };
}

export type CriMethod = keyof CriMethods;
export type CriRequest<M extends CriMethod> = CriMethods[M]['request'];
export type CriResponse<M extends CriMethod> = CriMethods[M]['response'];

/** The gRPC codes in use. */
export type CriCode =
  | 'Unknown'
  | 'NotFound'
  | 'InvalidArgument'
  | 'Unavailable'
  | 'Unimplemented'
  | 'FailedPrecondition'
  | 'DeadlineExceeded';

/** What the runtime refused, in the text of Go's gRPC: `rpc error: code = NotFound desc = …`. */
export class CriError extends Error {
  readonly code: CriCode;
  readonly desc: string;

  constructor(code: CriCode, desc: string) {
    super(`rpc error: code = ${code} desc = ${desc}`);
    this.name = 'CriError';
    this.code = code;
    this.desc = desc;
  }
}

/** Payloads on a `cri` connection. */
export type CriFrame =
  | {
      readonly type: 'request';
      readonly call: number;
      readonly method: CriMethod | 'GetContainerEvents';
      readonly request: unknown;
    }
  | { readonly type: 'response'; readonly call: number; readonly response: unknown }
  | { readonly type: 'error'; readonly call: number; readonly code: CriCode; readonly desc: string }
  | { readonly type: 'item'; readonly call: number; readonly event: ContainerEvent };

/** One connection to a runtime. Every call @throws CriError, also when the runtime cannot be reached. */
export interface CriClient {
  call<M extends CriMethod>(method: M, request: CriRequest<M>): Promise<CriResponse<M>>;
  /** GetContainerEvents: `ended` is called when the stream breaks. */
  containerEvents(onEvent: (event: ContainerEvent) => void, ended: () => void): void;
  close(): void;
}

export const CONTAINERD_SOCKET = '/run/containerd/containerd.sock';
export const CONTAINERD_VERSION = '2.1.4';
