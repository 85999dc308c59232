import { columns, humanDuration } from '../../human.ts';
import { parseOptions } from '../options.ts';
import { wrapped } from './containers.ts';
import { FLAGS, VALUES } from './flags.ts';
import type { Subcommand } from './interface.ts';
import { fatal } from './interface.ts';
import { print } from './output.ts';
import { filterSandboxes, findSandbox } from './select.ts';
import { inspectedSandbox, listedSandbox } from './shapes.ts';

/** `crictl pods` */
export const pods: Subcommand = async (args, cri, context) => {
  const { flags, values } = parseOptions('crictl', args, { flags: FLAGS, values: VALUES });
  const shown = filterSandboxes((await cri.call('ListPodSandbox', {})).items, flags, values);
  const format = values.get('o') ?? 'table';
  if (format !== 'table') {
    print(context, { items: shown.map(listedSandbox) }, format, values.get('template'));
    return 0;
  }
  if (flags.has('q')) {
    for (const { id } of shown) context.out(`${id}\n`);
    return 0;
  }
  const length = flags.has('no-trunc') ? undefined : 13;
  const now = context.process.clock.now();
  const rows = shown.map(({ id, createdAt, state, config }) => [
    id.slice(0, length),
    `${humanDuration(now - createdAt)} ago`,
    state === 'SANDBOX_READY' ? 'Ready' : 'NotReady',
    config.metadata.name,
    config.metadata.namespace,
    String(config.metadata.attempt),
    config.runtimeHandler === undefined || config.runtimeHandler === '' ? '(default)' : config.runtimeHandler,
  ]);
  const header = ['POD ID', 'CREATED', 'STATE', 'NAME', 'NAMESPACE', 'ATTEMPT', 'RUNTIME'];
  context.out(columns([header, ...rows], 20, 3));
  return 0;
};

/** `crictl inspectp` */
export const inspectp: Subcommand = async (args, cri, context) => {
  const { flags, values, rest } = parseOptions('crictl', args, { flags: FLAGS, values: VALUES });
  const { items } = await cri.call('ListPodSandbox', {});
  const ids = rest.length > 0 ? rest : filterSandboxes(items, flags, values).map(({ id }) => id);
  const found: unknown[] = [];
  for (const id of ids)
    found.push(inspectedSandbox(await wrapped(`getting the pod sandbox status for "${id}"`, () => findSandbox(cri, id)), flags.has('q'))); // prettier-ignore
  print(context, found.length === 1 ? found[0] : found, values.get('o') ?? 'json', values.get('template'));
  return 0;
};

/** `crictl stopp` */
export const stopp: Subcommand = async (args, cri, context) => {
  const { rest } = parseOptions('crictl', args, { flags: FLAGS, values: VALUES });
  if (rest.length === 0) throw fatal('ID cannot be empty');
  for (const prefix of rest) {
    await wrapped(`stopping the pod sandbox "${prefix}"`, async () => {
      const { id } = await findSandbox(cri, prefix);
      await cri.call('StopPodSandbox', { podSandboxId: id });
    });
    context.out(`Stopped sandbox ${prefix}\n`);
  }
  return 0;
};

/** `crictl rmp [-f] [-a]` */
export const rmp: Subcommand = async (args, cri, context) => {
  const { flags, rest } = parseOptions('crictl', args, { flags: FLAGS, values: VALUES });
  const { items } = await cri.call('ListPodSandbox', {});
  const ids = rest.length > 0 ? rest : flags.has('a') ? items.map(({ id }) => id) : [];
  if (ids.length === 0 && !flags.has('a')) throw fatal('ID cannot be empty');
  for (const prefix of ids) {
    await wrapped(`removing the pod sandbox "${prefix}"`, async () => {
      const { id, state } = await findSandbox(cri, prefix);
      if (state === 'SANDBOX_READY') {
        if (!flags.has('f')) throw fatal(`pod sandbox "${prefix}" is running, please stop it first`);
        await cri.call('StopPodSandbox', { podSandboxId: id });
        context.out(`Stopped sandbox ${prefix}\n`);
      }
      await cri.call('RemovePodSandbox', { podSandboxId: id });
    });
    context.out(`Removed sandbox ${prefix}\n`);
  }
  return 0;
};
