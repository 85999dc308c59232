import type { Container, CriClient } from '../../../cri/interface.ts';
import { CriError } from '../../../cri/interface.ts';
import { columns, humanDuration } from '../../human.ts';
import type { CommandContext } from '../../interface.ts';
import { parseOptions } from '../options.ts';
import { FLAGS, VALUES } from './flags.ts';
import type { Subcommand } from './interface.ts';
import { fatal } from './interface.ts';
import { print } from './output.ts';
import { filterContainers, findContainer } from './select.ts';
import { inspectedContainer, listedContainer } from './shapes.ts';

const STATES = {
  CONTAINER_CREATED: 'Created',
  CONTAINER_RUNNING: 'Running',
  CONTAINER_EXITED: 'Exited',
  CONTAINER_UNKNOWN: 'Unknown',
};

async function listed(cri: CriClient, flags: ReadonlySet<string>, values: ReadonlyMap<string, string>) {
  const { containers } = await cri.call('ListContainers', {});
  const { items } = await cri.call('ListPodSandbox', {});
  return { sandboxes: items, containers: filterContainers(containers, items, flags, values) };
}

/** `crictl ps` */
export const ps: Subcommand = async (args, cri, context) => {
  const { flags, values } = parseOptions('crictl', args, { flags: FLAGS, values: VALUES });
  const { containers, sandboxes } = await listed(cri, flags, values);
  const format = values.get('o') ?? 'table';
  if (format !== 'table') {
    print(context, { containers: containers.map(listedContainer) }, format, values.get('template'));
    return 0;
  }
  if (flags.has('q')) {
    for (const { id } of containers) context.out(`${id}\n`);
    return 0;
  }
  const length = flags.has('no-trunc') ? undefined : 13;
  const now = context.process.clock.now();
  const rows = containers.map(({ id, imageId, createdAt, state, config, podSandboxId }) => {
    const sandbox = sandboxes.find((one) => one.id === podSandboxId)?.config.metadata;
    return [
      id.slice(0, length),
      length === undefined ? imageId : imageId.replace('sha256:', '').slice(0, length),
      `${humanDuration(now - createdAt)} ago`,
      STATES[state],
      config.metadata.name,
      String(config.metadata.attempt),
      podSandboxId.slice(0, length),
      sandbox?.name ?? 'unknown',
      sandbox?.namespace ?? 'unknown',
    ];
  });
  const header = ['CONTAINER', 'IMAGE', 'CREATED', 'STATE', 'NAME', 'ATTEMPT', 'POD ID', 'POD', 'NAMESPACE'];
  context.out(columns([header, ...rows], 20, 3));
  return 0;
};

/** `crictl inspect` */
export const inspect: Subcommand = async (args, cri, context) => {
  const { flags, values, rest } = parseOptions('crictl', args, { flags: FLAGS, values: VALUES });
  const ids = rest.length > 0 ? rest : (await listed(cri, flags, values)).containers.map(({ id }) => id);
  if (ids.length === 0) {
    context.err('ERRO[0000] No IDs provided or nothing found per filter\n');
    return 1;
  }
  const found: Readonly<Record<string, unknown>>[] = [];
  for (const id of ids)
    found.push(inspectedContainer(await wrapped(`getting the status of the container "${id}"`, () => findContainer(cri, id)), flags.has('q'))); // prettier-ignore
  const format = values.get('o') ?? 'json';
  if (format === 'table') for (const each of found) table(context, each['status'] as Readonly<Record<string, unknown>>);
  else print(context, found.length === 1 ? found[0] : found, format, values.get('template'));
  return 0;
}; // prettier-ignore

function table(context: CommandContext, status: Readonly<Record<string, unknown>>): void {
  const { name, attempt } = status['metadata'] as { name: string; attempt: number };
  const lines = { ID: status['id'], Name: name, Attempt: attempt, State: status['state'], Created: status['createdAt'], Started: status['startedAt'], 'Finished': status['finishedAt'], 'Exit Code': status['exitCode'] }; // prettier-ignore
  for (const [key, value] of Object.entries(lines)) context.out(`${key}: ${String(value)}\n`);
}

/** What the runtime refused, with what was being done before it. @throws CommandError */
export async function wrapped<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CriError && error.code !== 'Unavailable') throw fatal(`${doing}: ${error.message}`);
    throw error;
  }
}

/** Acts on each id, printing it when done. With `-a` and no ids on all that there are. */
function each(
  doing: string,
  pick: (container: Container) => boolean,
  act: (
    cri: CriClient,
    container: Container,
    options: ReturnType<typeof parseOptions>,
    context: CommandContext,
  ) => Promise<unknown>,
): Subcommand {
  return async (args, cri, context) => {
    const options = parseOptions('crictl', args, { flags: FLAGS, values: VALUES });
    const all = options.flags.has('a') ? (await cri.call('ListContainers', {})).containers.filter(pick) : [];
    const ids = options.rest.length > 0 ? options.rest : all.map(({ id }) => id);
    if (ids.length === 0 && !options.flags.has('a')) throw fatal('ID cannot be empty');
    for (const id of ids) {
      await wrapped(`${doing} "${id}"`, async () => act(cri, await findContainer(cri, id), options, context));
      context.out(`${id}\n`);
    }
    return 0;
  };
}

/** `crictl stop [-t SECONDS]`: without a time SIGKILL comes at once. */
export const stop = each(
  'stopping the container',
  ({ state }) => state === 'CONTAINER_RUNNING',
  (cri, { id }, { values }) =>
    cri.call('StopContainer', { containerId: id, timeout: Number(values.get('timeout') ?? '0') }),
);

/** `crictl start` */
export const start = each(
  'starting the container',
  () => false,
  (cri, { id }) => cri.call('StartContainer', { containerId: id }),
);

/** `crictl rm [-f] [-k]` */
export const rm = each(
  'removing container',
  () => true,
  async (cri, { id, state, logPath }, { flags }, { machine }) => {
    if (state === 'CONTAINER_RUNNING' && !flags.has('f'))
      throw fatal(`container "${id}" is running, please stop it first`);
    if (state === 'CONTAINER_RUNNING') await cri.call('StopContainer', { containerId: id, timeout: 0 });
    await cri.call('RemoveContainer', { containerId: id });
    if (!flags.has('k') && machine.files.exists(logPath)) machine.files.remove(logPath);
  },
);

/** `crictl update --memory BYTES --cpu-quota MICROSECONDS …` */
export const update: Subcommand = async (args, cri, context) => {
  const { values, rest } = parseOptions('crictl', args, {
    values: {
      '--memory': 'memoryLimitInBytes', '--cpu-quota': 'cpuQuota', '--cpu-period': 'cpuPeriod', '--cpu-share': 'cpuShares', '--oom-score-adj': 'oomScoreAdj',
    },
  }); // prettier-ignore
  if (rest.length === 0) throw fatal('ID cannot be empty');
  const linux = Object.fromEntries([...values].map(([name, value]) => [name, Number(value)]));
  for (const prefix of rest) {
    await wrapped(`updating container resources for "${prefix}"`, async () => {
      const { id } = await findContainer(cri, prefix);
      await cri.call('UpdateContainerResources', { containerId: id, linux });
    });
    context.out(`${prefix}\n`);
  }
  return 0;
};
