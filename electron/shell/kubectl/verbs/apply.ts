import type { CommandSpec } from '../command-spec.ts';
import {
  allFlag,
  dryRunFlag,
  fieldManagerFlag,
  filenameFlags,
  filesOf,
  selectorFlag,
  validateFlag,
  timeoutFlag,
} from '../common-flags.ts';
import {
  isNotFound,
  isReason,
  KubectlError,
  plainMessage,
  StatusError,
  throwAll,
  usageError,
} from '../errors.ts';
import type { FlagSet } from '../flags.ts';
import { quote } from '../go-format.ts';
import type { JsonObject } from '../json.ts';
import { isObject, removeAt, stringAt, clone } from '../json.ts';
import { lastApplied, originalOf, withLastApplied } from '../last-applied.ts';
import type { DryRun } from '../mutation.ts';
import { dryRunOf, ResultPrinter, writeQuery } from '../mutation.ts';
import { getObject } from '../objects.ts';
import { patchTypeOf } from '../patch/patch-schema.ts';
import { threeWayJsonPatch, threeWayStrategicPatch } from '../patch/three-way.ts';
import { outputFlags } from '../printers/object-printer.ts';
import type { Target } from '../resource-args.ts';
import { resolveTargets } from '../resource-args.ts';
import { groupResource } from '../rest-mapper.ts';
import type { Session } from '../session.ts';
import { waitGone } from '../wait-gone.ts';
import { createObject, deleteObject, patchObject, withSource } from '../writes.ts';
import type { ObjectRef } from '../writes.ts';
import { requireFiles, validates } from './create.ts';
import { setLastApplied, viewLastApplied } from './apply-last-applied.ts';
import { editLastApplied } from './apply-edit-last-applied.ts';
import { checkAllowlist, checkPrune, prune } from './apply-prune.ts';
import { serverSideApply } from './apply-server-side.ts';
import { cascadeFlag, gracePeriodFlag, propagationPolicy } from './delete.ts';

const flag = (name: string, en: string, pt: string, initial?: string): CommandSpec['flags'] => [
  { name, kind: 'bool', ...(initial === undefined ? {} : { initial }), help: { en, 'pt-BR': pt } },
];

export const apply: CommandSpec = {
  name: 'apply',
  usage: '-f FILENAME',
  group: 'advanced',
  short: {
    en: 'Make objects as their files say, creating or changing them.',
    'pt-BR': 'Deixa objetos como os arquivos dizem, criando ou mudando.',
  },
  examples: [
    'kubectl apply -f deployment.yaml',
    'kubectl apply -f folder/',
    'cat pod.yaml | kubectl apply -f -',
    'kubectl apply --server-side -f deployment.yaml',
  ],
  flags: [
    ...filenameFlags,
    ...outputFlags,
    selectorFlag,
    allFlag,
    dryRunFlag,
    validateFlag,
    fieldManagerFlag('kubectl-client-side-apply'),
    ...(flag(
      'server-side',
      'Let the server merge and track who owns which field.',
      'Deixa o servidor mesclar e registrar quem possui cada campo.',
    ) ?? []),
    ...(flag(
      'force-conflicts',
      'With --server-side, take over fields of others.',
      'Com --server-side, assume campos de outros.',
    ) ?? []),
    ...(flag(
      'overwrite',
      'Settle conflicts with the file.',
      'Resolve conflitos a favor do arquivo.',
      'true',
    ) ?? []),
    ...(flag(
      'force',
      'Delete and create again what cannot be changed.',
      'Apaga e cria de novo o que não pode ser mudado.',
    ) ?? []),
    ...(flag(
      'prune',
      'Delete what an earlier apply made and the files no longer have; needs -l or --all.',
      'Apaga o que um apply anterior fez e os arquivos não têm mais; precisa de -l ou --all.',
    ) ?? []),
    {
      name: 'prune-allowlist',
      kind: 'array',
      help: {
        en: 'With --prune, only these kinds: group/version/Kind, group core for the core group.',
        'pt-BR': 'Com --prune, só estes tipos: grupo/versão/Kind, grupo core para o grupo central.',
      },
    },
    ...(flag('wait', 'Accepted.', 'Aceita.') ?? []),
    timeoutFlag('0s'),
    cascadeFlag,
    gracePeriodFlag,
    ...(flag('openapi-patch', 'Accepted.', 'Aceita.', 'true') ?? []),
  ],
  subcommands: [editLastApplied, setLastApplied, viewLastApplied],
  run,
};

async function run(session: Session, flags: FlagSet, args: string[]): Promise<void> {
  if (args.length > 0) throw usageError(session.path, `Unexpected args: [${args.join(' ')}]`);
  requireFiles(flags);
  await checkAllowlist(session, flags);
  if (flags.bool('force-conflicts') && !flags.bool('server-side'))
    throw new KubectlError('--force-conflicts only works with --server-side');
  const dryRun = await dryRunOf(session);
  if (dryRun === 'client' && flags.bool('server-side'))
    throw new KubectlError(
      `--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)`,
    );
  if (flags.bool('server-side') && flags.bool('force'))
    throw new KubectlError('--force cannot be used with --server-side');
  if (dryRun === 'server' && flags.bool('force'))
    throw new KubectlError('--dry-run=server cannot be used with --force');
  checkPrune(flags);
  const printer = await ResultPrinter.make(session, dryRun);
  const resolved = await resolveTargets(session, {
    args: [],
    ...filesOf(flags),
    selector: flags.string('selector'),
    validate: validates(flags),
  });
  if (resolved.targets.length === 0) throw new KubectlError('no objects passed to apply');
  // All documents are read before any is applied, and what is wrong with them is said first.
  const unread = resolved.targets.filter((each) => each instanceof Error);
  const errors: unknown[] =
    unread.length > 1 ? [new KubectlError(`[${unread.map(plainMessage).join(', ')}]`)] : [...unread];
  for (const target of resolved.targets) {
    if (target instanceof Error) continue;
    try {
      await applyOne(session, flags, target, dryRun, printer);
    } catch (error) {
      errors.push(error);
    }
  }
  if (flags.bool('prune') && errors.length === 0) {
    const applied = resolved.targets.filter((each): each is Target => !(each instanceof Error));
    await prune(session, flags, applied, dryRun, printer);
  }
  throwAll(errors);
}

async function applyOne(
  session: Session,
  flags: FlagSet,
  target: Target,
  dryRun: DryRun,
  printer: ResultPrinter,
): Promise<void> {
  const { mapping, namespace } = target;
  const object = target.object ?? {};
  const name = stringAt(object, 'metadata', 'name');
  if (name === '') {
    const generate = stringAt(object, 'metadata', 'generateName');
    if (generate !== '') throw new KubectlError(`from ${generate}: cannot use generate name with apply`);
    throw new KubectlError(
      `error when retrieving current configuration of:\nResource: ${quote(`${mapping.group}/${mapping.version}, Resource=${mapping.name}`)}, GroupVersionKind: ${quote(`${mapping.group}/${mapping.version}, Kind=${mapping.kind}`)}\nName: "", Namespace: ${quote(namespace)}\nfrom server for: ${quote(target.source ?? '')}: resource name may not be empty`,
    );
  }
  const ref: ObjectRef = { mapping, namespace, name };
  if (flags.bool('server-side')) return serverSideApply(session, flags, target, ref, dryRun, printer);
  const query = writeQuery(session, dryRun, true);
  let current: JsonObject;
  try {
    current = await getObject(session, mapping, namespace, name);
  } catch (error) {
    if (!isNotFound(error)) throw retrieving(error, target, ref);
    const sent = withLastApplied(object);
    const made =
      dryRun === 'client'
        ? sent
        : await withSource('creating', target.source, () =>
            createObject(session, mapping, namespace, sent, query),
          );
    return printer.done(made, 'created');
  }
  if (dryRun === 'client') return printer.done(withLastApplied(object), 'configured');
  if (stringAt(current, 'metadata', 'deletionTimestamp') !== '') {
    await session.err(`Warning: Detected changes to resource ${name} which is currently being deleted.\n`);
  }
  if (originalOf(current) === undefined) {
    await session.err(
      `Warning: resource ${groupResource(mapping)}/${name} is missing the ${lastApplied} annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.\n`,
    );
  }
  const { patch, strategic } = patchFor(object, current);
  const unchanged = Object.keys(patch).length === 0;
  if (unchanged) return printer.done(current, 'unchanged');
  let patched: JsonObject;
  try {
    patched = await applying(target, ref, patch, () =>
      patchObject(session, ref, strategic ? 'strategic' : 'merge', patch, query),
    );
  } catch (error) {
    const cannotChange = isReason(error, 'Conflict') || isReason(error, 'Invalid');
    if (!flags.bool('force') || !cannotChange) throw error;
    patched = await deleteAndCreate(session, flags, ref, withLastApplied(object), current);
  }
  const changed =
    stringAt(patched, 'metadata', 'resourceVersion') !== stringAt(current, 'metadata', 'resourceVersion');
  await printer.done(patched, changed || dryRun === 'server' ? 'configured' : 'unchanged');
}

/** What cannot be changed is made anew; when that fails, the object that was there is put back. */
async function deleteAndCreate(
  session: Session,
  flags: FlagSet,
  ref: ObjectRef,
  wanted: JsonObject,
  current: JsonObject,
): Promise<JsonObject> {
  const grace = flags.number('grace-period');
  await deleteObject(session, ref, {
    propagationPolicy: propagationPolicy(flags),
    ...(grace >= 0 ? { gracePeriodSeconds: grace } : {}),
  });
  await waitGone(session, ref, stringAt(current, 'metadata', 'uid'), flags.number('timeout'));
  const query = writeQuery(session, 'none', true);
  try {
    return await createObject(session, ref.mapping, ref.namespace, wanted, query);
  } catch (error) {
    const before = clone(current);
    removeAt(before, ['metadata', 'resourceVersion']);
    await createObject(session, ref.mapping, ref.namespace, before, query);
    throw error;
  }
}

/** The patch that brings the live object to the file, and how it is sent; `annotate`: the annotation too. */
export function patchFor(
  object: JsonObject,
  current: JsonObject,
  annotate = true,
): { patch: JsonObject; strategic: boolean } {
  const modified = annotate ? withLastApplied(object) : clone(object);
  const original = originalOf(current) ?? {};
  const type = patchTypeOf(stringAt(object, 'apiVersion'), stringAt(object, 'kind'));
  const live = clone(current);
  const patch = type
    ? threeWayStrategicPatch(original, modified, live, type)
    : threeWayJsonPatch(original, modified, live);
  // The server owns these; a difference in them is none of ours.
  removeAt(patch, ['metadata', 'creationTimestamp']);
  if (isObject(patch['metadata']) && Object.keys(patch['metadata']).length === 0) delete patch['metadata'];
  return { patch, strategic: type !== undefined };
}

function identity(ref: ObjectRef): string {
  const { mapping } = ref;
  const gvr = `${mapping.group}/${mapping.version}, Resource=${mapping.name}`;
  const gvk = `${mapping.group}/${mapping.version}, Kind=${mapping.kind}`;
  return `Resource: ${quote(gvr)}, GroupVersionKind: ${quote(gvk)}\nName: ${quote(ref.name)}, Namespace: ${quote(ref.namespace)}`;
}

function retrieving(error: unknown, target: Target, ref: ObjectRef): unknown {
  if (!(error instanceof StatusError)) return error;
  return new StatusError({
    ...error.status,
    message: `error when retrieving current configuration of:\n${identity(ref)}\nfrom server for: ${quote(target.source ?? '')}: ${error.message}`,
  });
}

async function applying<T>(
  target: Target,
  ref: ObjectRef,
  patch: JsonObject,
  act: () => Promise<T>,
): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    throw new StatusError({
      ...error.status,
      message: `error when applying patch:\n${JSON.stringify(patch)}\nto:\n${identity(ref)}\nfor: ${quote(target.source ?? '')}: error when patching ${quote(target.source ?? '')}: ${error.message}`,
    });
  }
}
