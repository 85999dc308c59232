import type { CommandSpec } from '../command-spec.ts';
import { dryRunFlag, filenameFlags, filesOf } from '../common-flags.ts';
import type { PolicyRule } from '../describe/types.ts';
import { isNotFound, KubectlError, usageError } from '../errors.ts';
import type { FlagSet } from '../flags.ts';
import { goList } from '../go-format.ts';
import type { Json, JsonObject } from '../json.ts';
import { clone, equal, isObject, listAt, objectAt, stringsAt } from '../json.ts';
import { dryRunOf, ResultPrinter } from '../mutation.ts';
import { getObject } from '../objects.ts';
import { compactRules } from '../policy-rules.ts';
import { outputFlags } from '../printers/object-printer.ts';
import type { Target } from '../resource-args.ts';
import { mappingFor, resolveTargets } from '../resource-args.ts';
import type { Session } from '../session.ts';
import { createObject, deleteObject, replaceObject } from '../writes.ts';
import { hasFiles } from './create.ts';

/** `auth reconcile`. Models cmd/auth/reconcile.go and component-helpers' auth/rbac/reconciliation (v1.33). */
export const reconcile: CommandSpec = {
  name: 'reconcile',
  usage: '-f FILENAME',
  short: {
    en: 'Make roles and bindings allow at least what files say.',
    'pt-BR': 'Faz papéis e bindings permitirem ao menos o que os arquivos dizem.',
  },
  examples: ['kubectl auth reconcile -f rbac.yaml'],
  flags: [
    ...filenameFlags,
    ...outputFlags,
    dryRunFlag,
    {
      name: 'remove-extra-permissions',
      kind: 'bool',
      help: {
        en: 'Also take away what the files do not have.',
        'pt-BR': 'Também retira o que os arquivos não têm.',
      },
    },
    {
      name: 'remove-extra-subjects',
      kind: 'bool',
      help: {
        en: 'Also remove subjects the files do not have.',
        'pt-BR': 'Também remove sujeitos que os arquivos não têm.',
      },
    },
  ],
  run,
};

async function run(session: Session, flags: FlagSet, args: string[]): Promise<void> {
  if (!hasFiles(flags)) throw new KubectlError('must specify one of -f and -k');
  if (args.length > 0) throw usageError(session.path, `unexpected arguments: [${args.join(' ')}]`);
  const dryRun = await dryRunOf(session);
  const printer = await ResultPrinter.make(session, dryRun);
  const { targets } = await resolveTargets(session, {
    args: [],
    ...filesOf(flags),
  });
  const query: Readonly<Record<string, string>> = dryRun === 'server' ? { dryRun: 'All' } : {};
  for (const target of targets) {
    if (target instanceof Error) throw target;
    const { mapping, object = {} } = target;
    if (mapping.group !== 'rbac.authorization.k8s.io') continue;
    const role = mapping.kind.endsWith('Role');
    const now = await present(session, target);
    const next = role
      ? nextRole(object, now, flags.bool('remove-extra-permissions'))
      : nextBinding(object, now, flags.bool('remove-extra-subjects'));
    const same = now !== undefined && next !== 'recreate' && equal(next, now);
    if (dryRun !== 'client' && !same) await write(session, target, next, now, query);
    await printer.done(next === 'recreate' ? object : next, 'reconciled');
    if (!same) await session.err(changes(flags, object, now, next));
  }
}

/** What was to be done, in lines. */
function changes(
  flags: FlagSet,
  wanted: JsonObject,
  now: JsonObject | undefined,
  next: JsonObject | 'recreate',
): string {
  const way = now === undefined ? 'create' : next === 'recreate' ? 'recreate' : 'update';
  const list = (title: string, lines: readonly string[]): string =>
    lines.length === 0 ? '' : `\t${title}:\n${lines.map((line) => `\t\t${line}\n`).join('')}`;
  const [have, want] = [listAt(now, 'rules'), listAt(wanted, 'rules')];
  const [before, after] = [listAt(now, 'subjects'), listAt(wanted, 'subjects')];
  const lacking = (from: readonly Json[], to: readonly Json[]): string[] =>
    to.filter((each) => !from.some((known) => sameSubject(known, each))).map(subjectText);
  return [
    `\treconciliation required ${way}\n`,
    list('missing subjects added', lacking(before, after)),
    flags.bool('remove-extra-subjects') ? list('extra subjects removed', lacking(after, before)) : '',
    list('missing rules added', missing(have, want).map(ruleText)),
    flags.bool('remove-extra-permissions')
      ? list('extra rules removed', missing(want, have).map(ruleText))
      : '',
  ].join('');
}

function subjectText(each: Json): string {
  const field = (name: string): string => (isObject(each) ? String(each[name] ?? '') : '');
  return `{Kind:${field('kind')} APIGroup:${field('apiGroup')} Name:${field('name')} Namespace:${field('namespace')}}`;
}

function ruleText(rule: PolicyRule): string {
  return `{Verbs:${goList(rule.verbs)} APIGroups:${goList(rule.apiGroups ?? [])} Resources:${goList(rule.resources ?? [])} ResourceNames:${goList(rule.resourceNames ?? [])} NonResourceURLs:${goList(rule.nonResourceURLs ?? [])}}`;
}

async function present(session: Session, target: Target): Promise<JsonObject | undefined> {
  try {
    return await getObject(session, target.mapping, target.namespace, target.name ?? '');
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

async function write(
  session: Session,
  target: Target,
  next: JsonObject | 'recreate',
  now: JsonObject | undefined,
  query: Readonly<Record<string, string>>,
): Promise<void> {
  const { mapping, namespace, name = '', object = {} } = target;
  if (now !== undefined && next !== 'recreate') {
    await replaceObject(session, { mapping, namespace, name }, next, query);
    return;
  }
  if (next === 'recreate') await deleteObject(session, { mapping, namespace, name }, {}, query);
  if (namespace !== '') await ensureNamespace(session, namespace, query);
  await createObject(session, mapping, namespace, object, query);
}

async function ensureNamespace(
  session: Session,
  name: string,
  query: Readonly<Record<string, string>>,
): Promise<void> {
  const mapping = await mappingFor(session, 'namespaces');
  try {
    await getObject(session, mapping, '', name);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    await createObject(
      session,
      mapping,
      '',
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
      query,
    );
  }
}

/** Labels and annotations of both; those that are there win. */
function withMetadata(next: JsonObject, wanted: JsonObject): void {
  const metadata = objectAt(next, 'metadata');
  for (const field of ['labels', 'annotations']) {
    const merged = { ...stringsAt(wanted, 'metadata', field), ...stringsAt(next, 'metadata', field) };
    if (Object.keys(merged).length > 0) metadata[field] = merged;
  }
}

const covers = (rule: PolicyRule, one: PolicyRule): boolean => {
  const has = (
    list: readonly string[] | undefined | null,
    wanted: readonly string[] | undefined | null,
  ): boolean => (wanted ?? []).every((each) => (list ?? []).includes('*') || (list ?? []).includes(each));
  return (
    has(rule.verbs, one.verbs) &&
    has(rule.apiGroups, one.apiGroups) &&
    has(rule.resources, one.resources) &&
    has(rule.nonResourceURLs, one.nonResourceURLs) &&
    ((rule.resourceNames ?? []).length === 0 ||
      ((one.resourceNames ?? []).length > 0 && has(rule.resourceNames, one.resourceNames)))
  );
};

/** Each rule one verb, so that what is missing can be told from what is there. */
function single(rules: readonly PolicyRule[]): PolicyRule[] {
  return compactRules(rules).flatMap((rule) => rule.verbs.map((verb) => ({ ...rule, verbs: [verb] })));
}

function missing(from: readonly Json[], wanted: readonly Json[]): PolicyRule[] {
  const there = from as unknown as PolicyRule[];
  return compactRules(
    single(wanted as unknown as PolicyRule[]).filter((one) => !there.some((rule) => covers(rule, one))),
  );
}

function nextRole(wanted: JsonObject, now: JsonObject | undefined, removeExtra: boolean): JsonObject {
  if (now === undefined) return wanted;
  const next = clone(now);
  withMetadata(next, wanted);
  if (isObject(wanted['aggregationRule'])) {
    next['aggregationRule'] = wanted['aggregationRule'];
    return next;
  }
  const [have, want] = [listAt(now, 'rules'), listAt(wanted, 'rules')];
  const lacking = missing(have, want);
  const extra = missing(want, have);
  if (removeExtra && extra.length > 0) next['rules'] = want;
  else if (lacking.length > 0) next['rules'] = [...have, ...(lacking as unknown as Json[])];
  return next;
}

function sameSubject(a: Json, b: Json): boolean {
  const key = (each: Json): string =>
    JSON.stringify(isObject(each) ? [each['kind'], each['name'], each['namespace'] ?? ''] : each);
  return key(a) === key(b);
}

function nextBinding(
  wanted: JsonObject,
  now: JsonObject | undefined,
  removeExtra: boolean,
): JsonObject | 'recreate' {
  if (now === undefined) return wanted;
  if (!equal(now['roleRef'], wanted['roleRef'])) return 'recreate';
  const next = clone(now);
  withMetadata(next, wanted);
  const [have, want] = [listAt(now, 'subjects'), listAt(wanted, 'subjects')];
  const lacking = want.filter((each) => !have.some((known) => sameSubject(known, each)));
  const extra = have.filter((each) => !want.some((known) => sameSubject(known, each)));
  if (removeExtra && extra.length > 0) next['subjects'] = want;
  else if (lacking.length > 0) next['subjects'] = [...have, ...lacking];
  return next;
}
