import type { CommandSpec } from '../command-spec.ts';
import {
  allNamespacesFlag,
  fieldSelectorFlag,
  filenameFlags,
  filesOf,
  selectorFlag,
  subresourceFlag,
} from '../common-flags.ts';
import { KubectlError, ManyErrors, PlainExit, plainMessage, throwAll, isNotFound } from '../errors.ts';
import type { FlagSet } from '../flags.ts';
import type { JsonObject } from '../json.ts';
import { fetchTargets, getObject } from '../objects.ts';
import type { ObjectPrinter } from '../printers/interface.ts';
import { CustomColumnsPrinter, parseColumns, parseColumnsFile } from '../printers/custom-columns.ts';
import { formats, noPrinter, objectPrinter, outputFlags } from '../printers/object-printer.ts';
import { sortByField } from '../printers/sorting.ts';
import { rawPath, rawRequest } from '../raw.ts';
import { resolveTargets } from '../resource-args.ts';
import type { Resolved, Selection, Target } from '../resource-args.ts';
import { kindName } from '../rest-mapper.ts';
import type { Session } from '../session.ts';
import { printTables } from './get-table.ts';
import { watchTarget } from './get-watch.ts';
import { hasFiles } from './create.ts';

const bool = (name: string, en: string, pt: string, short?: string): CommandSpec['flags'] => [
  { name, kind: 'bool', ...(short === undefined ? {} : { short }), help: { en, 'pt-BR': pt } },
];

export const get: CommandSpec = {
  name: 'get',
  usage:
    '[(-o|--output=)json|yaml|name|wide|custom-columns=…|jsonpath=…|go-template=…] (TYPE[.VERSION][.GROUP] [NAME | -l label] | TYPE/NAME ...)',
  group: 'basic',
  suggestFor: ['list', 'ps'],
  short: { en: 'List objects, or show some of them.', 'pt-BR': 'Lista objetos, ou mostra alguns deles.' },
  examples: [
    'kubectl get pods',
    'kubectl get pods -o wide -w',
    'kubectl get deploy,svc -l app=web',
    'kubectl get pod/web -o yaml',
    "kubectl get nodes -o jsonpath='{.items[*].metadata.name}'",
  ],
  arguments: { of: 'resources', slash: true },
  flags: [
    ...outputFlags.map((flag) =>
      flag.name === 'output'
        ? {
            ...flag,
            values: ['wide', 'json', 'yaml', 'name', 'jsonpath=', 'custom-columns=', 'go-template='],
          }
        : flag,
    ),
    ...filenameFlags,
    selectorFlag,
    fieldSelectorFlag,
    allNamespacesFlag,
    subresourceFlag,
    ...(bool(
      'watch',
      'List, then show each change as it happens.',
      'Lista e depois mostra cada mudança quando acontece.',
      'w',
    ) ?? []),
    ...(bool('watch-only', 'Show changes without listing first.', 'Mostra mudanças sem listar antes.') ?? []),
    ...(bool(
      'output-watch-events',
      'Show the type of each watch event.',
      'Mostra o tipo de cada evento de watch.',
    ) ?? []),
    ...(bool('no-headers', 'Without the line of column names.', 'Sem a linha de nomes das colunas.') ?? []),
    ...(bool('show-labels', 'Labels as the last column.', 'Rótulos como última coluna.') ?? []),
    ...(bool('show-kind', 'Put the kind before each name.', 'Põe o tipo antes de cada nome.') ?? []),
    ...(bool(
      'ignore-not-found',
      'Objects that are not there are no error.',
      'Objetos que não existem não são erro.',
    ) ?? []),
    {
      name: 'server-print',
      kind: 'bool',
      initial: 'true',
      help: { en: 'Let the server make the columns.', 'pt-BR': 'Deixa o servidor montar as colunas.' },
    },
    {
      name: 'label-columns',
      short: 'L',
      kind: 'slice',
      help: { en: 'These labels as columns.', 'pt-BR': 'Estes rótulos como colunas.' },
    },
    {
      name: 'sort-by',
      kind: 'string',
      help: { en: 'Sort by the field at this path.', 'pt-BR': 'Ordena pelo campo neste caminho.' },
    },
    {
      name: 'chunk-size',
      kind: 'int',
      initial: '500',
      help: {
        en: 'How many objects to ask for at a time; 0 for all.',
        'pt-BR': 'Quantos objetos pedir por vez; 0 para todos.',
      },
    },
    {
      name: 'raw',
      kind: 'string',
      help: {
        en: 'Ask the server for this path as it is.',
        'pt-BR': 'Pede este caminho ao servidor tal como está.',
      },
    },
  ],
  run,
};

async function run(session: Session, flags: FlagSet, args: string[]): Promise<void> {
  if (flags.string('raw') !== '') return raw(session, flags, args);
  if (flags.bool('show-labels') && !['', 'wide'].includes(flags.string('output'))) {
    throw new KubectlError(`--show-labels option cannot be used with ${flags.string('output')} printer`);
  }
  if (flags.bool('output-watch-events') && !flags.bool('watch') && !flags.bool('watch-only')) {
    throw new KubectlError('--output-watch-events option can only be used with --watch or --watch-only');
  }
  if (args.length === 0 && !hasFiles(flags)) {
    throw new PlainExit(
      `You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.\n\nerror: Required resource not specified.\nUse "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).\nSee 'kubectl get -h' for help and examples`,
      1,
    );
  }
  const printer = await outputPrinter(session, flags);
  const selection: Selection = {
    args,
    ...filesOf(flags),
    selector: flags.string('selector'),
    fieldSelector: flags.string('field-selector'),
    allNamespaces: flags.bool('all-namespaces'),
    bareTypes: true,
  };
  const resolved = await visited(resolveTargets(session, selection));
  if (
    flags.string('subresource') !== '' &&
    resolved.targets.some((each) => !(each instanceof Error) && each.name === undefined)
  )
    throw new KubectlError('subresource cannot be used when bulk resources are specified');
  if (flags.bool('watch') || flags.bool('watch-only')) {
    const [target, ...more] = resolved.targets;
    if (target instanceof Error) throw target;
    if (!target || more.length > 0) throw new KubectlError('you may only specify a single resource type');
    return watchTarget(session, target, selection, printer);
  }
  if (printer) return printObjects(session, flags, resolved, selection, printer);
  const written = await printTables(session, resolved, selection);
  if (!written && !flags.bool('ignore-not-found'))
    await session.err(await nothingFound(session, resolved, selection));
}

/** A kustomization is only read when `get` visits what it was given, and such errors are told as a list: without a prefix. */
async function visited(resolving: Promise<Resolved>): Promise<Resolved> {
  try {
    return await resolving;
  } catch (error) {
    if (error instanceof KubectlError && error.message.startsWith('must build at directory'))
      throw new ManyErrors([error]);
    throw error;
  }
}

/** The printer for `-o`, or undefined for tables. */
async function outputPrinter(session: Session, flags: FlagSet): Promise<ObjectPrinter | undefined> {
  const output = flags.string('output');
  if (output === '' && flags.string('template') !== '') return objectPrinter(session, 'go-template');
  if (output === '' || output === 'wide') return undefined;
  const noHeaders = flags.bool('no-headers');
  if (output === 'custom-columns' || output.startsWith('custom-columns=')) {
    return new CustomColumnsPrinter(
      parseColumns(output.slice('custom-columns='.length) || flags.string('template')),
      noHeaders,
    );
  }
  if (output.startsWith('custom-columns-file=')) {
    return new CustomColumnsPrinter(
      parseColumnsFile(await columnsFile(session, output.slice('custom-columns-file='.length))),
      noHeaders,
    );
  }
  const printer = await objectPrinter(session, output);
  if (!printer) throw noPrinter(output, [...formats, 'custom-columns', 'custom-columns-file', 'wide']);
  return printer;
}

async function columnsFile(session: Session, name: string): Promise<string> {
  try {
    return await session.readFile(name);
  } catch (error) {
    throw new KubectlError(`error reading template ${name}, ${plainMessage(error)}`);
  }
}

async function nothingFound(session: Session, resolved: Resolved, selection: Selection): Promise<string> {
  const targets = resolved.targets.filter((each): each is Target => !(each instanceof Error));
  if (!selection.allNamespaces && targets.length > 0 && targets.every((each) => each.mapping.namespaced)) {
    return `No resources found in ${await session.namespace()} namespace.\n`;
  }
  return 'No resources found\n';
}

/** `-o yaml` and its like: one object alone, several as a List. */
async function printObjects(
  session: Session,
  flags: FlagSet,
  resolved: Resolved,
  selection: Selection,
  printer: ObjectPrinter,
): Promise<void> {
  let objects: JsonObject[] = [];
  const errors: unknown[] = [];
  for await (const found of fetchTargets(session, resolved, {
    ...selection,
    limit: flags.number('chunk-size'),
  })) {
    if (found instanceof Error) errors.push(found);
    else objects.push(await withSubresource(session, flags, found));
  }
  const kept = flags.bool('ignore-not-found') ? errors.filter((each) => !isNotFound(each)) : errors;
  if (flags.string('sort-by') !== '')
    objects = sortByField(objects, flags.string('sort-by'), (object) => object);
  const [only] = objects;
  if (resolved.single && only) await session.out(printer.print(only));
  else if (flags.string('output') === 'name')
    for (const object of objects) await session.out(printer.print(object));
  else if (!(errors.length > 0 && objects.length === 0) && !resolved.single) {
    await session.out(
      printer.print({ apiVersion: 'v1', items: objects, kind: 'List', metadata: { resourceVersion: '' } }),
    );
  }
  throwAll(kept);
}

async function withSubresource(
  session: Session,
  flags: FlagSet,
  found: { mapping: Target['mapping']; namespace: string; name: string; object: JsonObject },
): Promise<JsonObject> {
  const subresource = flags.string('subresource');
  if (subresource === '') return found.object;
  return getObject(session, found.mapping, found.namespace, found.name, subresource);
}

async function raw(session: Session, flags: FlagSet, args: readonly string[]): Promise<void> {
  if (args.length > 0) throw new KubectlError('arguments may not be passed when --raw is specified');
  if (flags.bool('watch') || flags.bool('watch-only') || flags.string('selector') !== '')
    throw new KubectlError(
      '--raw may not be specified with other flags that filter the server request or alter the output',
    );
  if (flags.string('output') !== '') throw new KubectlError('--raw and --output are mutually exclusive');
  await rawRequest(session, { path: rawPath(flags) });
}

/** The kinds asked for differ, so names need their kind. */
export function needsKind(resolved: Resolved): boolean {
  const kinds = new Set(
    resolved.targets
      .filter((each): each is Target => !(each instanceof Error))
      .map((each) => kindName(each.mapping.kind, each.mapping.group)),
  );
  return kinds.size > 1;
}
