import type { PullRefusal } from '../../images/interface.ts';
import { normalizeReference } from '../../images/reference.ts';
import type { FileSystem, RuntimeName } from '../../machine/interface.ts';
import { CriError } from '../interface.ts';
import { runcCgroupText } from './cgroup-name.ts';
import type { RuntimeTexts, RuntimeVariant } from './interface.ts';
import { wholeNames } from './oci-image.ts';

export const CRI_DOCKERD_SOCKET = '/run/cri-dockerd.sock';
export const DOCKER_SOCKET = '/run/docker.sock';
export const DAEMON_CONFIG = '/etc/docker/daemon.json';
const DAEMON = 'Error response from daemon: ';

/** `nginx:1.25` for `docker.io/library/nginx:1.25`: what Docker leaves out, and people with it. */
export function familiarName(normal: string): string {
  return normal.replace(/^docker\.io\//, '').replace(/^library\//, '');
}

/** What `/etc/docker/daemon.json` says; only what is modelled is looked at. */
export interface DaemonConfig {
  readonly 'exec-opts'?: readonly string[];
  readonly 'live-restore'?: boolean;
  readonly runtimes?: Readonly<Record<string, unknown>>;
}

/** @throws Error with dockerd's text when it is no JSON object */
export function daemonConfig(files: FileSystem): DaemonConfig {
  if (!files.exists(DAEMON_CONFIG)) return {};
  try {
    const config = JSON.parse(files.read(DAEMON_CONFIG)) as unknown;
    if (typeof config === 'object' && config !== null && !Array.isArray(config)) return config;
    throw new Error('json: cannot unmarshal value into Go value of type map[string]interface {}');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`unable to configure the Docker daemon with file ${DAEMON_CONFIG}: ${why}`);
  }
}

function pullText(normal: string, { reason, registry, repository, version }: PullRefusal): string {
  const short = familiarName(normal);
  const host = registry === 'docker.io' ? 'registry-1.docker.io' : registry;
  const url = `https://${host}/v2/${repository.slice(registry.length + 1)}/manifests/${version}`;
  switch (reason) {
    case 'no-such-host':
      return `Get "https://${registry}/v2/": dial tcp: lookup ${registry.replace(/:\d+$/, '')}: no such host`;
    case 'denied':
      return `pull access denied for ${short.replace(/:[^:/]*$/, '')}, repository does not exist or may require 'docker login': denied: requested access to the resource is denied`;
    case 'no-credentials':
      return `Head "${url}": no basic auth credentials`;
    case 'unauthorized':
      return `Head "${url}": unauthorized: ${registry === 'docker.io' ? 'incorrect username or password' : 'authentication required'}`;
    case 'manifest-unknown':
      return `manifest for ${short} not found: manifest unknown: manifest unknown`;
    case 'no-matching-platform':
      return 'no matching manifest for linux/amd64 in the manifest list entries';
  }
}

/** Models cri-dockerd 0.3 (core/) over Docker Engine's API. */
const texts: RuntimeTexts = {
  pullRefused: (_given, normal, refusal) => new CriError('Unknown', DAEMON + pullText(normal, refusal)),
  noSuchContainer: (id) => new CriError('NotFound', `${DAEMON}No such container: ${id}`),
  noSuchSandbox: (id) => new CriError('NotFound', `${DAEMON}No such container: ${id}`),
  notStarted: (id, why) =>
    `failed to start container "${id}": ${DAEMON}failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: ${why}`,
  notExecuted: (_id, why) =>
    why.startsWith('exec: ')
      ? `OCI runtime exec failed: exec failed: unable to start container process: ${why}: unknown`
      : why,
  sandboxNameTaken({ name, namespace, uid, attempt }, _id, owner) {
    const full = ['k8s', 'POD', name, namespace, uid, attempt].join('_');
    return `failed to create a sandbox for pod "${name}": ${DAEMON}Conflict. The container name "/${full}" is already in use by container "${owner}". You have to remove (or rename) that container to be able to reuse that name.`;
  },
  networkNotSetUp: ({ name, namespace }, id, why) =>
    `failed to set up sandbox container "${id}" network for pod "${name}": networkPlugin cni failed to set up pod "${name}_${namespace}" network: ${why}`,
  networkNotReady: 'docker: network plugin is not ready: cni config uninitialized',
  noSuchHandler: (handler) => `${DAEMON}unknown or invalid runtime name: ${handler}`,
  sandboxImageMissing: (_metadata, image, why) => `unable to pull sandbox image "${image}": ${why.desc}`,
  cgroupRefused: (id, cgroup, driver) =>
    `failed to start sandbox container "${id}": ${DAEMON}failed to create task for container: failed to create shim task: ${runcCgroupText(cgroup, driver)}`,
};

function variant(name: RuntimeName, runtimeVersion: string, api: string): RuntimeVariant {
  return {
    name,
    socket: CRI_DOCKERD_SOCKET,
    runtimeName: 'docker',
    runtimeVersion,
    runtimeApiVersion: `${api}.0`,
    imageRoot: '/var/lib/docker',
    missingProgram: { at: 'start', exitCode: 127, reason: 'ContainerCannotRun' },
    texts,
    displayName: familiarName,
    image(image) {
      const whole = wholeNames(image);
      return {
        ...whole,
        repoTags: whole.repoTags.map(familiarName),
        repoDigests: whole.repoDigests.map(familiarName),
      };
    },
    imageRef: (image) =>
      image.repoDigests[0] === undefined
        ? `docker://${image.id}`
        : `docker-pullable://${image.repoDigests[0]}`,
    resolveName(given) {
      try {
        return normalizeReference(given);
      } catch (error) {
        throw new CriError('Unknown', DAEMON + (error instanceof Error ? error.message : String(error)));
      }
    },
    settings(files) {
      const options = daemonConfig(files)['exec-opts'] ?? [];
      const driver = options.findLast((option) => option.startsWith('native.cgroupdriver='));
      return {
        // Docker's own default where systemd and cgroup v2 are.
        cgroupDriver: driver === 'native.cgroupdriver=cgroupfs' ? 'CGROUPFS' : 'SYSTEMD',
        sandboxImage: 'registry.k8s.io/pause:3.10.1',
        handlers: ['runc', ...Object.keys(daemonConfig(files).runtimes ?? {})],
        criDisabled: false,
      };
    },
    info: () => ({}),
  };
}

/** Docker Engine, reached through cri-dockerd. */
export const dockerVariant = variant('docker', '28.4.0', '1.51');

/** Mirantis Container Runtime, reached through cri-dockerd. */
export const mirantisVariant = variant('mirantis', '25.0.13', '1.44');
