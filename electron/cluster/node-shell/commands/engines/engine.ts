import type { CriClient, Image } from '../../../cri/interface.ts';
import { CriError } from '../../../cri/interface.ts';
import { columns, humanDuration, humanSize } from '../../human.ts';
import type { CommandContext } from '../../interface.ts';
import { CommandError } from '../../interface.ts';
import { crictlLogs } from '../crictl/logs.ts';
import { streamProcess } from '../crictl/streams.ts';
import { parseOptions } from '../options.ts';
import type { EngineContainer, Naming } from './engine-container.ts';
import { commandCell, engineContainers, findEngineContainer } from './engine-container.ts';

/** A command line in the manner of Docker's: what differs between Docker and nerdctl. */
export interface Engine {
  readonly name: 'docker' | 'nerdctl';
  readonly naming: Naming;
  readonly pause: string;
  noSuchContainer(name: string): string;
  noSuchImage(name: string): string;
  notRunning(container: EngineContainer): string;
  isRunning(container: EngineContainer): string;
  /** An image's id as it is listed. */
  imageId(image: Image): string;
}

/** One subcommand: its arguments, the runtime, the caller. */
export type EngineCommand = (
  engine: Engine,
  args: readonly string[],
  cri: CriClient,
  context: CommandContext,
) => Promise<number>;

const find = async (
  engine: Engine,
  cri: CriClient,
  context: CommandContext,
  name: string,
): Promise<EngineContainer> => {
  const all = await engineContainers(cri, context, engine.naming, engine.pause);
  const found = findEngineContainer(all, name);
  if (found === undefined) throw new CommandError(`${engine.noSuchContainer(name)}\n`);
  return found;
};

function atLeast(engine: Engine, command: string, rest: readonly string[], count: number): void {
  if (rest.length >= count) return;
  const words = `"${engine.name} ${command}" requires at least ${count} argument${count === 1 ? '' : 's'}.`;
  throw new CommandError(`${engine.name === 'docker' ? 'docker: ' : ''}${words}\nSee '${engine.name} ${command} --help'.\n`);
} // prettier-ignore

const ps: EngineCommand = async (engine, args, cri, context) => {
  const { flags, values } = parseOptions(engine.name, args, {
    flags: { '-a': 'a', '--all': 'a', '-q': 'q', '--quiet': 'q', '--no-trunc': 'n', '-l': 'l', '--latest': 'l' },
    values: { '-f': 'filter', '--filter': 'filter', '-n': 'last', '--last': 'last', '--format': 'format' },
  });
  if (values.has('format')) throw new CommandError(`leme: "${engine.name} ps --format" is not modelled yet\n`);
  const [key, value = ''] = (values.get('filter') ?? '').split(/=(.*)/);
  if (key !== '' && key !== 'name' && key !== 'status') throw new CommandError(`leme: of filters only name and status are modelled\n`);
  const last = flags.has('l') ? 1 : Number(values.get('last') ?? Infinity);
  const rows = (await engineContainers(cri, context, engine.naming, engine.pause))
    .filter(({ running }) => running || flags.has('a') || last !== Infinity || key === 'status')
    .filter(({ name, status }) => key !== 'name' || name.includes(value) || status === '')
    .filter(({ status }) => key !== 'status' || status.startsWith(value === 'running' ? 'Up' : value === 'exited' ? 'Exited' : 'Created'))
    .slice(0, last);
  const whole = flags.has('n');
  const cut = (id: string): string => (whole ? id : id.slice(0, 12));
  if (flags.has('q')) {
    for (const { id } of rows) context.out(`${cut(id)}\n`);
    return 0;
  }
  const now = context.process.clock.now();
  context.out(columns([
    ['CONTAINER ID', 'IMAGE', 'COMMAND', 'CREATED', 'STATUS', 'PORTS', 'NAMES'],
    ...rows.map((one) => [cut(one.id), one.image, commandCell(one.argv, whole), `${humanDuration(now - one.createdAt)} ago`, one.status, '', one.name]),
  ], 10, 3));
  return 0;
}; // prettier-ignore

const images: EngineCommand = async (engine, args, cri, context) => {
  const { flags, rest } = parseOptions(engine.name, args, {
    flags: { '-a': 'a', '--all': 'a', '-q': 'q', '--quiet': 'q', '--no-trunc': 'n', '--digests': 'd' },
  });
  const rows = (await cri.call('ListImages', {})).images
    .flatMap((image) => (image.repoTags.length === 0 ? ['<none>:<none>'] : image.repoTags).map((tag) => ({ image, tag })))
    .map(({ image, tag }) => ({ image, repository: tag.slice(0, tag.lastIndexOf(':')), tag: tag.slice(tag.lastIndexOf(':') + 1) }))
    .filter(({ repository, tag }) => rest[0] === undefined || rest[0] === repository || rest[0] === `${repository}:${tag}`)
    .toSorted((a, b) => (a.repository < b.repository ? -1 : 1));
  const id = (image: Image): string => (flags.has('n') ? image.id : engine.imageId(image));
  if (flags.has('q')) for (const { image } of rows) context.out(`${id(image)}\n`);
  else
    context.out(columns([
      ['REPOSITORY', 'TAG', 'IMAGE ID', 'CREATED', 'SIZE'],
      // When an image was built is not known.
      ...rows.map(({ image, repository, tag }) => [repository, tag, id(image), 'N/A', humanSize(image.size)]),
    ], 10, 3));
  return 0;
}; // prettier-ignore

const logs: EngineCommand = async (engine, args, cri, context) => {
  const rest = args.filter((arg, index) => !arg.startsWith('-') && !/^(-n|--tail|--since)$/.test(args[index - 1] ?? '')); // prettier-ignore
  atLeast(engine, 'logs', rest, 1);
  const { container } = await find(engine, cri, context, rest[0] ?? '');
  return container === undefined ? 0 : crictlLogs(args, container, context);
};

const exec: EngineCommand = async (engine, args, cri, context) => {
  let at = 0;
  while ((args[at] ?? '').startsWith('-')) at += 1;
  const { flags } = parseOptions(engine.name, args.slice(0, at), {
    flags: { '-i': 'i', '--interactive': 'i', '-t': 't', '--tty': 't' },
  });
  const [name = '', ...cmd] = args.slice(at);
  atLeast(engine, 'exec', args.slice(at), 2);
  const found = await find(engine, cri, context, name);
  if (found.container === undefined || !found.running)
    throw new CommandError(`${engine.notRunning(found)}\n`);
  const [tty, stdin] = [flags.has('t'), flags.has('i')];
  if (tty && context.terminal === undefined) throw new CommandError('the input device is not a TTY\n');
  const { url } = await cri.call('Exec', { containerId: found.id, cmd, tty, stdin });
  const problem = await streamProcess(url, { stdin, tty }, context);
  const code = /^command terminated with exit code (\d+)$/.exec(problem ?? '')?.[1];
  if (code !== undefined) return Number(code);
  if (problem === undefined) return 0;
  const runc = /OCI runtime exec failed.*$/.exec(problem)?.[0] ?? problem;
  context.err(`${runc}\n`);
  return 126;
};

/** Acts on every container that was named; one that is not there does not keep the others from it. */
function each(
  command: string,
  act: (
    cri: CriClient,
    found: EngineContainer,
    options: ReturnType<typeof parseOptions>,
    engine: Engine,
  ) => Promise<unknown>,
): EngineCommand {
  return async (engine, args, cri, context) => {
    const options = parseOptions(engine.name, args, {
      flags: { '-f': 'f', '--force': 'f', '-v': 'v', '--volumes': 'v' },
      values: {
        '-t': 'timeout',
        '--time': 'timeout',
        '--timeout': 'timeout',
        '-s': 'signal',
        '--signal': 'signal',
      },
    });
    atLeast(engine, command, options.rest, 1);
    let code = 0;
    for (const name of options.rest) {
      try {
        await act(cri, await find(engine, cri, context, name), options, engine);
        context.out(`${name}\n`);
      } catch (error) {
        if (!(error instanceof CommandError)) throw error;
        context.err(error.message);
        code = 1;
      }
    }
    return code;
  };
}

const stopOne = (cri: CriClient, { id, container }: EngineContainer, timeout: number): Promise<unknown> =>
  container === undefined
    ? cri.call('StopPodSandbox', { podSandboxId: id })
    : cri.call('StopContainer', { containerId: id, timeout });

const inspect: EngineCommand = async (engine, args, cri, context) => {
  const { rest } = parseOptions(engine.name, args, { flags: { '-s': 's' }, values: { '--type': 'type' } });
  atLeast(engine, 'inspect', rest, 1);
  const all = await engineContainers(cri, context, engine.naming, engine.pause);
  const found: unknown[] = [];
  let code = 0;
  for (const name of rest) {
    const one = findEngineContainer(all, name);
    const image = one === undefined ? (await cri.call('ImageStatus', { image: name })).image : undefined;
    if (one !== undefined) found.push(inspected(one));
    else if (image !== undefined) found.push({ Id: image.id, RepoTags: image.repoTags, RepoDigests: image.repoDigests, Size: image.size, Architecture: 'amd64', Os: 'linux' });
    else {
      context.err(`Error: No such object: ${name}\n`);
      code = 1;
    }
  }
  context.out(`${JSON.stringify(found, null, 4)}\n`);
  return code;
}; // prettier-ignore

function inspected({ id, name, image, argv, createdAt, running, container, sandbox }: EngineContainer): unknown {
  const iso = (ms: number): string => (ms === 0 ? '0001-01-01T00:00:00Z' : new Date(ms).toISOString());
  const config = container?.config;
  return {
    Id: id,
    Created: iso(createdAt),
    Path: argv[0] ?? '',
    Args: argv.slice(1),
    State: {
      Status: running ? 'running' : container?.state === 'CONTAINER_CREATED' ? 'created' : 'exited',
      Running: running, Paused: false, Restarting: false, OOMKilled: container?.reason === 'OOMKilled', Dead: false, Pid: container?.pid ?? 0,
      ExitCode: container?.exitCode ?? 0, Error: container?.message ?? '', StartedAt: iso(container?.startedAt ?? createdAt), FinishedAt: iso(container?.finishedAt ?? 0),
    },
    Image: container?.imageId ?? image,
    Name: `/${name}`,
    LogPath: container?.logPath ?? '',
    HostConfig: {
      NetworkMode: container === undefined ? 'none' : `container:${container.podSandboxId}`,
      Memory: config?.linux?.resources?.memoryLimitInBytes ?? 0, CpuQuota: config?.linux?.resources?.cpuQuota ?? 0, CpuPeriod: config?.linux?.resources?.cpuPeriod ?? 0,
      Binds: (config?.mounts ?? []).map(({ hostPath, containerPath, readonly }) => `${hostPath}:${containerPath}${readonly ? ':ro' : ''}`),
    },
    Config: {
      Hostname: sandbox?.config.hostname ?? '', Tty: config?.tty ?? false, OpenStdin: config?.stdin ?? false, Env: (config?.envs ?? []).map(({ key, value }) => `${key}=${value}`),
      Image: image, WorkingDir: config?.workingDir ?? '', Labels: { ...(config ?? sandbox?.config)?.labels },
    },
  };
} // prettier-ignore

const pull: EngineCommand = async (engine, args, cri, context) => {
  const { flags, rest } = parseOptions(engine.name, args, { flags: { '-q': 'q', '--quiet': 'q' } });
  atLeast(engine, 'pull', rest, 1);
  const [given = ''] = rest;
  const tag = given.includes('@') || /:[^/]*$/.test(given) ? undefined : 'latest';
  if (tag !== undefined && !flags.has('q')) context.out(`Using default tag: ${tag}\n`);
  let imageRef: string;
  try {
    imageRef = (await cri.call('PullImage', { image: given })).imageRef;
  } catch (error) {
    if (error instanceof CriError && error.code !== 'Unavailable') throw new CommandError(`${error.desc}\n`);
    throw error;
  }
  const { image } = await cri.call('ImageStatus', { image: imageRef });
  const name = image?.repoTags[0] ?? given;
  if (!flags.has('q')) context.out(`Digest: ${image?.repoDigests[0]?.split('@')[1] ?? ''}\nStatus: Downloaded newer image for ${name}\n`);
  context.out(`${name.split('/')[0]?.includes('.') === true ? name : name.includes('/') ? `docker.io/${name}` : `docker.io/library/${name}`}\n`);
  return 0;
}; // prettier-ignore

const rmi: EngineCommand = async (engine, args, cri, context) => {
  const { flags, rest } = parseOptions(engine.name, args, { flags: { '-f': 'f', '--force': 'f' } });
  atLeast(engine, 'rmi', rest, 1);
  let code = 0;
  for (const name of rest) {
    const { image } = await cri.call('ImageStatus', { image: name });
    const user = (await cri.call('ListContainers', {})).containers.find(({ imageId }) => imageId === image?.id);
    if (image === undefined) context.err(`${engine.noSuchImage(name)}\n`);
    else if (user !== undefined && !flags.has('f'))
      context.err(`Error response from daemon: conflict: unable to remove repository reference "${name}" (must force) - container ${user.id.slice(0, 12)} is using its referenced image ${engine.imageId(image)}\n`);
    else {
      await cri.call('RemoveImage', { image: image.id });
      for (const tag of image.repoTags) context.out(`Untagged: ${tag}\n`);
      context.out(`Deleted: ${image.id}\n`);
      continue;
    }
    code = 1;
  }
  return code;
}; // prettier-ignore

/** What Docker and nerdctl have in common. */
export const engineCommands: ReadonlyMap<string, EngineCommand> = new Map<string, EngineCommand>([
  ['ps', ps],
  ['images', images],
  ['logs', logs],
  ['exec', exec],
  ['inspect', inspect],
  ['pull', pull],
  ['rmi', rmi],
  [
    'stop',
    each('stop', (cri, found, { values }) => stopOne(cri, found, Number(values.get('timeout') ?? '10'))),
  ],
  ['kill', each('kill', (cri, found) => stopOne(cri, found, 0))],
  [
    'start',
    each('start', (cri, { id, container }) =>
      container?.state === 'CONTAINER_CREATED' ? cri.call('StartContainer', { containerId: id }) : notAgain(),
    ),
  ],
  [
    'rm',
    each('rm', async (cri, found, { flags }, engine) => {
      if (found.running && !flags.has('f')) throw new CommandError(`${engine.isRunning(found)}\n`);
      if (found.container === undefined) await cri.call('RemovePodSandbox', { podSandboxId: found.id });
      else await cri.call('RemoveContainer', { containerId: found.id });
    }),
  ],
]);

function notAgain(): never {
  throw new CommandError(
    'leme: starting a container that has run already is not modelled; the kubelet makes a new one\n',
  );
}
