import { SocketCriClient } from '../../../cri/cri-client.ts';
import type { CriClient } from '../../../cri/interface.ts';
import { CriError } from '../../../cri/interface.ts';
import { DOCKER_SOCKET } from '../../../cri/variants/docker.ts';
import { PackageDatabase } from '../../../machine/packages.ts';
import { columns, humanSize } from '../../human.ts';
import type { CommandContext, MachineCommand } from '../../interface.ts';
import { CommandError } from '../../interface.ts';
import type { Engine, EngineCommand } from './engine.ts';
import { engineCommands } from './engine.ts';

const NO_DAEMON =
  'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n';
const DAEMON = 'Error response from daemon: ';

/** Docker's command line over what CRI made: names begin with `k8s_`. */
const engine: Engine = {
  name: 'docker',
  pause: 'registry.k8s.io/pause:3.10.1',
  naming: {
    container({ config }, sandbox) {
      const { name = '', namespace = '', uid = '' } = sandbox?.config.metadata ?? {};
      return ['k8s', config.metadata.name, name, namespace, uid, config.metadata.attempt].join('_');
    },
    sandbox({ config }) {
      const { name, namespace, uid, attempt } = config.metadata;
      return ['k8s', 'POD', name, namespace, uid, attempt].join('_');
    },
    // The kubelet makes containers from an image's id.
    image: ({ imageId }) => imageId.replace('sha256:', '').slice(0, 12),
  },
  noSuchContainer: (name) => `${DAEMON}No such container: ${name}`,
  noSuchImage: (name) => `${DAEMON}No such image: ${name.includes(':') ? name : `${name}:latest`}`,
  notRunning: ({ id }) => `${DAEMON}container ${id} is not running`,
  isRunning: ({ name }) =>
    `${DAEMON}cannot remove container "/${name}": container is running: stop the container before removing or force remove`,
  imageId: ({ id }) => id.replace('sha256:', '').slice(0, 12),
};

/** Docker's package on this machine, and what its daemon says that it is. */
function installed({ machine }: CommandContext): { readonly community: boolean } | undefined {
  const names = new PackageDatabase(machine.files).list.map(({ name }) => name);
  return names.includes('docker-ce')
    ? { community: true }
    : names.includes('docker-ee')
      ? { community: false }
      : undefined;
}

async function serverVersion(cri: CriClient): Promise<{ version: string; api: string }> {
  const { runtimeVersion, runtimeApiVersion } = await cri.call('Version', {});
  return { version: runtimeVersion, api: runtimeApiVersion.replace(/\.0$/, '') };
}

const version: EngineCommand = async (_engine, _args, cri, context) => {
  const { version: number, api } = await serverVersion(cri);
  const title = installed(context)?.community === false ? 'Mirantis Container Runtime' : 'Docker Engine - Community';
  context.out(`Client: ${title}\n Version:           ${number}\n API version:       ${api}\n OS/Arch:           linux/amd64\n Context:           default\n\n`);
  context.out(`Server: ${title}\n Engine:\n  Version:          ${number}\n  API version:      ${api} (minimum version 1.24)\n  OS/Arch:          linux/amd64\n  Experimental:     false\n containerd:\n  Version:          2.1.4\n`);
  return 0;
}; // prettier-ignore

const info: EngineCommand = async (_engine, _args, cri, context) => {
  const { containers } = await cri.call('ListContainers', {});
  const { items } = await cri.call('ListPodSandbox', {});
  const { images } = await cri.call('ListImages', {});
  const { linux } = await cri.call('RuntimeConfig', {});
  const { version: number } = await serverVersion(cri);
  const { spec } = context.machine;
  const running = containers.filter(({ state }) => state === 'CONTAINER_RUNNING').length + items.filter(({ state }) => state === 'SANDBOX_READY').length;
  const total = containers.length + items.length;
  const lines = [
    'Client:', ` Version:    ${number}`, ' Context:    default', ' Debug Mode: false', '', 'Server:', ` Containers: ${total}`, `  Running: ${running}`, '  Paused: 0',
    `  Stopped: ${total - running}`, ` Images: ${images.length}`, ` Server Version: ${number}`, ' Storage Driver: overlay2', ' Logging Driver: json-file',
    ` Cgroup Driver: ${linux.cgroupDriver.toLowerCase()}`, ' Cgroup Version: 2', ' Swarm: inactive', ' Runtimes: io.containerd.runc.v2 runc', ' Default Runtime: runc', ' Init Binary: docker-init',
    ' OSType: linux', ' Architecture: x86_64', ` CPUs: ${spec.cpus}`, ` Total Memory: ${(spec.memory / 1024 ** 3).toPrecision(4)}GiB`, ` Name: ${spec.name}`, ' Docker Root Dir: /var/lib/docker', ' Debug Mode: false',
  ];
  context.out(`${lines.join('\n')}\n`);
  return 0;
}; // prettier-ignore

const system: EngineCommand = async (_engine, args, cri, context) => {
  if (args[0] !== 'df') throw new CommandError(`leme: of "docker system" only "df" is modelled\n`);
  const { images } = await cri.call('ListImages', {});
  const { containers } = await cri.call('ListContainers', {});
  const { items } = await cri.call('ListPodSandbox', {});
  const { stats } = await cri.call('ListContainerStats', {});
  const used = new Set(containers.map(({ imageId }) => imageId));
  const sum = (some: readonly { readonly size: number }[]): number =>
    some.reduce((all, { size }) => all + size, 0);
  const [all, spare] = [sum(images), sum(images.filter(({ id }) => !used.has(id)))];
  const active = containers.filter(({ state }) => state === 'CONTAINER_RUNNING').length + items.filter(({ state }) => state === 'SANDBOX_READY').length;
  const layers = sum(stats.map(({ writableLayer }) => ({ size: writableLayer.usedBytes })));
  context.out(columns([
    ['TYPE', 'TOTAL', 'ACTIVE', 'SIZE', 'RECLAIMABLE'],
    ['Images', String(images.length), String(used.size), humanSize(all), `${humanSize(spare)} (${all === 0 ? 0 : Math.floor((spare / all) * 100)}%)`],
    ['Containers', String(containers.length + items.length), String(active), humanSize(layers), '0B'],
    ['Local Volumes', '0', '0', '0B', '0B'],
    ['Build Cache', '0', '0', '0B', '0B'],
  ], 10, 3));
  return 0;
}; // prettier-ignore

const OWN: ReadonlyMap<string, EngineCommand> = new Map([
  ['version', version],
  ['info', info],
  ['system', system],
]);
const UNMODELLED = new Set('attach build commit compose cp create diff events export history import load login network port push rename restart run save search stats swarm tag top volume wait'.split(' ')); // prettier-ignore

/** `docker`, where its package is, over the daemon's socket. */
export const docker: MachineCommand = async (given, context) => {
  if (installed(context) === undefined) {
    context.err('bash: line 1: docker: command not found\n');
    return 127;
  }
  const [first = '', second = ''] = given;
  // `docker container ls` and `docker image ls` are the long forms.
  const long = (first === 'container' || first === 'image') && second !== '';
  const name = long ? (second === 'ls' ? (first === 'container' ? 'ps' : 'images') : first === 'image' && second === 'rm' ? 'rmi' : second) : first;
  const command = OWN.get(name) ?? engineCommands.get(name);
  if (command === undefined)
    throw new CommandError(
      UNMODELLED.has(name)
        ? `leme: "docker ${name}" is not modelled yet\n`
        : `docker: unknown command: docker ${name}\n\nRun 'docker --help' for more information\n`,
    );
  const { process, machine } = context;
  const cri = new SocketCriClient(process.net, machine.spec.name, DOCKER_SOCKET, machine.files);
  try {
    return await command(engine, given.slice(long ? 2 : 1), cri, context);
  } catch (error) {
    if (!(error instanceof CriError)) throw error;
    throw new CommandError(error.code === 'Unavailable' ? NO_DAEMON : `${error.desc}\n`);
  } finally {
    cri.close();
  }
}; // prettier-ignore
