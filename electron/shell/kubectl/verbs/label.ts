import type { CommandSpec } from '../command-spec.ts';
import {
  allFlag,
  allNamespacesFlag,
  dryRunFlag,
  fieldManagerFlag,
  fieldSelectorFlag,
  filenameFlags,
  filesOf,
  localFlag,
  selectorFlag,
} from '../common-flags.ts';
import { KubectlError, throwAll } from '../errors.ts';
import type { FlagSet } from '../flags.ts';
import { quote } from '../go-format.ts';
import { equal, stringsAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { dryRunOf, ResultPrinter, writeQuery } from '../mutation.ts';
import type { Found } from '../objects.ts';
import { fetchTargets } from '../objects.ts';
import { outputFlags } from '../printers/object-printer.ts';
import type { Resolved } from '../resource-args.ts';
import { resolveTargets } from '../resource-args.ts';
import type { Session } from '../session.ts';
import { patchObject } from '../writes.ts';

type What = 'label' | 'annotation';

const texts = {
  label: { field: 'labels', done: 'labeled' },
  annotation: { field: 'annotations', done: 'annotated' },
} as const;

const flags = (what: What): CommandSpec['flags'] => [
  ...filenameFlags,
  ...outputFlags,
  selectorFlag,
  fieldSelectorFlag,
  allFlag,
  allNamespacesFlag,
  dryRunFlag,
  fieldManagerFlag(what === 'label' ? 'kubectl-label' : 'kubectl-annotate'),
  {
    name: 'overwrite',
    kind: 'bool',
    help: { en: 'Change values that are already there.', 'pt-BR': 'Muda valores que já existem.' },
  },
  { name: 'list', kind: 'bool', help: { en: 'Show what there is.', 'pt-BR': 'Mostra o que há.' } },
  {
    name: 'resource-version',
    kind: 'string',
    help: { en: 'Only when the object has this version.', 'pt-BR': 'Só se o objeto tiver esta versão.' },
  },
  localFlag,
];

export const label: CommandSpec = {
  name: 'label',
  usage: '[--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version]',
  group: 'settings',
  short: {
    en: 'Add, change or remove labels; KEY- removes.',
    'pt-BR': 'Acrescenta, muda ou remove rótulos; CHAVE- remove.',
  },
  examples: [
    'kubectl label pod web-1 tier=front',
    'kubectl label pod web-1 tier=back --overwrite',
    'kubectl label pod web-1 tier-',
  ],
  arguments: { of: 'resources', slash: true },
  flags: flags('label') ?? [],
  run: (session, set, args) => run(session, set, args, 'label'),
};

export const annotate: CommandSpec = {
  name: 'annotate',
  usage: '[--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version]',
  group: 'settings',
  short: {
    en: 'Add, change or remove annotations; KEY- removes.',
    'pt-BR': 'Acrescenta, muda ou remove anotações; CHAVE- remove.',
  },
  examples: [
    "kubectl annotate deploy web kubernetes.io/change-cause='new image'",
    'kubectl annotate pod web-1 note-',
  ],
  arguments: { of: 'resources', slash: true },
  flags: flags('annotation') ?? [],
  run: (session, set, args) => run(session, set, args, 'annotation'),
};

interface Pairs {
  readonly set: Readonly<Record<string, string>>;
  readonly remove: readonly string[];
  readonly rest: readonly string[];
}

/** Splits arguments into the resources and the `key=value` or `key-` that follow them. */
function parsePairs(args: readonly string[], what: What): Pairs {
  const isPair = (arg: string): boolean => (arg.includes('=') && !arg.startsWith('=')) || arg.endsWith('-');
  const first = args.findIndex(isPair);
  const rest = first < 0 ? [...args] : args.slice(0, first);
  const set: Record<string, string> = {};
  const remove: string[] = [];
  for (const arg of first < 0 ? [] : args.slice(first)) {
    const eq = arg.indexOf('=');
    if (eq > 0) {
      const key = arg.slice(0, eq);
      const value = arg.slice(eq + 1);
      if (what === 'label' && value.includes('=')) throw new KubectlError(`invalid label spec: ${arg}`);
      if (what === 'label') checkLabelValue(arg, value);
      set[key] = value;
    } else if (arg.endsWith('-')) remove.push(arg.slice(0, -1));
    else
      throw new KubectlError(
        what === 'label' ? `unknown label spec: ${arg}` : `invalid annotation format: ${arg}`,
      );
  }
  const both = remove.filter((key) => key in set);
  if (both.length > 0)
    throw new KubectlError(
      what === 'label'
        ? `can not both modify and remove a label in the same command`
        : `can not both modify and remove the following ${what}(s) in the same command: ${both.join(', ')}`,
    );
  return { set, remove, rest };
}

function checkLabelValue(arg: string, value: string): void {
  const wrong: string[] = [];
  if (value.length > 63) wrong.push('must be no more than 63 bytes');
  if (value !== '' && !/^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/.test(value))
    wrong.push(
      "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
    );
  if (wrong.length > 0) throw new KubectlError(`invalid label value: ${quote(arg)}: ${wrong.join(';')}`);
}

async function run(session: Session, set: FlagSet, args: string[], what: What): Promise<void> {
  const pairs = parsePairs(args, what);
  const files = set.list('filename');
  const list = set.bool('list');
  const local = set.bool('local');
  const dryRun = await dryRunOf(session);
  if (local) {
    const example =
      what === 'label' ? '-f pod.yaml or --filename=pod.json' : '-f rsrc.yaml or --filename=rsrc.json';
    if (dryRun === 'server')
      throw new KubectlError('cannot specify --local and --dry-run=server - did you mean --dry-run=client?');
    if (pairs.rest.length > 0)
      throw new KubectlError(`can only use local files by ${example} when --local=true is set`);
    if (files.length === 0 && set.string('kustomize') === '')
      throw new KubectlError(`one or more files must be specified as ${example}`);
  }
  if (set.bool('all') && set.string('selector') !== '')
    throw new KubectlError('cannot set --all and --selector at the same time');
  if (set.bool('all') && set.string('field-selector') !== '')
    throw new KubectlError('cannot set --all and --field-selector at the same time');
  if (pairs.rest.length === 0 && files.length === 0 && set.string('kustomize') === '')
    throw new KubectlError(
      'one or more resources must be specified as <resource> <name> or <resource>/<name>',
    );
  if (Object.keys(pairs.set).length === 0 && pairs.remove.length === 0 && !list) {
    throw new KubectlError(`at least one ${what} update is required`);
  }
  const version = set.string('resource-version');
  const printer = await ResultPrinter.make(session, dryRun);
  const selection = {
    args: pairs.rest,
    ...filesOf(set),
    local,
    selector: set.string('selector'),
    fieldSelector: set.string('field-selector'),
    all: set.bool('all'),
    allNamespaces: set.bool('all-namespaces'),
  };
  const resolved = await resolveTargets(session, selection);
  if (version !== '' && !resolved.single)
    throw new KubectlError('--resource-version may only be used with a single resource');
  const errors: unknown[] = [];
  for await (const each of local ? localObjects(resolved) : fetchTargets(session, resolved, selection)) {
    if (each instanceof Error) {
      errors.push(each);
      continue;
    }
    try {
      if (list) await session.out(listText(each, what, resolved.single));
      else await update(session, set, each, pairs, what, { dryRun: local ? 'client' : dryRun, printer });
    } catch (error) {
      errors.push(error);
    }
  }
  throwAll(errors);
}

/** Objects of files as they are. */
function* localObjects(resolved: Resolved): Generator<Found | Error> {
  for (const target of resolved.targets) {
    if (target instanceof Error) yield target;
    else
      yield {
        mapping: target.mapping,
        namespace: target.namespace,
        name: target.name ?? '',
        object: target.object ?? {},
      };
  }
}

function listText(each: Found, what: What, single: boolean): string {
  const values = stringsAt(each.object, 'metadata', texts[what].field);
  const lines = Object.keys(values)
    .sort()
    .map((key) => `${key}=${values[key] ?? ''}\n`);
  const intro = single
    ? ''
    : `Listing ${texts[what].field} for ${each.mapping.kind}.${each.mapping.group}/${each.name}:\n`;
  return intro + lines.map((line) => (single ? line : ` ${line}`)).join('');
}

async function update(
  session: Session,
  set: FlagSet,
  each: Found,
  pairs: Pairs,
  what: What,
  how: { dryRun: 'none' | 'client' | 'server'; printer: ResultPrinter },
): Promise<void> {
  const { field, done } = texts[what];
  const now = stringsAt(each.object, 'metadata', field);
  if (!set.bool('overwrite')) {
    const declared = Object.keys(pairs.set).filter(
      (key) => key in now && (what === 'annotation' || now[key] !== pairs.set[key]),
    );
    if (what === 'annotation' && declared.length > 0) {
      throw new KubectlError(
        `--overwrite is false but found the following declared annotation(s): ${declared
          .sort()
          .map((key) => `'${key}' already has a value (${now[key] ?? ''})`)
          .join('; ')}`,
      );
    }
    const first = declared[0];
    if (first !== undefined)
      throw new KubectlError(
        `'${first}' already has a value (${now[first] ?? ''}), and --overwrite is false`,
      );
  }
  if (what === 'label' && how.dryRun !== 'client')
    for (const key of pairs.remove) if (!(key in now)) await session.out(`label ${quote(key)} not found.\n`);
  const values: JsonObject = { ...pairs.set };
  for (const key of pairs.remove) if (key in now) values[key] = null;
  const operation = what === 'annotation' ? done : labelOutcome(each.object, values, set.bool('overwrite'));
  const nothing = operation === 'not labeled';
  if (how.dryRun === 'client' || nothing)
    return how.printer.done(preview(each.object, field, values), operation);
  const version = set.string('resource-version');
  const body: JsonObject = {
    metadata: { ...(version === '' ? {} : { resourceVersion: version }), [field]: values },
  };
  const patched = await patchObject(session, each, 'merge', body, writeQuery(session, how.dryRun));
  await how.printer.done(patched, operation);
}

/** `labeled`, `unlabeled` or `not labeled`, told as upstream does by comparing the object before and after. */
function labelOutcome(object: JsonObject, values: JsonObject, overwrite: boolean): string {
  const before = JSON.stringify(object);
  const after = JSON.stringify(preview(object, 'labels', values));
  if (equal(object, preview(object, 'labels', values))) return 'not labeled';
  return !overwrite && after.length < before.length ? 'unlabeled' : 'labeled';
}

function preview(object: JsonObject, field: string, values: JsonObject): JsonObject {
  const merged: Record<string, string> = { ...stringsAt(object, 'metadata', field) };
  for (const [key, value] of Object.entries(values)) {
    if (typeof value === 'string') merged[key] = value;
    else delete merged[key];
  }
  return { ...object, metadata: { ...(object['metadata'] as JsonObject), [field]: merged } };
}
