import type { CommandSpec } from '../command-spec.ts';
import { KubectlError } from '../errors.ts';
import type { FlagSet } from '../flags.ts';
import type { JsonObject } from '../json.ts';
import { isObject } from '../json.ts';
import { canonicalQuantity } from '../quantity.ts';
import type { Session } from '../session.ts';
import { changeAll, checkSetFlags, containersLike, podSpecFor, setFlags, setTargets } from './set-change.ts';

/** `set resources`. Models cmd/set/set_resources.go of kubectl (v1.33). */
export const setResources: CommandSpec = {
  name: 'resources',
  usage: '(-f FILENAME | TYPE NAME) ([--limits=LIMITS & --requests=REQUESTS]',
  short: {
    en: 'Change what containers request and are limited to.',
    'pt-BR': 'Muda o que contêineres requisitam e seus limites.',
  },
  examples: [
    'kubectl set resources deployment web -c=nginx --limits=cpu=200m,memory=512Mi',
    'kubectl set resources deployment web --requests=cpu=100m,memory=256Mi',
  ],
  arguments: { of: 'resources', slash: true },
  flags: [
    ...setFlags,
    {
      name: 'containers',
      short: 'c',
      kind: 'string',
      initial: '*',
      help: { en: 'Only in these containers.', 'pt-BR': 'Só nestes contêineres.' },
    },
    {
      name: 'limits',
      kind: 'string',
      help: {
        en: 'The most they may use: cpu=1,memory=1Gi.',
        'pt-BR': 'O máximo que podem usar: cpu=1,memory=1Gi.',
      },
    },
    {
      name: 'requests',
      kind: 'string',
      help: {
        en: 'What they are sure to get: cpu=100m,memory=256Mi.',
        'pt-BR': 'O que têm garantido: cpu=100m,memory=256Mi.',
      },
    },
  ],
  run,
};

function resourceList(typed: string): Readonly<Record<string, string>> {
  const list: Record<string, string> = {};
  for (const statement of typed === '' ? [] : typed.split(',')) {
    const parts = statement.split('=');
    const [name = '', value = ''] = parts;
    if (parts.length !== 2)
      throw new KubectlError(`Invalid argument syntax ${statement}, expected <resource>=<value>`);
    const quantity = canonicalQuantity(value);
    if (quantity === undefined)
      throw new KubectlError(
        "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
      );
    list[name] = quantity;
  }
  return list;
}

async function run(session: Session, flags: FlagSet, args: string[]): Promise<void> {
  const found = await setTargets(session, flags, args);
  checkSetFlags(flags);
  const wanted = { limits: flags.string('limits'), requests: flags.string('requests') };
  if (wanted.limits === '' && wanted.requests === '')
    throw new KubectlError(
      'you must specify an update to requests or limits (in the form of --requests/--limits)',
    );
  const lists = { limits: resourceList(wanted.limits), requests: resourceList(wanted.requests) };
  await changeAll(session, flags, found, {
    verb: 'resource requirements updated',
    failure: 'failed to patch resources update to pod template',
    edit(object, _each, errors) {
      const containers = containersLike(podSpecFor(object), 'containers', flags.string('containers'));
      if (containers.length === 0)
        errors.push(new KubectlError(`error: unable to find container named ${flags.string('containers')}`));
      for (const container of containers) setLists(container, lists);
    },
  });
}

function setLists(
  container: JsonObject,
  lists: Readonly<Record<'limits' | 'requests', Readonly<Record<string, string>>>>,
): void {
  const resources: JsonObject = isObject(container['resources']) ? container['resources'] : {};
  for (const field of ['limits', 'requests'] as const) {
    if (Object.keys(lists[field]).length === 0) continue;
    const before = resources[field];
    resources[field] = { ...(isObject(before) ? before : {}), ...lists[field] };
  }
  container['resources'] = resources;
}
