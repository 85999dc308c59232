import { SocketCriClient } from '../cri/cri-client.ts';
import { serveDockerShim } from '../cri/docker/cri-dockerd.ts';
import type { CgroupDriver, CriClient } from '../cri/interface.ts';
import { CriError } from '../cri/interface.ts';
import { DOCKER_SOCKET } from '../cri/variants/docker.ts';
import type { ProcessContext } from '../machine/interface.ts';
import { endpointOfSocket, socketOfEndpoint } from '../../base/windows-path.ts';

export const DOCKERSHIM_SOCKET = '/run/dockershim.sock';
/** How long a runtime that is starting beside the kubelet is waited for, in milliseconds: systemd starts it before. */
const PATIENCE = 5_000;
const RETRY = 100;

/** Flags that went with dockershim in 1.24, and others that a later minor version no longer knows. */
const REMOVED: readonly (readonly [number, readonly string[]])[] = [
  [
    24,
    [
      'network-plugin',
      'network-plugin-mtu',
      'cni-bin-dir',
      'cni-conf-dir',
      'cni-cache-dir',
      'docker-endpoint',
      'image-pull-progress-deadline',
      'non-masquerade-cidr',
    ],
  ],
  [27, ['container-runtime']],
];

/** How a kubelet reaches its containers. */
export interface RuntimeChoice {
  /** By the CRI service inside the kubelet itself, which speaks to Docker. */
  readonly dockershim: boolean;
  /** From the flag `--container-runtime-endpoint`; undefined: as the configuration says. */
  readonly socket: string | undefined;
}

/** `24` of `v1.24.17`. */
export function minorVersion(version: string): number {
  return Number(/^v1\.(\d+)/.exec(version)?.[1] ?? Number.NaN);
}

/**
 * What the flags of a kubelet of that version say of its runtime: `docker` was the default until 1.23. Models
 * cmd/kubelet/app/options (v1.19 to v1.34). @throws Error for a flag that the version does not have
 */
export function runtimeChoice(argv: readonly string[], version: string): RuntimeChoice {
  const minor = minorVersion(version);
  const flags = new Map<string, string>();
  for (const argument of argv) {
    const [, name = '', value = ''] = /^--([a-z0-9-]+)(?:=(.*))?$/s.exec(argument) ?? [];
    if (REMOVED.some(([since, names]) => minor >= since && names.includes(name)))
      throw new Error(`failed to parse kubelet flag: unknown flag: --${name}`);
    flags.set(name, value);
  }
  const endpoint = flags.get('container-runtime-endpoint');
  const kind = flags.get('container-runtime') ?? (minor < 24 ? 'docker' : 'remote');
  if (kind !== 'docker' && kind !== 'remote')
    throw new Error(`failed to run Kubelet: unsupported CRI runtime: "${kind}"`);
  if (kind === 'docker') return { dockershim: true, socket: DOCKERSHIM_SOCKET };
  return { dockershim: false, socket: endpoint === undefined ? undefined : socketOfEndpoint(endpoint) };
}

/**
 * Starts dockershim inside a kubelet before 1.24. Models runDockershim (pkg/kubelet/kubelet_dockershim.go, v1.23).
 * @throws Error when Docker does not answer, or manages cgroups in another way
 */
export async function startDockershim(
  process: ProcessContext,
  version: string,
  cgroupDriver: CgroupDriver,
): Promise<CgroupDriver> {
  const minor = minorVersion(version);
  const deprecated =
    'Using dockershim is deprecated, please consider using a full-fledged CRI implementation';
  if (minor === 20) process.log.warn(deprecated, { caller: 'kubelet.go:297' });
  else if (minor > 20) process.log.info(deprecated, { caller: 'kubelet.go:314' });
  process.log.info('Connecting to docker on the dockerEndpoint', {
    caller: 'client.go:78',
    endpoint: 'unix:///var/run/docker.sock',
  });
  const docker = new SocketCriClient(process.net, process.machine.name, DOCKER_SOCKET, process.files);
  try {
    await patiently(process, () => docker.call('Version', {}));
    const { linux } = await docker.call('RuntimeConfig', {});
    if (linux.cgroupDriver !== cgroupDriver) {
      const [own, other] = [cgroupDriver.toLowerCase(), linux.cgroupDriver.toLowerCase()];
      throw new Error(
        `failed to run Kubelet: misconfiguration: kubelet cgroup driver: "${own}" is different from docker cgroup driver: "${other}"`,
      );
    }
  } catch (error) {
    if (!(error instanceof CriError)) throw error;
    throw new Error(
      'failed to run Kubelet: failed to get docker version: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
      { cause: error },
    );
  } finally {
    docker.close();
  }
  serveDockerShim(process, DOCKERSHIM_SOCKET);
  return cgroupDriver;
}

/**
 * Asks the runtime who it is, as a kubelet does before all else, and which cgroup driver it has (from 1.31 on); a runtime
 * that does not say leaves it to the kubelet's `configured` one. @throws Error with which the kubelet ends without an answer
 */
export async function validateRuntime(
  process: ProcessContext,
  version: string,
  socket: string,
  configured: CgroupDriver,
): Promise<CgroupDriver> {
  const cri = new SocketCriClient(process.net, process.machine.name, socket, process.files);
  try {
    await patiently(process, () => cri.call('Version', {}));
    if (minorVersion(version) < 31 || process.machine.os === 'windows') return configured;
    return await driverOf(process, cri, configured);
  } catch (error) {
    if (!(error instanceof CriError)) throw error;
    throw new Error(
      `failed to run Kubelet: validate service connection: validate CRI v1 runtime API for endpoint "${endpointOfSocket(socket)}": ${error.message}`,
      { cause: error },
    );
  } finally {
    cri.close();
  }
}

/** Models getCgroupDriverFromCRI (cmd/kubelet/app/server.go, v1.34). */
async function driverOf(
  process: ProcessContext,
  cri: CriClient,
  configured: CgroupDriver,
): Promise<CgroupDriver> {
  try {
    const { cgroupDriver } = (await cri.call('RuntimeConfig', {})).linux;
    process.log.info('Using cgroup driver setting received from the CRI runtime', {
      caller: 'server.go:1319',
      cgroupDriver: cgroupDriver.toLowerCase(),
    });
    return cgroupDriver;
  } catch (error) {
    if (!(error instanceof CriError) || error.code !== 'Unimplemented') throw error;
    process.log.info(
      'CRI implementation should be updated to support RuntimeConfig. Falling back to using cgroupDriver from kubelet config.',
      { caller: 'server.go:1305' },
    );
    return configured;
  }
}

async function patiently<T>(process: ProcessContext, ask: () => Promise<T>): Promise<T> {
  const since = process.clock.now();
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      const waiting = error instanceof CriError && error.code === 'Unavailable';
      if (!waiting || process.clock.now() - since >= PATIENCE) throw error;
      await process.clock.sleep(RETRY);
    }
  }
}
