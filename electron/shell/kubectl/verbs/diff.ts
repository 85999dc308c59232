import type { CommandSpec } from '../command-spec.ts';
import { fieldManagerFlag, filenameFlags, filesOf, selectorFlag } from '../common-flags.ts';
import { BrokenPipe } from '../../errors.ts';
import { describeFailure, isNotFound, KubectlError, PlainExit, usageError } from '../errors.ts';
import type { FlagSet } from '../flags.ts';
import { compactJson } from '../go-format.ts';
import type { JsonObject } from '../json.ts';
import { clone, isObject, nameOf, objectAt, removeAt, stringAt } from '../json.ts';
import { getObject } from '../objects.ts';
import type { Target } from '../resource-args.ts';
import { resolveTargets } from '../resource-args.ts';
import type { Session } from '../session.ts';
import { unifiedDiff } from '../unified-diff.ts';
import type { ObjectRef } from '../writes.ts';
import { createObject, patchObject } from '../writes.ts';
import { writeYaml } from '../yaml/write.ts';
import { patchFor } from './apply.ts';
import { requireFiles } from './create.ts';

export const diff: CommandSpec = {
  name: 'diff',
  usage: '-f FILENAME',
  flagErrorCode: 2,
  group: 'advanced',
  short: {
    en: 'Show what apply would change, asking the server.',
    'pt-BR': 'Mostra o que apply mudaria, perguntando ao servidor.',
  },
  examples: ['kubectl diff -f deployment.yaml', 'cat service.yaml | kubectl diff -f -'],
  flags: [
    ...filenameFlags,
    selectorFlag,
    fieldManagerFlag('kubectl-client-side-apply'),
    {
      name: 'server-side',
      kind: 'bool',
      help: { en: 'As apply --server-side would.', 'pt-BR': 'Como apply --server-side faria.' },
    },
    {
      name: 'force-conflicts',
      kind: 'bool',
      help: {
        en: 'With --server-side, as if fields of others were taken over.',
        'pt-BR': 'Com --server-side, como se campos de outros fossem assumidos.',
      },
    },
    {
      name: 'show-managed-fields',
      kind: 'bool',
      help: { en: 'Compare managedFields too.', 'pt-BR': 'Compara managedFields também.' },
    },
  ],
  run: async (session, flags, args) => {
    try {
      return await run(session, flags, args);
    } catch (error) {
      if (error instanceof BrokenPipe || session.io.signal.aborted) throw error;
      // 1 says that something differs; trouble is one more than elsewhere.
      const { text, code } = describeFailure(error);
      throw new PlainExit(text, code > 1 ? code : code + 1);
    }
  },
};

interface Sides {
  readonly file: string;
  /** '' when the object does not exist yet. */
  readonly live: string;
  readonly merged: string;
}

/** 1 when something differs; trouble is more than 1. Models cmd/diff of kubectl. */
async function run(session: Session, flags: FlagSet, args: string[]): Promise<number> {
  if (args.length > 0) throw usageError(session.path, `Unexpected args: [${args.join(' ')}]`);
  requireFiles(flags);
  if (flags.bool('force-conflicts') && !flags.bool('server-side'))
    throw new KubectlError('--force-conflicts only works with --server-side', 2);
  const { targets } = await resolveTargets(session, {
    args: [],
    ...filesOf(flags),
    selector: flags.string('selector'),
  });
  const sides: Sides[] = [];
  for (const target of targets) {
    if (target instanceof Error) throw target;
    sides.push(await sidesOf(session, flags, target));
  }
  const different = sides.filter(({ live, merged }) => live !== merged);
  // As unlikely to be taken as those of mktemp.
  const suffix = String(Math.floor(Math.random() * 1e10));
  const folders = { live: `/tmp/LIVE-${suffix}`, merged: `/tmp/MERGED-${suffix}` };
  const external = session.io.env['KUBECTL_EXTERNAL_DIFF'] ?? '';
  if (external !== '') return runExternal(session, external, folders, sides);
  const time = new Date().toISOString().replace('T', ' ').replace('Z', '000000 +0000');
  for (const { file, live, merged } of different) {
    const [left, right] = [`${folders.live}/${file}`, `${folders.merged}/${file}`];
    const text = unifiedDiff(live, merged, { left: `${left}\t${time}`, right: `${right}\t${time}` });
    await session.out(`diff -u -N ${left} ${right}\n${text}`);
  }
  return different.length === 0 ? 0 : 1;
}

async function sidesOf(session: Session, flags: FlagSet, target: Target): Promise<Sides> {
  const { mapping, namespace, object = {} } = target;
  const ref: ObjectRef = { mapping, namespace, name: nameOf(object) };
  const live = await present(session, ref);
  const merged = flags.bool('server-side')
    ? await serverSide(session, flags, ref, object)
    : await clientSide(session, flags, ref, object, live);
  const group = mapping.group === '' ? '' : `${mapping.group}.`;
  const file = `${group}${mapping.version}.${mapping.kind}.${namespace}.${ref.name}`;
  const shown = [live, merged].map((side) => (side === undefined ? undefined : prepared(flags, side)));
  if (mapping.kind === 'Secret' && mapping.group === '') maskSecrets(shown[0], shown[1]);
  const [left, right] = shown.map((side) => (side === undefined ? '' : writeYaml(side)));
  return { file, live: left ?? '', merged: right ?? '' };
}

async function present(session: Session, ref: ObjectRef): Promise<JsonObject | undefined> {
  try {
    return await getObject(session, ref.mapping, ref.namespace, ref.name);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function serverSide(
  session: Session,
  flags: FlagSet,
  ref: ObjectRef,
  object: JsonObject,
): Promise<JsonObject> {
  return patchObject(session, ref, 'apply', compactJson(object), {
    dryRun: 'All',
    fieldManager: flags.changed('field-manager') ? flags.string('field-manager') : 'kubectl',
    force: flags.bool('force-conflicts') ? 'true' : 'false',
  });
}

async function clientSide(
  session: Session,
  flags: FlagSet,
  ref: ObjectRef,
  object: JsonObject,
  live: JsonObject | undefined,
): Promise<JsonObject> {
  const query = { dryRun: 'All', fieldManager: flags.string('field-manager') };
  if (live === undefined) return createObject(session, ref.mapping, ref.namespace, object, query);
  const { patch, strategic } = patchFor(object, live, false);
  if (Object.keys(patch).length === 0) return live;
  return patchObject(session, ref, strategic ? 'strategic' : 'merge', patch, query);
}

/** Without what only says who wrote it. */
function prepared(flags: FlagSet, side: JsonObject): JsonObject {
  const copy = clone(side);
  if (!flags.bool('show-managed-fields')) removeAt(copy, ['metadata', 'managedFields']);
  return copy;
}

/** Values of Secrets are not shown, only whether they differ. */
function maskSecrets(live: JsonObject | undefined, merged: JsonObject | undefined): void {
  for (const field of ['data', 'stringData']) {
    const [before, after] = [live, merged].map((side) => objectAt(side, field));
    const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
    for (const name of names) {
      const [old, next] = [stringAt(before, name), stringAt(after, name)];
      const differs = old !== next && old !== '' && next !== '';
      mask(live, field, name, differs ? '*** (before)' : '***');
      mask(merged, field, name, differs ? '*** (after)' : '***');
    }
  }
}

function mask(side: JsonObject | undefined, field: string, name: string, to: string): void {
  const values = side?.[field];
  if (isObject(values) && name in values) values[name] = to;
}

async function runExternal(
  session: Session,
  command: string,
  folders: { readonly live: string; readonly merged: string },
  sides: readonly Sides[],
): Promise<number> {
  const { fs, path } = session.io;
  const made = [path(folders.live), path(folders.merged)];
  try {
    for (const folder of made) await fs.mkdir(folder, { recursive: true });
    for (const { file, live, merged } of sides) {
      if (live !== '') await fs.writeFile(path(`${folders.live}/${file}`), live, 0o600);
      await fs.writeFile(path(`${folders.merged}/${file}`), merged, 0o600);
    }
    // Words of the variable come after the folders, and only plain ones.
    const [program = '', ...words] = command.split(' ');
    const plain = words.filter((word) => /^[a-zA-Z0-9=-]+$/.test(word));
    const code = await session.io.spawn([program, folders.live, folders.merged, ...plain]);
    if (code > 1) throw new KubectlError(`exit status ${code}`, code);
    return code;
  } finally {
    for (const folder of made) if (await fs.exists(folder)) await fs.rm(folder, { recursive: true });
  }
}
