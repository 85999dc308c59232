import type { CommandSpec } from '../command-spec.ts';
import { allFlag, dryRunFlag, fieldManagerFlag, filenameFlags, selectorFlag } from '../common-flags.ts';
import { KubectlError, throwAll } from '../errors.ts';
import type { FlagSet } from '../flags.ts';
import { quote } from '../go-format.ts';
import type { JsonObject } from '../json.ts';
import { at, clone, isObject, listAt, stringAt } from '../json.ts';
import { dryRunOf, ResultPrinter, writeQuery } from '../mutation.ts';
import type { Found } from '../objects.ts';
import { collectTargets } from '../objects.ts';
import { patchTypeOf } from '../patch/patch-schema.ts';
import { diffObjects } from '../patch/strategic-diff.ts';
import { outputFlags } from '../printers/object-printer.ts';
import { mustProvide, resolveTargets } from '../resource-args.ts';
import type { Session } from '../session.ts';
import { patchObject } from '../writes.ts';

const shared: CommandSpec['flags'] = [
  ...filenameFlags,
  ...outputFlags,
  selectorFlag,
  allFlag,
  dryRunFlag,
  fieldManagerFlag('kubectl-set'),
];

const image: CommandSpec = {
  name: 'image',
  usage:
    '(-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... CONTAINER_NAME_N=CONTAINER_IMAGE_N',
  short: { en: 'Change the image of containers.', 'pt-BR': 'Muda a imagem de contêineres.' },
  examples: [
    'kubectl set image deployment/web nginx=nginx:1.26',
    "kubectl set image deploy/web '*=nginx:1.26'",
  ],
  arguments: { of: 'resources', slash: true },
  flags: shared ?? [],
  run: (session, flags, args) => setImage(session, flags, args),
};

const env: CommandSpec = {
  name: 'env',
  usage: 'RESOURCE/NAME KEY_1=VAL_1 ... KEY_N=VAL_N',
  short: {
    en: 'Change environment variables of containers.',
    'pt-BR': 'Muda variáveis de ambiente de contêineres.',
  },
  examples: [
    'kubectl set env deployment/web MODE=dev',
    'kubectl set env deployment/web MODE-',
    'kubectl set env deployment/web --list',
  ],
  arguments: { of: 'resources', slash: true },
  flags: [
    ...(shared ?? []),
    { name: 'list', kind: 'bool', help: { en: 'Show the variables.', 'pt-BR': 'Mostra as variáveis.' } },
    {
      name: 'containers',
      short: 'c',
      kind: 'string',
      initial: '*',
      help: { en: 'Only in these containers.', 'pt-BR': 'Só nestes contêineres.' },
    },
    {
      name: 'overwrite',
      kind: 'bool',
      initial: 'true',
      help: { en: 'Change variables that are already there.', 'pt-BR': 'Muda variáveis que já existem.' },
    },
  ],
  run: (session, flags, args) => setEnv(session, flags, args),
};

export const set: CommandSpec = {
  name: 'set',
  usage: 'SUBCOMMAND',
  group: 'basic',
  short: { en: 'Change one thing of an object.', 'pt-BR': 'Muda uma coisa de um objeto.' },
  subcommands: [image, env],
};

/** The Pod spec inside an object and where it is. */
export function podSpecOf(object: JsonObject): JsonObject | undefined {
  const paths = [
    ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
    ['spec', 'template', 'spec'],
  ];
  if (stringAt(object, 'kind') === 'Pod') paths.unshift(['spec']);
  for (const path of paths) {
    const found = at(object, ...path);
    if (isObject(found)) return found;
  }
  return undefined;
}

function isPair(arg: string): boolean {
  return arg.includes('=') || (arg.endsWith('-') && !arg.includes('/'));
}

interface Change {
  readonly verb: string;
  /** Edits the copy; throws when the object does not fit. */
  edit(spec: JsonObject, object: JsonObject): void;
}

async function changeAll(
  session: Session,
  flags: FlagSet,
  args: readonly string[],
  change: Change,
): Promise<void> {
  const dryRun = await dryRunOf(session);
  const printer = await ResultPrinter.make(session, dryRun);
  const selection = {
    args,
    filenames: flags.list('filename'),
    recursive: flags.bool('recursive'),
    selector: flags.string('selector'),
    all: flags.bool('all'),
  };
  const resolved = await resolveTargets(session, selection);
  const { found, errors } = await collectTargets(session, resolved, selection);
  throwAll(errors);
  const failed: unknown[] = [];
  for (const each of found) {
    try {
      const patch = patchOf(each, change);
      if (Object.keys(patch).length === 0) continue;
      const done =
        dryRun === 'client'
          ? each.object
          : await patchObject(session, each, 'strategic', patch, writeQuery(session, dryRun));
      await printer.done(done, change.verb);
    } catch (error) {
      failed.push(error);
    }
  }
  throwAll(failed);
}

function patchOf(each: Found, change: Change): JsonObject {
  const next = clone(each.object);
  const spec = podSpecOf(next);
  if (!spec)
    throw new KubectlError(`the object is not a pod or does not have a pod template: ${each.mapping.kind}`);
  change.edit(spec, next);
  const type = patchTypeOf(stringAt(next, 'apiVersion'), stringAt(next, 'kind')) ?? {};
  return diffObjects(each.object, next, type, { ignoreDeletions: false, onlyDeletions: false });
}

async function setImage(session: Session, flags: FlagSet, args: readonly string[]): Promise<void> {
  const pairs = args.filter(isPair);
  const resources = args.filter((arg) => !isPair(arg));
  if (resources.length === 0 && flags.list('filename').length === 0) throw new KubectlError(mustProvide);
  if (pairs.length === 0) throw new KubectlError('at least one image update is required');
  if (pairs.length > 1 && pairs.some((pair) => pair.startsWith('*=')))
    throw new KubectlError(
      'all containers are already specified by *, but saw more than one container_name=container_image pairs',
    );
  await changeAll(session, flags, resources, {
    verb: 'image updated',
    edit(spec) {
      for (const pair of pairs) {
        const eq = pair.indexOf('=');
        const name = pair.slice(0, eq);
        const containers = [...listAt(spec, 'containers'), ...listAt(spec, 'initContainers')].filter(
          isObject,
        );
        const chosen =
          name === '*' ? containers : containers.filter((each) => stringAt(each, 'name') === name);
        if (chosen.length === 0) throw new KubectlError(`unable to find container named ${quote(name)}`);
        for (const each of chosen) each['image'] = pair.slice(eq + 1);
      }
    },
  });
}

async function setEnv(session: Session, flags: FlagSet, args: readonly string[]): Promise<void> {
  const pairs = args.filter(isPair);
  const resources = args.filter((arg) => !isPair(arg));
  const wanted = flags.string('containers');
  const matches = (name: string): boolean =>
    new RegExp(`^${wanted.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`).test(name);
  if (flags.bool('list')) return listEnv(session, flags, resources, matches);
  if (pairs.length === 0) throw new KubectlError('at least one environment variable must be provided');
  await changeAll(session, flags, resources, {
    verb: 'env updated',
    edit(spec) {
      for (const container of listAt(spec, 'containers').filter(isObject)) {
        if (!matches(stringAt(container, 'name'))) continue;
        let list = listAt(container, 'env').filter(isObject);
        for (const pair of pairs) {
          if (pair.endsWith('-') && !pair.includes('=')) {
            list = list.filter((each) => stringAt(each, 'name') !== pair.slice(0, -1));
            continue;
          }
          const eq = pair.indexOf('=');
          const name = pair.slice(0, eq);
          const known = list.find((each) => stringAt(each, 'name') === name);
          if (known && !flags.bool('overwrite'))
            throw new KubectlError(
              `'${name}' already has a value (${stringAt(known, 'value')}), and --overwrite is false`,
            );
          if (known) {
            delete known['valueFrom'];
            known['value'] = pair.slice(eq + 1);
          } else list.push({ name, value: pair.slice(eq + 1) });
        }
        if (list.length > 0) container['env'] = list;
        else delete container['env'];
      }
    },
  });
}

async function listEnv(
  session: Session,
  flags: FlagSet,
  args: readonly string[],
  matches: (name: string) => boolean,
): Promise<void> {
  const selection = {
    args,
    filenames: flags.list('filename'),
    selector: flags.string('selector'),
    all: flags.bool('all'),
  };
  const { found, errors } = await collectTargets(
    session,
    await resolveTargets(session, selection),
    selection,
  );
  throwAll(errors);
  for (const each of found) {
    for (const container of listAt(podSpecOf(each.object), 'containers')) {
      const name = stringAt(container, 'name');
      if (!matches(name)) continue;
      await session.out(`# ${each.mapping.kind} ${each.name}, container ${name}\n`);
      for (const variable of listAt(container, 'env'))
        await session.out(`${stringAt(variable, 'name')}=${stringAt(variable, 'value')}\n`);
    }
  }
}
