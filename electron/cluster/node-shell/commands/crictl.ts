import { SocketCriClient } from '../../cri/cri-client.ts';
import type { Container, CriClient, Image, PodSandbox } from '../../cri/interface.ts';
import { CriError } from '../../cri/interface.ts';
import type { CommandContext, MachineCommand } from '../interface.ts';
import { CommandError } from '../interface.ts';
import { columns, humanDuration, humanSize } from '../human.ts';
import { crictlEndpoint } from './crictl-endpoint.ts';
import { crictlLogs } from './crictl-logs.ts';
import { parseOptions } from './options.ts';

type Subcommand = (args: readonly string[], cri: CriClient, context: CommandContext) => Promise<number>;

const FLAGS = {
  '-a': 'a',
  '--all': 'a',
  '-q': 'q',
  '--quiet': 'q',
  '-f': 'f',
  '--force': 'f',
  '--no-trunc': 'n',
  '-v': 'v',
  '--digests': 'd',
  '--prune': 'p',
};
const VALUES = {
  '--name': 'name',
  '--pod': 'pod',
  '-p': 'pod',
  '--state': 'state',
  '-s': 'state',
  '--namespace': 'namespace',
  '-o': 'o',
  '--output': 'o',
  '-n': 'last',
  '--timeout': 'timeout',
  '-t': 'timeout',
};

function ago(context: CommandContext, time: number): string {
  return `${humanDuration(context.process.clock.now() - time)} ago`;
}

function json(context: CommandContext, value: unknown): void {
  context.out(`${JSON.stringify(value, null, 2)}\n`);
}

/** The container whose id begins so. */
async function findContainer(cri: CriClient, prefix: string): Promise<Container> {
  const { containers } = await cri.call('ListContainers', {});
  const found = containers.filter((container) => container.id.startsWith(prefix));
  const [only] = found;
  if (only !== undefined && found.length === 1 && prefix !== '') return only;
  if (found.length > 1)
    throw new CommandError(`FATA[0000] multiple containers matching ID prefix ${prefix}\n`);
  throw new CommandError(
    `E getting container "${prefix}" failed: rpc error: code = NotFound desc = an error occurred when try to find container "${prefix}": not found\n`,
  );
}

async function findSandbox(cri: CriClient, prefix: string): Promise<PodSandbox> {
  const { items } = await cri.call('ListPodSandbox', {});
  const found = items.filter((sandbox) => sandbox.id.startsWith(prefix));
  const [only] = found;
  if (only !== undefined && found.length === 1 && prefix !== '') return only;
  throw new CommandError(
    `E getting pod sandbox "${prefix}" failed: rpc error: code = NotFound desc = an error occurred when try to find sandbox "${prefix}": not found\n`,
  );
}

const ps: Subcommand = async (args, cri, context) => {
  const { flags, values } = parseOptions('crictl', args, { flags: FLAGS, values: VALUES });
  const { containers } = await cri.call('ListContainers', {});
  const { items } = await cri.call('ListPodSandbox', {});
  const state = values.get('state')?.toUpperCase();
  const name = values.get('name');
  const pod = values.get('pod');
  const shown = containers
    .filter((container) => {
      if (state !== undefined) return container.state === `CONTAINER_${state}`;
      return flags.has('a') || container.state === 'CONTAINER_RUNNING';
    })
    .filter((container) => name === undefined || new RegExp(name).test(container.config.metadata.name))
    .filter((container) => pod === undefined || container.podSandboxId.startsWith(pod))
    .sort((a, b) => b.createdAt - a.createdAt);
  if (values.get('o') === 'json') json(context, { containers: shown });
  else if (flags.has('q')) for (const container of shown) context.out(`${container.id}\n`);
  else {
    const rows = shown.map((container) => {
      const sandbox = items.find((candidate) => candidate.id === container.podSandboxId)?.config.metadata;
      const states = {
        CONTAINER_CREATED: 'Created',
        CONTAINER_RUNNING: 'Running',
        CONTAINER_EXITED: 'Exited',
        CONTAINER_UNKNOWN: 'Unknown',
      };
      const { metadata } = container.config;
      return [
        container.id.slice(0, 13),
        container.imageId.replace('sha256:', '').slice(0, 13),
        ago(context, container.createdAt),
        states[container.state],
        metadata.name,
        String(metadata.attempt),
        container.podSandboxId.slice(0, 13),
        sandbox?.name ?? 'unknown',
        sandbox?.namespace ?? 'unknown',
      ];
    });
    context.out(
      columns(
        [
          ['CONTAINER', 'IMAGE', 'CREATED', 'STATE', 'NAME', 'ATTEMPT', 'POD ID', 'POD', 'NAMESPACE'],
          ...rows,
        ],
        20,
        3,
      ),
    );
  }
  return 0;
};

const pods: Subcommand = async (args, cri, context) => {
  const { flags, values } = parseOptions('crictl', args, { flags: FLAGS, values: VALUES });
  const { items } = await cri.call('ListPodSandbox', {});
  const [name, namespace, state] = [values.get('name'), values.get('namespace'), values.get('state')];
  const shown = items
    .filter((sandbox) => name === undefined || new RegExp(name).test(sandbox.config.metadata.name))
    .filter((sandbox) => namespace === undefined || sandbox.config.metadata.namespace === namespace)
    .filter((sandbox) => state === undefined || sandbox.state === `SANDBOX_${state.toUpperCase()}`)
    .sort((a, b) => b.createdAt - a.createdAt);
  if (values.get('o') === 'json') json(context, { items: shown });
  else if (flags.has('q')) for (const sandbox of shown) context.out(`${sandbox.id}\n`);
  else {
    const rows = shown.map((sandbox) => {
      const { metadata } = sandbox.config;
      const ready = sandbox.state === 'SANDBOX_READY' ? 'Ready' : 'NotReady';
      return [
        sandbox.id.slice(0, 13),
        ago(context, sandbox.createdAt),
        ready,
        metadata.name,
        metadata.namespace,
        String(metadata.attempt),
        '(default)',
      ];
    });
    context.out(
      columns([['POD ID', 'CREATED', 'STATE', 'NAME', 'NAMESPACE', 'ATTEMPT', 'RUNTIME'], ...rows], 20, 3),
    );
  }
  return 0;
};

function imageRows(images: readonly Image[]): string[][] {
  return [...images]
    .sort((a, b) => ((a.repoTags[0] ?? '') < (b.repoTags[0] ?? '') ? -1 : 1))
    .map((image) => {
      const tag = image.repoTags[0] ?? '<none>:<none>';
      const colon = tag.lastIndexOf(':');
      return [
        tag.slice(0, colon),
        tag.slice(colon + 1),
        image.id.replace('sha256:', '').slice(0, 13),
        humanSize(image.size),
      ];
    });
}

const images: Subcommand = async (args, cri, context) => {
  const { flags, values, rest } = parseOptions('crictl', args, { flags: FLAGS, values: VALUES });
  const all = (await cri.call('ListImages', {})).images;
  const shown = all.filter(
    (image) => rest[0] === undefined || image.repoTags.some((tag) => tag.includes(rest[0] ?? '')),
  );
  if (values.get('o') === 'json') json(context, { images: shown });
  else if (flags.has('q')) for (const image of shown) context.out(`${image.id}\n`);
  else context.out(columns([['IMAGE', 'TAG', 'IMAGE ID', 'SIZE'], ...imageRows(shown)], 20, 3));
  return 0;
};

/** Runs `act` for each id, printing the id when done. */
function each(
  name: string,
  find: (cri: CriClient, id: string) => Promise<{ readonly id: string }>,
  act: (cri: CriClient, id: string, forced: boolean, seconds: number) => Promise<unknown>,
): Subcommand {
  return async (args, cri, context) => {
    const { flags, values, rest } = parseOptions('crictl', args, { flags: FLAGS, values: VALUES });
    if (rest.length === 0)
      throw new CommandError(`FATA[0000] ID cannot be empty, see: crictl ${name} --help\n`);
    let code = 0;
    for (const prefix of rest) {
      try {
        const { id } = await find(cri, prefix);
        await act(cri, id, flags.has('f'), Number(values.get('timeout') ?? '0'));
        context.out(`${prefix}\n`);
      } catch (error) {
        if (!(error instanceof CommandError)) throw error;
        context.err(error.message);
        code = 1;
      }
    }
    return code;
  };
}

const removeContainer = async (cri: CriClient, id: string, forced: boolean): Promise<void> => {
  const { status } = await cri.call('ContainerStatus', { containerId: id });
  if (status.state === 'CONTAINER_RUNNING' && !forced) {
    throw new CommandError(
      `E removing container "${id}" failed: container "${id}" is running, please stop it first\n`,
    );
  }
  await cri.call('RemoveContainer', { containerId: id });
};

const removeSandbox = async (cri: CriClient, id: string, forced: boolean): Promise<void> => {
  const { status } = await cri.call('PodSandboxStatus', { podSandboxId: id });
  if (status.state === 'SANDBOX_READY' && !forced) {
    throw new CommandError(`E pod sandbox "${id}" is running, please stop it first\n`);
  }
  await cri.call('RemovePodSandbox', { podSandboxId: id });
};

const inspect: Subcommand = async (args, cri, context) => {
  const container = await findContainer(cri, args.find((arg) => !arg.startsWith('-')) ?? '');
  const iso = (time: number): string => (time === 0 ? '0001-01-01T00:00:00Z' : new Date(time).toISOString());
  const { config, id, state, exitCode, reason, message, imageRef, logPath, pid } = container;
  json(context, {
    status: {
      id,
      metadata: config.metadata,
      state,
      createdAt: iso(container.createdAt),
      startedAt: iso(container.startedAt),
      finishedAt: iso(container.finishedAt),
      exitCode,
      image: { image: config.image },
      imageRef,
      reason,
      message,
      labels: config.labels,
      annotations: config.annotations,
      logPath,
    },
    info: {
      sandboxID: container.podSandboxId,
      pid,
      config: { command: config.command, args: config.args, envs: config.envs },
    },
  });
  return 0;
};

const inspectp: Subcommand = async (args, cri, context) => {
  const sandbox = await findSandbox(cri, args.find((arg) => !arg.startsWith('-')) ?? '');
  const { config, id, state, ip } = sandbox;
  json(context, {
    status: {
      id,
      metadata: config.metadata,
      state,
      createdAt: new Date(sandbox.createdAt).toISOString(),
      network: { additionalIps: [], ip },
      linux: { namespaces: { options: { network: config.network } } },
      labels: config.labels,
      annotations: config.annotations,
    },
  });
  return 0;
};

const pull: Subcommand = async (args, cri, context) => {
  const image = args.find((arg) => !arg.startsWith('-'));
  if (image === undefined) throw new CommandError('FATA[0000] image name cannot be empty\n');
  try {
    const { imageRef } = await cri.call('PullImage', { image });
    context.out(`Image is up to date for ${imageRef}\n`);
    return 0;
  } catch (error) {
    if (error instanceof CriError && error.code !== 'Unavailable')
      throw new CommandError(`FATA[0000] pulling image: ${error.message}\n`);
    throw error;
  }
};

const rmi: Subcommand = async (args, cri, context) => {
  for (const name of args.filter((arg) => !arg.startsWith('-'))) {
    const { image } = await cri.call('ImageStatus', { image: name });
    if (image === undefined) throw new CommandError(`E no such image ${name}\n`);
    await cri.call('RemoveImage', { image: image.id });
    for (const tag of image.repoTags) context.out(`Deleted: ${tag}\n`);
  }
  return 0;
};

const info: Subcommand = async (_args, cri, context) => {
  const { conditions } = await cri.call('Status', {});
  json(context, { status: { conditions } });
  return 0;
};

const version: Subcommand = async (_args, cri, context) => {
  const answer = await cri.call('Version', {});
  context.out(
    `Version:  ${answer.version}\nRuntimeName:  ${answer.runtimeName}\nRuntimeVersion:  ${answer.runtimeVersion}\nRuntimeApiVersion:  ${answer.runtimeApiVersion}\n`,
  );
  return 0;
};

const logs: Subcommand = async (args, cri, context) => {
  const id = args.filter((arg) => !arg.startsWith('-')).at(-1) ?? '';
  return crictlLogs(args, await findContainer(cri, id), context);
};

const SUBCOMMANDS: ReadonlyMap<string, Subcommand> = new Map<string, Subcommand>([
  ['ps', ps],
  ['pods', pods],
  ['images', images],
  ['image', images],
  ['inspect', inspect],
  ['inspectp', inspectp],
  [
    'stop',
    each('stop', findContainer, (cri, id, _forced, timeout) =>
      cri.call('StopContainer', { containerId: id, timeout }),
    ),
  ],
  ['rm', each('rm', findContainer, removeContainer)],
  ['stopp', each('stopp', findSandbox, (cri, id) => cri.call('StopPodSandbox', { podSandboxId: id }))],
  ['rmp', each('rmp', findSandbox, removeSandbox)],
  ['pull', pull],
  ['rmi', rmi],
  ['logs', logs],
  ['info', info],
  ['version', version],
]);

/** crictl against the machine's own runtime. Models cri-tools (v1.34). */
export const crictl: MachineCommand = async (given, context) => {
  const { socket, args } = crictlEndpoint(given, context.machine.files);
  const at = args.findIndex((arg) => !arg.startsWith('-'));
  const name = args[at] ?? '';
  const run = SUBCOMMANDS.get(name);
  if (run === undefined) {
    if (
      [
        'exec',
        'attach',
        'port-forward',
        'stats',
        'statsp',
        'create',
        'run',
        'runp',
        'start',
        'events',
        'update',
      ].includes(name)
    ) {
      throw new CommandError(`leme: "crictl ${name}" is not modelled yet\n`);
    }
    throw new CommandError(
      name === '' ? `usage: crictl ${[...SUBCOMMANDS.keys()].join('|')}\n` : `No help topic for '${name}'\n`,
      1,
    );
  }
  const cri = new SocketCriClient(
    context.process.net,
    context.machine.spec.name,
    socket,
    context.machine.files,
  );
  try {
    return await run(args.slice(at + 1), cri, context);
  } catch (error) {
    if (!(error instanceof CriError)) throw error;
    const endpoint = `unix://${socket}`;
    if (error.code !== 'Unavailable') throw new CommandError(`FATA[0000] ${error.message}\n`);
    throw new CommandError(
      `FATA[0000] validate service connection: validate CRI v1 runtime API for endpoint "${endpoint}": ${error.message}\n`,
    );
  } finally {
    cri.close();
  }
};
