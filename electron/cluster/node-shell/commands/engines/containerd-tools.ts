import { SocketCriClient } from '../../../cri/cri-client.ts';
import { CONTAINERD_SOCKET, CONTAINERD_VERSION, CriError } from '../../../cri/interface.ts';
import type { CriClient } from '../../../cri/interface.ts';
import { PackageDatabase } from '../../../machine/packages.ts';
import { columns } from '../../human.ts';
import type { CommandContext, MachineCommand } from '../../interface.ts';
import { CommandError } from '../../interface.ts';
import { streamProcess } from '../crictl/streams.ts';
import type { Engine } from './engine.ts';
import { engineCommands } from './engine.ts';

/** Where CRI keeps its things; whoever does not name it looks into `default`, which is empty. */
const KUBERNETES = 'k8s.io';
const PAUSE = 'registry.k8s.io/pause:3.10.1';

/** Whether containerd's package is here: it brings both. */
function isInstalled({ machine }: CommandContext): boolean {
  const packages = new PackageDatabase(machine.files).list;
  return packages.length === 0 || packages.some(({ name }) => name === 'containerd.io');
}

interface Words {
  readonly namespace: string;
  readonly args: readonly string[];
}

function takeNamespace(given: readonly string[]): Words {
  let namespace = 'default';
  let at = 0;
  while (at < given.length && (given[at] ?? '').startsWith('-')) {
    const [name, value] = (given[at] ?? '').split('=');
    if (name !== '-n' && name !== '--namespace' && name !== '-a' && name !== '--address') break;
    const word = value ?? given[++at] ?? '';
    if (name === '-n' || name === '--namespace') namespace = word;
    at += 1;
  }
  return { namespace, args: given.slice(at) };
}

/** Runs work on what CRI keeps. Resolves to undefined where containerd has no CRI: then there is nothing. @throws CommandError */
async function withContainerd<T>(
  context: CommandContext,
  tool: string,
  work: (cri: CriClient) => Promise<T>,
): Promise<T | undefined> {
  const { process, machine } = context;
  const cri = new SocketCriClient(process.net, machine.spec.name, CONTAINERD_SOCKET, machine.files);
  try {
    return await work(cri);
  } catch (error) {
    if (!(error instanceof CriError)) throw error;
    if (error.code === 'Unimplemented') return undefined;
    if (error.code !== 'Unavailable') throw new CommandError(`${tool}${error.desc}\n`);
    throw new CommandError(
      tool === 'ctr: '
        ? `ctr: failed to dial "${CONTAINERD_SOCKET}": context deadline exceeded: connection error: desc = "transport: error while dialing: dial unix://${CONTAINERD_SOCKET}: timeout"\n`
        : `time="${new Date(process.clock.now()).toISOString().slice(0, 19)}Z" level=fatal msg="cannot access containerd socket \\"${CONTAINERD_SOCKET}\\": no such file or directory"\n`,
    );
  } finally {
    cri.close();
  }
}

const engine: Engine = {
  name: 'nerdctl',
  pause: PAUSE,
  naming: {
    container({ config }, sandbox) {
      const { name = '', namespace = '' } = sandbox?.config.metadata ?? {};
      return `k8s://${namespace}/${name}/${config.metadata.name}`;
    },
    sandbox: ({ config }) => `k8s://${config.metadata.namespace}/${config.metadata.name}`,
    image: ({ imageRef, config }) => (config.image === '' ? imageRef : whole(config.image)),
  },
  noSuchContainer: (name) => `FATA[0000] no such container ${name}`,
  noSuchImage: (name) => `FATA[0000] no such image: ${name}`,
  notRunning: ({ id }) => `FATA[0000] cannot exec in a stopped container: ${id}`,
  isRunning: ({ id }) => `FATA[0000] container ${id} is in running status: you cannot remove a running container. Stop the container before attempting removal or force remove`,
  imageId: ({ repoDigests, id }) => (repoDigests[0]?.split('@')[1] ?? id).replace('sha256:', '').slice(0, 12),
}; // prettier-ignore

function whole(name: string): string {
  const first = name.split('/')[0] ?? '';
  const host = name.includes('/') && /[.:]/.test(first) ? name : name.includes('/') ? `docker.io/${name}` : `docker.io/library/${name}`;
  return /:[^/]*$/.test(host) ? host : `${host}:latest`;
} // prettier-ignore

/** `nerdctl`: Docker's command line on containerd. */
export const nerdctl: MachineCommand = async (given, context) => {
  if (!isInstalled(context)) {
    context.err('bash: line 1: nerdctl: command not found\n');
    return 127;
  }
  const { namespace, args } = takeNamespace(given);
  const name = args[0] ?? '';
  const command = engineCommands.get(name);
  if (command === undefined)
    throw new CommandError(`leme: "nerdctl ${name}" is not modelled; ${[...engineCommands.keys()].join(', ')} are\n`);
  if (namespace !== KUBERNETES && !['ps', 'images'].includes(name))
    throw new CommandError(`leme: nerdctl acts in the namespace ${KUBERNETES} only: nerdctl -n ${KUBERNETES} ${name}\n`);
  const code = await withContainerd(context, '', async (cri) => {
    if (namespace === KUBERNETES) return command(engine, args.slice(1), cri, context);
    await cri.call('Version', {});
    const header = name === 'ps' ? ['CONTAINER ID', 'IMAGE', 'COMMAND', 'CREATED', 'STATUS', 'PORTS', 'NAMES'] : ['REPOSITORY', 'TAG', 'IMAGE ID', 'CREATED', 'PLATFORM', 'SIZE', 'BLOB SIZE'];
    context.out(columns([header], 10, 4));
    return 0;
  });
  return code ?? 0;
}; // prettier-ignore

type CtrCommand = (
  args: readonly string[],
  namespace: string,
  cri: CriClient,
  context: CommandContext,
) => Promise<number>;

const flagless = (args: readonly string[]): readonly string[] => args.filter((arg) => !arg.startsWith('-'));

const listContainers: CtrCommand = async (args, namespace, cri, context) => {
  const containers = namespace === KUBERNETES ? (await cri.call('ListContainers', {})).containers : [];
  const sandboxes = namespace === KUBERNETES ? (await cri.call('ListPodSandbox', {})).items : [];
  const rows = [
    ...containers.map(({ id, config }) => [id, whole(config.image)]),
    ...sandboxes.map(({ id }) => [id, PAUSE]),
  ].sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
  if (args.includes('-q')) for (const [id = ''] of rows) context.out(`${id}\n`);
  else
    context.out(
      columns(
        [['CONTAINER', 'IMAGE', 'RUNTIME'], ...rows.map((row) => [...row, 'io.containerd.runc.v2'])],
        4,
        4,
      ),
    );
  return 0;
};

const listTasks: CtrCommand = async (args, namespace, cri, context) => {
  const running =
    namespace === KUBERNETES
      ? (await cri.call('ListContainers', { state: 'CONTAINER_RUNNING' })).containers
      : [];
  const rows = running.map(({ id, pid }) => [id, String(pid), 'RUNNING']);
  if (args.includes('-q')) for (const [id = ''] of rows) context.out(`${id}\n`);
  else context.out(columns([['TASK', 'PID', 'STATUS'], ...rows], 4, 4));
  return 0;
};

const listImages: CtrCommand = async (args, namespace, cri, context) => {
  const images = namespace === KUBERNETES ? (await cri.call('ListImages', {})).images : [];
  const rows = images
    .flatMap(({ id, repoTags, repoDigests, size }) => {
      const digest = repoDigests[0]?.split('@')[1] ?? id;
      const mebibytes = `${(size / 1024 ** 2).toFixed(1)} MiB`;
      return [...repoTags, ...repoDigests, id].map((ref) => [
        ref,
        'application/vnd.oci.image.index.v1+json',
        digest,
        mebibytes,
        'linux/amd64,linux/arm64',
        'io.cri-containerd.image=managed',
      ]);
    })
    .sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
  if (args.includes('-q')) for (const [ref = ''] of rows) context.out(`${ref}\n`);
  else context.out(columns([['REF', 'TYPE', 'DIGEST', 'SIZE', 'PLATFORMS', 'LABELS'], ...rows], 4, 1));
  return 0;
};

const pull: CtrCommand = async (args, namespace, cri, context) => {
  const [ref = ''] = flagless(args);
  if (ref === '') throw new CommandError('ctr: please provide an image reference to pull\n');
  // ctr fills nothing in.
  if (!/^[^/]*[.:][^/]*\//.test(ref) || !/[:@][^/]*$/.test(ref))
    throw new CommandError(`ctr: failed to resolve reference "${ref}": object required\n`);
  if (namespace !== KUBERNETES)
    throw new CommandError(
      `leme: pulling into another namespace than ${KUBERNETES} is not modelled: the kubelet would not see it\n`,
    );
  await cri.call('PullImage', { image: ref });
  const { image } = await cri.call('ImageStatus', { image: ref });
  context.out(
    `${ref}: resolved |++++++++++++++++++++++++++++++++++++++|\nunpacking linux/amd64 ${image?.repoDigests[0]?.split('@')[1] ?? ''}...\ndone\n`,
  );
  return 0;
};

const removeImages: CtrCommand = async (args, namespace, cri, context) => {
  for (const ref of flagless(args)) {
    const { image } = namespace === KUBERNETES ? await cri.call('ImageStatus', { image: ref }) : {};
    if (image === undefined) throw new CommandError(`ctr: image "${ref}": not found\n`);
    await cri.call('RemoveImage', { image: image.id });
    context.out(`${ref}\n`);
  }
  return 0;
};

const kill: CtrCommand = async (args, namespace, cri, context) => {
  const at = args.findIndex((arg) => arg === '-s' || arg === '--signal');
  const signal = at < 0 ? 'SIGTERM' : (args[at + 1] ?? '');
  const [id = ''] = flagless(args.filter((_arg, index) => at < 0 || (index !== at && index !== at + 1)));
  const { containers } =
    namespace === KUBERNETES
      ? await cri.call('ListContainers', { state: 'CONTAINER_RUNNING' })
      : { containers: [] };
  if (!containers.some((one) => one.id === id))
    throw new CommandError(
      `ctr: loading container: container "${id}" in namespace "${namespace}": not found\n`,
    );
  // It sends the signal and waits for nothing.
  const timeout = /^(SIG)?(KILL|9)$/.test(signal) ? 0 : 1_000_000_000;
  await Promise.race([
    cri.call('StopContainer', { containerId: id, timeout }),
    context.process.clock.sleep(20),
  ]);
  return 0;
};

const exec: CtrCommand = async (args, namespace, cri, context) => {
  let at = 0;
  let tty = false;
  for (; (args[at] ?? '').startsWith('-'); at += 1) {
    if (args[at] === '-t' || args[at] === '--tty') tty = true;
    else if (args[at] === '--exec-id') at += 1;
  }
  if (!args.includes('--exec-id')) throw new CommandError('ctr: exec id must be provided\n');
  const [containerId = '', ...cmd] = args.slice(at);
  if (namespace !== KUBERNETES)
    throw new CommandError(`ctr: container "${containerId}" in namespace "${namespace}": not found\n`);
  const { url } = await cri.call('Exec', { containerId, cmd, tty, stdin: true });
  const problem = await streamProcess(url, { stdin: true, tty }, context);
  if (problem === undefined) return 0;
  const code = /exit code (\d+)$/.exec(problem)?.[1];
  if (code !== undefined) return Number(code);
  throw new CommandError(`ctr: ${problem}\n`);
};

const CTR: Readonly<Record<string, Readonly<Record<string, CtrCommand>>>> = {
  containers: { ls: listContainers },
  tasks: { ls: listTasks, kill, exec },
  images: { ls: listImages, pull, rm: removeImages },
};
const ALIASES: Readonly<Record<string, string>> = {
  c: 'containers',
  container: 'containers',
  t: 'tasks',
  task: 'tasks',
  i: 'images',
  image: 'images',
  ns: 'namespaces',
  namespace: 'namespaces',
  list: 'ls',
  remove: 'rm',
  delete: 'rm',
  del: 'rm',
};
const alias = (word: string): string => ALIASES[word] ?? word;

/** `ctr`: containerd's own client, which knows nothing of Pods. */
export const ctr: MachineCommand = async (given, context) => {
  if (!isInstalled(context)) {
    context.err('bash: line 1: ctr: command not found\n');
    return 127;
  }
  const { namespace, args } = takeNamespace(given);
  const [group, verb] = [alias(args[0] ?? ''), alias(args[1] ?? '')];
  if (group === 'version') {
    await withContainerd(context, 'ctr: ', (cri) => cri.call('Version', {}));
    context.out(`Client:\n  Version:  v${CONTAINERD_VERSION}\n  Go version: go1.24.5\n\nServer:\n  Version:  v${CONTAINERD_VERSION}\n`);
    return 0;
  }
  if (group === 'namespaces' && verb === 'ls') {
    const cri = await withContainerd(context, 'ctr: ', (client) => client.call('Version', {}));
    context.out(columns([['NAME', 'LABELS'], [cri === undefined ? 'moby' : KUBERNETES, '']], 4, 4));
    return 0;
  }
  const command = CTR[group]?.[verb];
  if (command === undefined) throw new CommandError(`leme: "ctr ${args.slice(0, 2).join(' ')}" is not modelled; ${Object.entries(CTR).map(([name, verbs]) => `${name} ${Object.keys(verbs).join('|')}`).join(', ')}, namespaces ls, version are\n`);
  const code = await withContainerd(context, 'ctr: ', (cri) => command(args.slice(2), namespace, cri, context));
  return code ?? 0;
}; // prettier-ignore
