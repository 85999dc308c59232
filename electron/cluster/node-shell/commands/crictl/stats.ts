import type { ContainerStats, PodSandboxStats } from '../../../cri/stats.ts';
import { columns, humanSize } from '../../human.ts';
import { parseOptions } from '../options.ts';
import type { Subcommand } from './interface.ts';
import { print } from './output.ts';

const OPTIONS = {
  flags: { '-a': 'a', '--all': 'a', '-w': 'w', '--watch': 'w' },
  values: {
    '--id': 'id',
    '-p': 'pod',
    '--pod': 'pod',
    '-o': 'o',
    '--output': 'o',
    '-s': 's',
    '--seconds': 's',
  },
};

interface Sample {
  readonly id: string;
  readonly timestamp: number;
  readonly usageCoreNanoSeconds: number;
}

/** Percent of one core between two samples. */
function percent(before: readonly Sample[], now: Sample): string {
  const old = before.find(({ id }) => id === now.id);
  const spent = now.usageCoreNanoSeconds - (old?.usageCoreNanoSeconds ?? 0);
  const nanos = (now.timestamp - (old?.timestamp ?? now.timestamp)) * 1e6;
  return (nanos <= 0 ? 0 : (spent / nanos) * 100).toFixed(2);
}

const seconds = (values: ReadonlyMap<string, string>): number =>
  Math.max(1, Number(values.get('s') ?? '1')) * 1000;

/** `crictl stats`: two samples, a second apart. */
export const stats: Subcommand = async (args, cri, context) => {
  const { values, rest } = parseOptions('crictl', args, OPTIONS);
  const id = values.get('id') ?? rest[0];
  const pod = values.get('pod');
  const take = async (): Promise<readonly ContainerStats[]> => {
    const all = (await cri.call('ListContainerStats', {})).stats;
    const { containers } = await cri.call('ListContainers', {});
    const podOf = new Map(containers.map((one) => [one.id, one.podSandboxId]));
    return all
      .filter(({ attributes }) => id === undefined || attributes.id.startsWith(id))
      .filter(({ attributes }) => pod === undefined || podOf.get(attributes.id)?.startsWith(pod) === true)
      .toSorted((a, b) => (a.attributes.id < b.attributes.id ? -1 : 1));
  };
  const first = await take();
  const format = values.get('o') ?? 'table';
  if (format !== 'table') {
    print(context, { stats: first }, format, undefined);
    return 0;
  }
  const sampleOf = ({ attributes, cpu }: ContainerStats): Sample => ({ id: attributes.id, ...cpu });
  await context.process.clock.sleep(seconds(values));
  const rows = (await take()).map((one) => [
    one.attributes.id.slice(0, 13),
    one.attributes.metadata.name,
    percent(first.map(sampleOf), sampleOf(one)),
    humanSize(one.memory.workingSetBytes),
    humanSize(one.writableLayer.usedBytes),
    String(one.writableLayer.inodesUsed),
  ]);
  context.out(columns([['CONTAINER', 'NAME', 'CPU %', 'MEM', 'DISK', 'INODES'], ...rows], 20, 3));
  return 0;
};

/** `crictl statsp` */
export const statsp: Subcommand = async (args, cri, context) => {
  const { values, rest } = parseOptions('crictl', args, OPTIONS);
  const id = values.get('id') ?? rest[0];
  const take = async (): Promise<readonly PodSandboxStats[]> =>
    (await cri.call('ListPodSandboxStats', {})).stats
      .filter(({ attributes }) => id === undefined || attributes.id.startsWith(id))
      .toSorted((a, b) => (a.attributes.id < b.attributes.id ? -1 : 1));
  const first = await take();
  const format = values.get('o') ?? 'table';
  if (format !== 'table') {
    print(context, { stats: first }, format, undefined);
    return 0;
  }
  const sampleOf = ({ attributes, linux }: PodSandboxStats): Sample => ({ id: attributes.id, ...linux.cpu });
  await context.process.clock.sleep(seconds(values));
  const rows = (await take()).map((one) => [
    one.attributes.metadata.name,
    one.attributes.id.slice(0, 13),
    percent(first.map(sampleOf), sampleOf(one)),
    humanSize(one.linux.memory.workingSetBytes),
  ]);
  context.out(columns([['POD', 'POD ID', 'CPU %', 'MEM'], ...rows], 20, 3));
  return 0;
};
