import type { CommandSpec } from '../command-spec.ts';
import { allFlag, dryRunFlag, fieldManagerFlag, selectorFlag } from '../common-flags.ts';
import { KubectlError, throwAll, usageError } from '../errors.ts';
import type { FlagSet } from '../flags.ts';
import { quote } from '../go-format.ts';
import type { Json, JsonObject } from '../json.ts';
import { at, listAt, stringAt } from '../json.ts';
import { dryRunOf, ResultPrinter, writeQuery } from '../mutation.ts';
import type { Found } from '../objects.ts';
import { findTargets } from '../objects.ts';
import { outputFlags } from '../printers/object-printer.ts';
import { mappingFor } from '../resource-args.ts';
import type { Session } from '../session.ts';
import { patchObject } from '../writes.ts';

/** The nodes named or selected. */
export async function nodesOf(
  session: Session,
  flags: FlagSet,
  args: readonly string[],
  verb: string,
): Promise<{ found: Found[]; errors: unknown[] }> {
  const selector = flags.string('selector');
  if (args.length === 0 && selector === '') throw usageError(session.path, `USAGE: ${verb} NODE [flags]`);
  if (args.length > 0 && selector !== '')
    throw usageError(session.path, 'error: cannot specify both a node name and a --selector option');
  const names = args.map((arg) => arg.replace(/^nodes?\//, ''));
  const selection = { args: ['nodes', ...names], selector, bareTypes: true };
  return findTargets(session, selection);
}

/** Marks a node; answers whether anything changed. */
export async function setSchedulable(
  session: Session,
  each: Found,
  unschedulable: boolean,
): Promise<boolean> {
  if ((at(each.object, 'spec', 'unschedulable') === true) === unschedulable) return false;
  await patchObject(
    session,
    each,
    'strategic',
    { spec: { unschedulable: unschedulable ? true : null } },
    { dryRun: (await dryRunOf(session)) === 'server' ? 'All' : undefined },
  );
  return true;
}

function cordonCommand(verb: 'cordon' | 'uncordon'): CommandSpec {
  const on = verb === 'cordon';
  return {
    name: verb,
    usage: 'NODE',
    group: 'cluster',
    short: on
      ? { en: 'Take no new Pods on a node.', 'pt-BR': 'Não aceita novos Pods em um node.' }
      : { en: 'Take new Pods on a node again.', 'pt-BR': 'Volta a aceitar novos Pods em um node.' },
    examples: [`kubectl ${verb} worker-1`],
    arguments: { of: 'names', type: 'nodes' },
    flags: [selectorFlag, dryRunFlag],
    run: async (session, flags, args) => {
      const dryRun = await dryRunOf(session);
      const printer = await ResultPrinter.make(session, dryRun);
      const { found, errors } = await nodesOf(session, flags, args, verb);
      throwAll(errors);
      for (const each of found) {
        const same = (at(each.object, 'spec', 'unschedulable') === true) === on;
        if (!same && dryRun !== 'client') await setSchedulable(session, each, on);
        await printer.done(each.object, same ? `already ${verb}ed` : `${verb}ed`);
      }
    },
  };
}

export const cordon = cordonCommand('cordon');
export const uncordon = cordonCommand('uncordon');

export const taint: CommandSpec = {
  name: 'taint',
  usage: 'NODE NAME KEY_1=VAL_1:TAINT_EFFECT_1 ... KEY_N=VAL_N:TAINT_EFFECT_N',
  group: 'cluster',
  short: {
    en: 'Add or remove taints of nodes; KEY:EFFECT- removes.',
    'pt-BR': 'Acrescenta ou remove taints de nodes; CHAVE:EFEITO- remove.',
  },
  examples: [
    'kubectl taint nodes worker-1 dedicated=gpu:NoSchedule',
    'kubectl taint nodes worker-1 dedicated:NoSchedule-',
  ],
  arguments: { of: 'resources' },
  flags: [
    ...outputFlags,
    selectorFlag,
    allFlag,
    dryRunFlag,
    fieldManagerFlag('kubectl-taint'),
    {
      name: 'overwrite',
      kind: 'bool',
      help: { en: 'Change taints that are already there.', 'pt-BR': 'Muda taints que já existem.' },
    },
  ],
  run: runTaint,
};

interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: string;
}

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

const namePart =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const labelValue =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

/** One `key[=value][:effect]`. Models kubectl's pkg/cmd/taint/utils.go. */
function parseTaint(text: string): Taint {
  const refuse = (why: string): never => {
    throw usageError('kubectl taint', why);
  };
  const [pair = '', effect = '', ...more] = text.split(':');
  const [key = '', value = '', ...rest] = text.includes(':') ? pair.split('=') : [pair];
  if (more.length > 0) refuse(`invalid taint spec: ${text}`);
  if (text.includes(':') && !effects.includes(effect))
    refuse(`invalid taint effect: ${effect}, unsupported taint effect`);
  if (rest.length > 0) refuse(`invalid taint spec: ${text}`);
  if (!/^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/.test(value))
    refuse(`invalid taint spec: ${text}, ${labelValue}`);
  if (!/^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/.test(key.slice(key.indexOf('/') + 1)))
    refuse(`invalid taint spec: ${text}, ${namePart}`);
  return { key, value, effect };
}

/** The taints to add and to remove; one key and effect stands once. */
function parseTaints(specs: readonly string[]): { add: Taint[]; remove: Taint[] } {
  const add: Taint[] = [];
  const remove: Taint[] = [];
  for (const spec of specs) {
    if (spec.endsWith('-')) {
      remove.push(parseTaint(spec.slice(0, -1)));
      continue;
    }
    const taint = parseTaint(spec);
    if (taint.effect === '') throw usageError('kubectl taint', `invalid taint spec: ${spec}`);
    if (add.some(({ key, effect }) => key === taint.key && effect === taint.effect))
      throw usageError(
        'kubectl taint',
        `duplicated taints with the same key and effect: {${taint.key} ${taint.value} ${taint.effect} <nil>}`,
      );
    add.push(taint);
  }
  return { add, remove };
}

async function runTaint(session: Session, flags: FlagSet, args: string[]): Promise<void> {
  const isSpec = (arg: string): boolean => arg.includes('=') || arg.includes(':') || arg.endsWith('-');
  const first = args.findIndex((arg, i) => i > 0 && isSpec(arg));
  const resources = first < 0 ? args : args.slice(0, first);
  const specs = first < 0 ? [] : args.slice(first);
  if (resources.length < 1)
    throw new KubectlError('one or more resources must be specified as <resource> <name>');
  if (specs.length === 0) throw new KubectlError('at least one taint update is required');
  const mapping = await mappingFor(session, resources[0] ?? '');
  if (mapping.kind !== 'Node')
    throw new KubectlError(`invalid resource type ${resources[0] ?? ''}, only node types are supported`);
  const { add, remove } = parseTaints(specs);
  const both = remove.filter((taint) =>
    add.some(({ key, effect }) => key === taint.key && (taint.effect === '' || effect === taint.effect)),
  );
  if (both.length > 0)
    throw new KubectlError(
      `can not both modify and remove the following taint(s) in the same command: ${both.map(({ key, effect }) => (effect === '' ? key : `${key}=${effect}`)).join(', ')}`,
    );
  if (flags.bool('all') && flags.string('selector') !== '')
    throw new KubectlError("setting 'all' parameter with a non empty selector is prohibited");
  const dryRun = await dryRunOf(session);
  const printer = await ResultPrinter.make(session, dryRun);
  const selection = { args: resources, selector: flags.string('selector'), all: flags.bool('all') };
  const { found, errors } = await findTargets(session, selection);
  throwAll(errors);
  for (const each of found) {
    const { taints, operation } = retaint(each, add, remove, flags.bool('overwrite'));
    const patch: JsonObject = { spec: { taints: taints.length > 0 ? taints : null } };
    const done =
      dryRun === 'client'
        ? each.object
        : await patchObject(session, each, 'merge', patch, writeQuery(session, dryRun));
    await printer.done(done, operation);
  }
}

function retaint(
  each: Found,
  add: readonly Taint[],
  remove: readonly Taint[],
  overwrite: boolean,
): { taints: Json[]; operation: string } {
  let taints = [...listAt(each.object, 'spec', 'taints')];
  for (const taint of remove) {
    const fits = (item: Json): boolean =>
      stringAt(item, 'key') === taint.key &&
      (taint.effect === '' || stringAt(item, 'effect') === taint.effect);
    if (!taints.some(fits))
      throw new KubectlError(
        `taint ${quote(taint.effect === '' ? taint.key : `${taint.key}:${taint.effect}`)} not found`,
      );
    taints = taints.filter((item) => !fits(item));
  }
  for (const taint of add) {
    const index = taints.findIndex(
      (item) => stringAt(item, 'key') === taint.key && stringAt(item, 'effect') === taint.effect,
    );
    if (index >= 0 && !overwrite)
      throw new KubectlError(
        `node ${each.name} already has ${taint.key} taint(s) with same effect(s) and --overwrite is false`,
      );
    const made: Json = {
      effect: taint.effect,
      key: taint.key,
      ...(taint.value === '' ? {} : { value: taint.value }),
    };
    if (index >= 0) taints[index] = made;
    else taints.push(made);
  }
  const operation =
    add.length > 0 && remove.length > 0
      ? 'modified'
      : add.length > 0
        ? overwrite
          ? 'modified'
          : 'tainted'
        : 'untainted';
  return { taints, operation };
}
