import { parse } from 'yaml';
import type { ContainerConfig, PodSandboxConfig } from '../../../cri/interface.ts';
import type { CommandContext } from '../../interface.ts';
import { resolvePath } from '../../paths.ts';
import { parseOptions } from '../options.ts';
import { wrapped } from './containers.ts';
import { pullImage } from './images.ts';
import type { Subcommand } from './interface.ts';
import { fatal } from './interface.ts';
import { findSandbox } from './select.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A configuration file: JSON, or YAML. @throws CommandError */
function readFields(context: CommandContext, file: string, what: string): Fields {
  const path = resolvePath(context.cwd, file);
  const { files } = context.machine;
  if (!files.exists(path)) throw fatal(`${what}: open config at ${file}: open ${file}: no such file or directory`);
  try {
    const value: unknown = parse(files.read(path));
    if (typeof value === 'object' && value !== null) return value as Fields;
  } catch (error) {
    throw fatal(`${what}: decoding config: ${error instanceof Error ? error.message : String(error)}`);
  }
  throw fatal(`${what}: decoding config: it holds no object`);
} // prettier-ignore

const text = (value: unknown, otherwise = ''): string => (typeof value === 'string' ? value : otherwise);
const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);
const map = (value: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries((value ?? {}) as Fields).map(([key, each]) => [key, String(each)]));

function sandboxOf(fields: Fields, file: string): PodSandboxConfig {
  const metadata = (fields['metadata'] ?? {}) as Fields;
  if (text(metadata['name']) === '')
    throw fatal(`load podSandboxConfig: name is not in metadata ${JSON.stringify(file)}`);
  const linux = (fields['linux'] ?? {}) as { cgroup_parent?: string; security_context?: { namespace_options?: { network?: number } } };
  return {
    metadata: {
      name: text(metadata['name']), namespace: text(metadata['namespace'], 'default'), uid: text(metadata['uid'], 'crictl'), attempt: Number(metadata['attempt'] ?? 0),
    },
    hostname: text(fields['hostname'], text(metadata['name'])),
    logDirectory: text(fields['log_directory'], '/tmp'),
    labels: map(fields['labels']),
    annotations: map(fields['annotations']),
    network: linux.security_context?.namespace_options?.network === 2 ? 'NODE' : 'POD',
    ...(linux.cgroup_parent === undefined ? {} : { cgroupParent: linux.cgroup_parent }),
  };
} // prettier-ignore

function containerOf(fields: Fields): ContainerConfig {
  const metadata = (fields['metadata'] ?? {}) as Fields;
  if (text(metadata['name']) === '') throw fatal('load container config: name is not in metadata');
  const image = text((fields['image'] as Fields | undefined)?.['image']);
  const envs = Array.isArray(fields['envs']) ? (fields['envs'] as readonly Fields[]) : [];
  const mounts = Array.isArray(fields['mounts']) ? (fields['mounts'] as readonly Fields[]) : [];
  return {
    metadata: { name: text(metadata['name']), attempt: Number(metadata['attempt'] ?? 0) },
    image,
    imageRef: '',
    command: texts(fields['command']),
    args: texts(fields['args']),
    workingDir: text(fields['working_dir']),
    envs: envs.map(({ key, value }) => ({ key: text(key), value: text(value) })),
    mounts: mounts.map((each) => ({
      containerPath: text(each['container_path']), hostPath: text(each['host_path']), readonly: each['readonly'] === true,
    })),
    labels: map(fields['labels']),
    annotations: map(fields['annotations']),
    logPath: text(fields['log_path'], `${text(metadata['name'])}.log`),
    stdin: fields['stdin'] === true,
    tty: fields['tty'] === true,
  };
} // prettier-ignore

const OPTIONS = {
  flags: { '--no-pull': 'no-pull', '--with-pull': 'with-pull' },
  values: {
    '-r': 'runtime',
    '--runtime': 'runtime',
    '-t': 'timeout',
    '-T': 'timeout',
    '--cancel-timeout': 'timeout',
  },
};

/** `crictl runp [-r HANDLER] POD-CONFIG` */
export const runp: Subcommand = async (args, cri, context) => {
  const { values, rest } = parseOptions('crictl', args, OPTIONS);
  const [file] = rest;
  if (file === undefined) throw fatal('sandboxConfigPath cannot be empty');
  const runtimeHandler = values.get('runtime');
  const config = {
    ...sandboxOf(readFields(context, file, 'load podSandboxConfig'), file),
    ...(runtimeHandler === undefined ? {} : { runtimeHandler }),
  };
  const { podSandboxId } = await wrapped('run pod sandbox', () => cri.call('RunPodSandbox', { config }));
  context.out(`${podSandboxId}\n`);
  return 0;
};

/** `crictl create POD CONTAINER-CONFIG POD-CONFIG` */
export const create: Subcommand = async (args, cri, context) => {
  const { flags, rest } = parseOptions('crictl', args, OPTIONS);
  const [pod = '', file, podFile] = rest;
  if (file === undefined || podFile === undefined || rest.length !== 3)
    throw fatal('crictl create wants POD container-config.[json|yaml] pod-config.[json|yaml]');
  const config = containerOf(readFields(context, file, 'creating container: load container config'));
  if (flags.has('with-pull')) await pullImage(cri, config.image);
  const { containerId } = await wrapped('creating container', async () =>
    cri.call('CreateContainer', { podSandboxId: (await findSandbox(cri, pod)).id, config }),
  );
  context.out(`${containerId}\n`);
  return 0;
};

/** `crictl run [-r HANDLER] CONTAINER-CONFIG POD-CONFIG`: sandbox, container and start in one. */
export const run: Subcommand = async (args, cri, context) => {
  const { flags, values, rest } = parseOptions('crictl', args, OPTIONS);
  const [file, podFile] = rest;
  if (file === undefined || podFile === undefined)
    throw fatal('crictl run wants container-config.[json|yaml] pod-config.[json|yaml]');
  const runtimeHandler = values.get('runtime');
  const sandbox = {
    ...sandboxOf(readFields(context, podFile, 'running container: load podSandboxConfig'), podFile),
    ...(runtimeHandler === undefined ? {} : { runtimeHandler }),
  };
  const config = containerOf(readFields(context, file, 'running container: load container config'));
  if (!flags.has('no-pull')) await pullImage(cri, config.image);
  const containerId = await wrapped('running container', async () => {
    const { podSandboxId } = await cri.call('RunPodSandbox', { config: sandbox });
    const made = await cri.call('CreateContainer', { podSandboxId, config });
    await cri.call('StartContainer', made);
    return made.containerId;
  });
  context.out(`${containerId}\n`);
  return 0;
};
