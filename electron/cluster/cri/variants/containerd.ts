import type { FileSystem } from '../../machine/interface.ts';
import type { TomlTable, TomlValue } from '../config/toml.ts';
import { parseToml, tomlAt } from '../config/toml.ts';
import { CONTAINERD_SOCKET, CONTAINERD_VERSION, CriError } from '../interface.ts';
import { runcCgroupText } from './cgroup-name.ts';
import type { RuntimeSettings, RuntimeTexts, RuntimeVariant } from './interface.ts';
import { hubName, wholeNames } from './oci-image.ts';

export const CONTAINERD_CONFIG = '/etc/containerd/config.toml';
const DEFAULT_SANDBOX = 'registry.k8s.io/pause:3.10.1';
const RUNTIME_PLUGIN = 'io.containerd.cri.v1.runtime';
const IMAGES_PLUGIN = 'io.containerd.cri.v1.images';
/** The one plugin of versions 1 and 2 of the file. */
const OLD_PLUGIN = 'io.containerd.grpc.v1.cri';

/** The text that was read last: every sandbox asks, and most machines of a cluster have the same. */
let known: { readonly text: string; readonly config: TomlTable } = { text: '', config: {} };

function read(files: FileSystem, path: string): TomlTable {
  if (!files.exists(path)) return {};
  const text = files.read(path);
  if (text === known.text) return known.config;
  try {
    known = { text, config: parseToml(text) };
    return known.config;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`containerd: failed to load TOML: ${path}: ${why}`);
  }
}

function plugin(config: TomlTable, name: string, ...path: readonly string[]): TomlValue | undefined {
  return tomlAt(config, 'plugins', name, ...path) ?? tomlAt(config, 'plugins', OLD_PLUGIN, ...path);
}

/** What the file at `path` says. @throws Error when it cannot be read as TOML */
export function containerdSettings(files: FileSystem, path: string): RuntimeSettings {
  const config = read(files, path);
  const systemd = plugin(config, RUNTIME_PLUGIN, 'containerd', 'runtimes', 'runc', 'options', 'SystemdCgroup');
  const sandbox = plugin(config, IMAGES_PLUGIN, 'pinned_images', 'sandbox') ?? plugin(config, OLD_PLUGIN, 'sandbox_image');
  const runtimes = plugin(config, RUNTIME_PLUGIN, 'containerd', 'runtimes');
  const standard = plugin(config, RUNTIME_PLUGIN, 'containerd', 'default_runtime_name');
  const first = typeof standard === 'string' ? standard : 'runc';
  const disabled = tomlAt(config, 'disabled_plugins');
  const off = ['cri', OLD_PLUGIN, 'io.containerd.grpc.v1.cri', RUNTIME_PLUGIN];
  return {
    cgroupDriver: systemd === true ? 'SYSTEMD' : 'CGROUPFS',
    sandboxImage: typeof sandbox === 'string' ? sandbox : DEFAULT_SANDBOX,
    handlers: [first, ...Object.keys(isTable(runtimes) ? runtimes : {}).filter((name) => name !== first)],
    criDisabled: Array.isArray(disabled) && disabled.some((name) => off.includes(String(name))),
  };
} // prettier-ignore

function isTable(value: TomlValue | undefined): value is TomlTable {
  return typeof value === 'object' && !Array.isArray(value);
}

/** Models the CRI plugin of containerd 2.1 (internal/cri/server). */
const texts: RuntimeTexts = {
  pullRefused(_given, normal, { reason, registry, repository, version }) {
    const failed = `failed to pull and unpack image "${normal}": `;
    const resolving = `${failed}failed to resolve reference "${normal}": `;
    const url = `https://${registry}/v2/${repository.slice(registry.length + 1)}/manifests/${version}`;
    switch (reason) {
      case 'no-such-host': {
        const host = registry.replace(/:\d+$/, '');
        return new CriError(
          'Unknown',
          `${resolving}failed to do request: Head "${url}": dial tcp: lookup ${host}: no such host`,
        );
      }
      case 'denied':
        return new CriError(
          'Unknown',
          `${resolving}pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`,
        );
      case 'no-credentials':
        return new CriError(
          'Unknown',
          `${resolving}pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials`,
        );
      case 'unauthorized':
        return new CriError(
          'Unknown',
          // Docker Hub has a server of its own for tokens.
          registry === 'docker.io'
            ? `${resolving}failed to authorize: failed to fetch oauth token: unexpected status from POST request to https://auth.docker.io/token: 401 Unauthorized`
            : `${resolving}unexpected status from HEAD request to ${url}: 401 Unauthorized`,
        );
      case 'manifest-unknown':
        return new CriError('NotFound', `${resolving}${normal}: not found`);
      case 'no-matching-platform':
        return new CriError('NotFound', `${failed}no match for platform in manifest: not found`);
    }
  },
  noSuchContainer: (id) =>
    new CriError('NotFound', `an error occurred when try to find container "${id}": not found`),
  noSuchSandbox: (id) =>
    new CriError('NotFound', `an error occurred when try to find sandbox "${id}": not found`),
  notStarted: (_id, why) =>
    `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: ${why}`,
  notExecuted: (id, why) =>
    `failed to exec in container: failed to start exec "${id}": OCI runtime exec failed: exec failed: unable to start container process: ${why}: unknown`,
  sandboxNameTaken({ name, namespace, uid, attempt }, _id, owner) {
    const full = [name, namespace, uid, attempt].join('_');
    return `failed to reserve sandbox name "${full}": name "${full}" is reserved for "${owner}"`;
  },
  networkNotSetUp: (_metadata, id, why) => `failed to setup network for sandbox "${id}": ${why}`,
  networkNotReady: 'Network plugin returns error: cni plugin not initialized',
  noSuchHandler: (handler) => `failed to get sandbox runtime: no runtime for "${handler}" is configured`,
  sandboxImageMissing: (_metadata, image, why) =>
    `failed to start sandbox: failed to get sandbox image "${image}": failed to pull image "${image}": ${why.desc}`,
  cgroupRefused: (_id, cgroup, driver) =>
    `failed to start sandbox: failed to create containerd task: failed to create shim task: ${runcCgroupText(cgroup, driver)}`,
};

/** containerd, with CRI built in. */
export const containerdVariant: RuntimeVariant = {
  name: 'containerd',
  socket: CONTAINERD_SOCKET,
  runtimeName: 'containerd',
  runtimeVersion: `v${CONTAINERD_VERSION}`,
  runtimeApiVersion: 'v1',
  imageRoot: '/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs',
  missingProgram: { at: 'start', exitCode: 128, reason: 'StartError' },
  texts,
  image: wholeNames,
  imageRef: (image) => image.repoDigests[0] ?? image.id,
  displayName: (normal) => normal,
  resolveName: hubName,
  settings: (files) => containerdSettings(files, CONTAINERD_CONFIG),
  info({ cgroupDriver }, networkReady) {
    const loaded = networkReady
      ? 'OK'
      : 'cni config load failed: no network config found in /etc/cni/net.d: cni plugin not initialized: failed to load cni config';
    const options = { SystemdCgroup: cgroupDriver === 'SYSTEMD' };
    const config = {
      containerdEndpoint: CONTAINERD_SOCKET,
      rootDir: '/var/lib/containerd/io.containerd.grpc.v1.cri',
      stateDir: '/run/containerd/io.containerd.grpc.v1.cri',
      cni: { binDir: '/opt/cni/bin', confDir: '/etc/cni/net.d', maxConfNum: 1 },
      containerd: {
        defaultRuntimeName: 'runc',
        runtimes: { runc: { runtimeType: 'io.containerd.runc.v2', options } },
      },
    };
    return {
      config: JSON.stringify(config),
      golang: JSON.stringify('go1.24.5'),
      lastCNILoadStatus: JSON.stringify(loaded),
      'lastCNILoadStatus.default': JSON.stringify(loaded),
    };
  },
};
