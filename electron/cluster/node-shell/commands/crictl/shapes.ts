import type { Container, PodSandbox } from '../../../cri/interface.ts';

/** Nanoseconds since the epoch as protobuf's JSON has them: text. */
const nanos = (ms: number): string => `${Math.round(ms)}000000`;
const iso = (ms: number): string => (ms === 0 ? '0001-01-01T00:00:00Z' : new Date(ms).toISOString());

/** A container in a list, as `crictl ps -o json` has it. */
export function listedContainer({
  id, podSandboxId, config, imageId, imageRef, state, createdAt,
}: Container): unknown {
  const { metadata, labels, annotations, image } = config;
  return {
    id, podSandboxId, metadata, image: { annotations: {}, image: imageId, runtimeHandler: '', userSpecifiedImage: image },
    imageRef, state, createdAt: nanos(createdAt), labels, annotations, imageId,
  };
} // prettier-ignore

/** A Pod in a list, as `crictl pods -o json` has it. */
export function listedSandbox({ id, config, state, createdAt }: PodSandbox): unknown {
  const { metadata, labels, annotations, runtimeHandler = '' } = config;
  return { id, metadata, state, createdAt: nanos(createdAt), labels, annotations, runtimeHandler };
}

/** What `crictl inspect` prints; without `info` when it is to be quiet. */
export function inspectedContainer(container: Container, quiet: boolean): Readonly<Record<string, unknown>> {
  const { id, config, state, createdAt, startedAt, finishedAt, exitCode, imageRef, imageId, reason, message, logPath, pid, podSandboxId } = container;
  const { metadata, labels, annotations, image, command, args, envs, workingDir, tty = false, linux = {} } = config;
  const mounts = (config.mounts ?? []).map(({ containerPath, hostPath, readonly }) => ({
    containerPath, hostPath, propagation: 'PROPAGATION_PRIVATE', readonly, selinuxRelabel: false,
  }));
  const status = {
    annotations, createdAt: iso(createdAt), exitCode, finishedAt: iso(finishedAt), id, image: { annotations: {}, image, runtimeHandler: '', userSpecifiedImage: image },
    imageId, imageRef, labels, logPath, message, metadata, mounts, reason, resources: { linux: linux.resources ?? {} }, startedAt: iso(startedAt), state,
  };
  if (quiet) return { status };
  const user = { uid: linux.securityContext?.runAsUser ?? 0, gid: linux.securityContext?.runAsGroup ?? 0 };
  const env = envs.map(({ key, value }) => `${key}=${value}`);
  const info = {
    sandboxID: podSandboxId, pid, removing: false, snapshotKey: id, snapshotter: 'overlayfs',
    config: { metadata, image: { image }, command, args, envs, mounts, labels, annotations, linux },
    runtimeSpec: {
      process: { user, args: [...command, ...args], env, cwd: workingDir === '' ? '/' : workingDir, terminal: tty },
      root: { path: 'rootfs', readonly: linux.securityContext?.readonlyRootfs === true },
      mounts: mounts.map(({ containerPath, hostPath, readonly }) => ({
        destination: containerPath, type: 'bind', source: hostPath, options: ['rbind', 'rprivate', readonly ? 'ro' : 'rw'],
      })),
    },
  };
  return { info, status };
} // prettier-ignore

/** What `crictl inspectp` prints. */
export function inspectedSandbox(sandbox: PodSandbox, quiet: boolean): Readonly<Record<string, unknown>> {
  const { id, config, state, createdAt, ip } = sandbox;
  const { metadata, labels, annotations, runtimeHandler = '', network, hostname, logDirectory, cgroupParent, dnsConfig } = config;
  const namespaces = { options: { ipc: 'POD', network, pid: 'CONTAINER', targetId: '', usernsOptions: null } };
  const status = {
    annotations, createdAt: iso(createdAt), id, labels, linux: { namespaces }, metadata,
    network: { additionalIps: [], ip: network === 'NODE' ? '' : ip }, runtimeHandler, state,
  };
  if (quiet) return { status };
  const linux = { cgroupParent, securityContext: { namespaceOptions: namespaces.options } };
  return { info: { config: { metadata, hostname, logDirectory, dnsConfig, labels, annotations, linux } }, status };
} // prettier-ignore
