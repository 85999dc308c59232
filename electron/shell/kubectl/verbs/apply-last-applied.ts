import type { CommandSpec } from '../command-spec.ts';
import {
  allFlag,
  dryRunFlag,
  fieldManagerFlag,
  filenameFlags,
  filesOf,
  selectorFlag,
} from '../common-flags.ts';
import { KubectlError, usageError } from '../errors.ts';
import type { FlagSet } from '../flags.ts';
import { compactJson } from '../go-format.ts';
import type { JsonObject } from '../json.ts';
import { nameOf, stringAt } from '../json.ts';
import { lastApplied, originalOf } from '../last-applied.ts';
import { dryRunOf, ResultPrinter, writeQuery } from '../mutation.ts';
import { fetchTargets, getObject } from '../objects.ts';
import { outputFlags } from '../printers/object-printer.ts';
import { resolveTargets } from '../resource-args.ts';
import type { Session } from '../session.ts';
import { patchObject } from '../writes.ts';
import { writeYaml } from '../yaml/write.ts';

export const viewLastApplied: CommandSpec = {
  name: 'view-last-applied',
  usage: '(TYPE [NAME | -l label] | TYPE/NAME | -f FILENAME)',
  short: {
    en: 'Show what apply last sent for an object.',
    'pt-BR': 'Mostra o que apply enviou por último para um objeto.',
  },
  examples: [
    'kubectl apply view-last-applied deployment/web',
    'kubectl apply view-last-applied -f web.yaml -o json',
  ],
  arguments: { of: 'resources', slash: true },
  flags: [
    ...filenameFlags,
    selectorFlag,
    allFlag,
    {
      name: 'output',
      short: 'o',
      kind: 'string',
      initial: 'yaml',
      help: { en: 'yaml or json.', 'pt-BR': 'yaml ou json.' },
    },
  ],
  run: view,
};

async function view(session: Session, flags: FlagSet, args: string[]): Promise<void> {
  const output = flags.string('output');
  if (output !== 'yaml' && output !== 'json') {
    throw usageError(
      session.path,
      `Unexpected -o output mode: ${output}, the flag 'output' must be one of yaml|json`,
    );
  }
  const selection = {
    args,
    ...filesOf(flags),
    selector: flags.string('selector'),
    all: flags.bool('all'),
  };
  const texts: JsonObject[] = [];
  for await (const found of fetchTargets(session, await resolveTargets(session, selection), selection)) {
    if (found instanceof Error) throw found;
    const applied = originalOf(found.object);
    // Nothing is said of objects without one, as upstream.
    if (applied !== undefined) texts.push(applied);
  }
  for (const applied of texts) {
    await session.out(output === 'json' ? `${JSON.stringify(applied, undefined, 2)}\n` : writeYaml(applied));
  }
}

export const setLastApplied: CommandSpec = {
  name: 'set-last-applied',
  usage: '-f FILENAME',
  short: {
    en: 'Write a file into the annotation of an object, changing nothing else.',
    'pt-BR': 'Grava um arquivo na anotação de um objeto, sem mudar mais nada.',
  },
  examples: ['kubectl apply set-last-applied -f deploy.yaml'],
  flags: [
    ...filenameFlags,
    ...outputFlags,
    dryRunFlag,
    fieldManagerFlag('kubectl-last-applied'),
    {
      name: 'create-annotation',
      kind: 'bool',
      help: { en: 'Also when there is none yet.', 'pt-BR': 'Também quando ainda não há nenhuma.' },
    },
  ],
  run: setFromFile,
};

async function setFromFile(session: Session, flags: FlagSet, args: string[]): Promise<void> {
  if (args.length > 0) throw usageError(session.path, `Unexpected args: [${args.join(' ')}]`);
  const dryRun = await dryRunOf(session);
  const printer = await ResultPrinter.make(session, dryRun);
  const selection = {
    args: [],
    ...filesOf(flags),
  };
  const { targets } = await resolveTargets(session, selection);
  if (targets.length === 0) throw new KubectlError('no objects passed to set-last-applied');
  for (const target of targets) {
    if (target instanceof Error) throw target;
    const { mapping, namespace, object = {} } = target;
    const ref = { mapping, namespace, name: nameOf(object) };
    const current = await getObject(session, mapping, namespace, ref.name);
    const before = stringAt(current, 'metadata', 'annotations', lastApplied);
    if (before === '' && !flags.bool('create-annotation')) {
      throw new KubectlError(
        `no last-applied-configuration annotation found on resource: ${ref.name}, to create the annotation, run the command with --create-annotation`,
      );
    }
    const text = `${compactJson(object)}\n`;
    const patch = { metadata: { annotations: { [lastApplied]: text } } };
    if (before === text) await session.out(`set-last-applied ${ref.name}: no changes required.\n`);
    else if (dryRun === 'client') await printer.done(current, 'configured');
    else
      await printer.done(
        await patchObject(session, ref, 'merge', patch, writeQuery(session, dryRun)),
        'configured',
      );
  }
}
