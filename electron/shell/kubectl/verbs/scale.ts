import type { CommandSpec } from '../command-spec.ts';
import { allFlag, dryRunFlag, filenameFlags, filesOf, selectorFlag, timeoutFlag } from '../common-flags.ts';
import { KubectlError, plainMessage, throwAll } from '../errors.ts';
import type { FlagSet } from '../flags.ts';
import { numberAt, setAt, stringAt, clone } from '../json.ts';
import { dryRunOf, ResultPrinter } from '../mutation.ts';
import type { Found } from '../objects.ts';
import { collectTargets, getObject } from '../objects.ts';
import { outputFlags } from '../printers/object-printer.ts';
import { resolveTargets } from '../resource-args.ts';
import type { Session } from '../session.ts';
import { withDeadline } from '../wait-gone.ts';
import { patchObject, replaceObject } from '../writes.ts';

export const scale: CommandSpec = {
  name: 'scale',
  usage: '[--resource-version=version] [--current-replicas=count] --replicas=COUNT (-f FILENAME | TYPE NAME)',
  group: 'deploy',
  short: { en: 'Set how many replicas there should be.', 'pt-BR': 'Define quantas réplicas deve haver.' },
  examples: [
    'kubectl scale deployment/web --replicas=5',
    'kubectl scale deploy web --current-replicas=2 --replicas=3',
  ],
  arguments: { of: 'resources', slash: true },
  flags: [
    ...filenameFlags,
    ...outputFlags,
    selectorFlag,
    allFlag,
    dryRunFlag,
    timeoutFlag('0s'),
    {
      name: 'replicas',
      kind: 'int',
      initial: '-1',
      required: true,
      help: { en: 'The new number of replicas.', 'pt-BR': 'O novo número de réplicas.' },
    },
    {
      name: 'current-replicas',
      kind: 'int',
      initial: '-1',
      help: { en: 'Only when there are this many now.', 'pt-BR': 'Só se agora houver esta quantidade.' },
    },
    {
      name: 'resource-version',
      kind: 'string',
      help: { en: 'Only when the object has this version.', 'pt-BR': 'Só se o objeto tiver esta versão.' },
    },
  ],
  run,
};

async function run(session: Session, flags: FlagSet, args: string[]): Promise<void> {
  if (flags.number('replicas') < 0)
    throw new KubectlError(
      'The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0',
    );
  if (flags.number('current-replicas') < -1)
    throw new KubectlError('The --current-replicas must specify an integer of -1 or greater');
  const selection = {
    args,
    ...filesOf(flags),
    selector: flags.string('selector'),
    all: flags.bool('all'),
  };
  const dryRun = await dryRunOf(session);
  const printer = await ResultPrinter.make(session, dryRun);
  const resolved = await resolveTargets(session, selection);
  const { found, errors } = await collectTargets(session, resolved, selection);
  const version = flags.string('resource-version');
  if (version !== '' && found.length > 1)
    throw new KubectlError('cannot use --resource-version with multiple resources');
  if (found.length === 0) {
    throw new KubectlError(
      `no objects passed to scale${errors.length === 0 ? '' : ` ${errors.map(plainMessage).join(', ')}`}`,
    );
  }
  for (const each of found) {
    if (dryRun !== 'client') {
      await scaleOne(session, flags, each, version, dryRun === 'server');
      if (flags.number('timeout') > 0 && dryRun === 'none') await waitScaled(session, flags, each);
    }
    await printer.done(each.object, 'scaled');
  }
  throwAll(errors);
}

async function scaleOne(
  session: Session,
  flags: FlagSet,
  each: Found,
  version: string,
  dry: boolean,
): Promise<void> {
  const replicas = flags.number('replicas');
  const query = { dryRun: dry ? 'All' : undefined };
  const expected = flags.number('current-replicas');
  if (expected === -1 && version === '') {
    await patchObject(session, each, 'merge', { spec: { replicas } }, query, 'scale');
    return;
  }
  const current = await getObject(session, each.mapping, each.namespace, each.name, 'scale');
  const now = numberAt(current, 'spec', 'replicas') ?? 0;
  if (expected !== -1 && now !== expected)
    throw new KubectlError(`Expected replicas to be ${expected}, was ${now}`);
  const own = stringAt(current, 'metadata', 'resourceVersion');
  if (version !== '' && own !== version)
    throw new KubectlError(`Expected resource version to be ${version}, was ${own}`);
  const wanted = clone(current);
  setAt(wanted, ['spec', 'replicas'], replicas);
  await replaceObject(session, each, wanted, query, 'scale');
}

async function waitScaled(session: Session, flags: FlagSet, each: Found): Promise<void> {
  const outcome = await withDeadline(flags.number('timeout'), async (signal) => {
    while (!signal.aborted && !session.io.signal.aborted) {
      const object = await getObject(session, each.mapping, each.namespace, each.name, 'scale');
      if ((numberAt(object, 'status', 'replicas') ?? 0) === flags.number('replicas')) return;
      await session.io.sleep(200);
    }
  });
  if (outcome === 'timeout') throw new KubectlError('timed out waiting for the condition');
}
