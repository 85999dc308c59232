import type { PullRefusal } from '../../images/interface.ts';
import type { FileSystem } from '../../machine/interface.ts';
import type { TomlTable } from '../config/toml.ts';
import { parseToml, tomlAt } from '../config/toml.ts';
import { CriError } from '../interface.ts';
import type { RuntimeTexts, RuntimeVariant } from './interface.ts';
import { hubName, wholeNames } from './oci-image.ts';

const SOCKET = '/run/crio/crio.sock';
const VERSION = '1.34.0';
const CONFIG = '/etc/crio/crio.conf';
const DROP_INS = '/etc/crio/crio.conf.d';
export const REGISTRIES = '/etc/containers/registries.conf';
const REGISTRY_DROP_INS = '/etc/containers/registries.conf.d';
const DEFAULT_SANDBOX = 'registry.k8s.io/pause:3.10.1';

/** A file and those of its folder of drop-ins, in their order; missing files are none. @throws Error */
function layers(files: FileSystem, file: string, folder: string): readonly TomlTable[] {
  const paths = [
    file,
    ...files
      .list(folder)
      .filter((name) => name.endsWith('.conf'))
      .map((name) => `${folder}/${name}`),
  ];
  return paths
    .filter((path) => files.exists(path))
    .map((path) => {
      try {
        return parseToml(files.read(path));
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        throw new Error(`update config from path: unable to decode configuration ${path}: toml: ${why}`);
      }
    });
}

/** What the last layer that says it says. */
function last(tables: readonly TomlTable[], ...path: readonly string[]): unknown {
  return tables.map((table) => tomlAt(table, ...path)).findLast((value) => value !== undefined);
}

function isShort(name: string): boolean {
  const first = name.split('/')[0] ?? '';
  return !name.includes('/') || !(/[.:]/.test(first) || first === 'localhost');
}

/** Models containers/image/pkg/shortnames and CRI-O's enforcing short-name mode (v1.34). */
function resolveName(name: string, files: FileSystem): string {
  if (!isShort(name)) return hubName(name);
  const tables = layers(files, REGISTRIES, REGISTRY_DROP_INS);
  const bare = name.replace(/[@:].*$/, '');
  const alias = last(tables, 'aliases', bare);
  if (typeof alias === 'string') return hubName(alias + name.slice(bare.length));
  const found = last(tables, 'unqualified-search-registries');
  const registries = Array.isArray(found) ? found.map(String) : [];
  const [only] = registries;
  if (only === undefined)
    throw new CriError(
      'Unknown',
      `short-name "${name}" did not resolve to an alias and no unqualified-search registries are defined in "${REGISTRIES}"`,
    );
  if (registries.length > 1)
    throw new CriError(
      'Unknown',
      `short name mode is enforcing, but image name ${name} returns ambiguous list`,
    );
  return hubName(`${only}/${name}`);
}

function pullText({ reason, registry, repository, version }: PullRefusal): string {
  const reading = `reading manifest ${version} in ${repository}`;
  switch (reason) {
    case 'no-such-host': {
      const host = registry.replace(/:\d+$/, '');
      return `pinging container registry ${registry}: Get "https://${registry}/v2/": dial tcp: lookup ${host}: no such host`;
    }
    case 'denied':
      return `${reading}: requested access to the resource is denied`;
    case 'no-credentials':
      return `${reading}: authentication required`;
    case 'unauthorized':
      return registry === 'docker.io'
        ? 'unable to retrieve auth token: invalid username/password: unauthorized: incorrect username or password'
        : `${reading}: authentication required`;
    case 'manifest-unknown':
      return `${reading}: manifest unknown`;
    case 'no-matching-platform':
      return 'choosing image instance: no image found in image index for architecture "amd64", variant "", OS "linux"';
  }
}

function handlersOf(tables: readonly TomlTable[]): readonly string[] {
  const named = tables.flatMap((table) => {
    const runtimes = tomlAt(table, 'crio', 'runtime', 'runtimes');
    return typeof runtimes === 'object' && !Array.isArray(runtimes) ? Object.keys(runtimes) : [];
  });
  const first = last(tables, 'crio', 'runtime', 'default_runtime');
  return [...new Set([typeof first === 'string' ? first : 'crun', 'crun', 'runc', ...named])];
}

const noSuch = (id: string): CriError =>
  new CriError(
    'NotFound',
    `could not find container "${id}": container with ID starting with ${id} not found: ID does not exist`,
  );

/** Models CRI-O 1.34 (server/) with crun. */
const texts: RuntimeTexts = {
  pullRefused(_given, normal, refusal) {
    const why = pullText(refusal);
    const source =
      refusal.reason === 'no-matching-platform' ? '' : `initializing source docker://${normal}: `;
    return new CriError(
      'Unknown',
      `unable to pull image or OCI artifact: pull image err: ${source}${why}; artifact err: get manifest: build image source: ${why}`,
    );
  },
  noSuchContainer: noSuch,
  noSuchSandbox: noSuch,
  notStarted(_id, why) {
    const file = /^exec: "([^"]*)"/.exec(why)?.[1] ?? '';
    return why.includes('$PATH')
      ? `container create failed: executable file \`${file}\` not found in $PATH: No such file or directory`
      : `container create failed: open executable: No such file or directory`;
  },
  notExecuted(_id, why) {
    const file = /^exec: "([^"]*)"/.exec(why)?.[1];
    if (file === undefined) return `command error: ${why}, stdout: , stderr: , exit code -1`;
    return `command error: executable file \`${file}\` not found${why.includes('$PATH') ? ' in $PATH' : ''}: No such file or directory, stdout: , stderr: , exit code -1`;
  },
  sandboxNameTaken({ name, namespace, uid, attempt }, id, owner) {
    const full = ['k8s', name, namespace, uid, attempt].join('_');
    return `error reserving pod name ${full} for id ${id}: name is reserved: name "${full}" is reserved for "${owner}"`;
  },
  networkNotSetUp({ name, namespace, uid, attempt }, id, why) {
    const full = ['k8s', name, namespace, uid, attempt].join('_');
    return `failed to create pod network sandbox ${full}(${id}): error adding pod ${namespace}_${name} to CNI network "leme": ${why}`;
  },
  networkNotReady: 'No CNI configuration file in /etc/cni/net.d/. Has your network provider started?',
  noSuchHandler: (handler, handlers) =>
    `failed to find runtime handler ${handler} from runtime list map[${[...handlers]
      .sort()
      .map((name) => `${name}:0xc0004e2000`)
      .join(' ')}]`,
  sandboxImageMissing({ name, namespace, uid, attempt }, _image, why) {
    const full = ['k8s', name, namespace, uid, attempt].join('_');
    const pull = /pull image err: (.*); artifact err: /.exec(why.desc)?.[1] ?? why.desc;
    return `creating pod sandbox with name "${full}": ${pull}`;
  },
  cgroupRefused: (_id, cgroup, driver) =>
    driver === 'SYSTEMD'
      ? `cri-o configured with systemd cgroup manager, but did not receive slice as parent: ${cgroup}`
      : `cri-o configured with cgroupfs cgroup manager, but received systemd slice as parent: ${cgroup}`,
};

/** CRI-O: nothing but CRI. */
export const crioVariant: RuntimeVariant = {
  name: 'cri-o',
  socket: SOCKET,
  runtimeName: 'cri-o',
  runtimeVersion: VERSION,
  runtimeApiVersion: 'v1',
  imageRoot: '/var/lib/containers/storage/overlay-images',
  missingProgram: { at: 'create' },
  texts,
  // An id is the bare digest here.
  image: (image) => ({ ...wholeNames(image), id: image.id.replace('sha256:', '') }),
  imageRef: (image) => image.repoDigests[0] ?? image.id,
  displayName: (normal) => normal,
  resolveName,
  settings(files) {
    const tables = layers(files, CONFIG, DROP_INS);
    const sandbox = last(tables, 'crio', 'image', 'pause_image');
    return {
      cgroupDriver: last(tables, 'crio', 'runtime', 'cgroup_manager') === 'cgroupfs' ? 'CGROUPFS' : 'SYSTEMD',
      sandboxImage: typeof sandbox === 'string' ? sandbox : DEFAULT_SANDBOX,
      handlers: handlersOf(tables),
      criDisabled: false,
    };
  },
  info: ({ sandboxImage }) => ({ config: JSON.stringify({ sandboxImage }) }),
};
