import type { CommandSpec } from '../command-spec.ts';
import { KubectlError, usageError } from '../errors.ts';
import type { ApiResource } from '../discovery.ts';
import type { FlagSet } from '../flags.ts';
import { goList } from '../go-format.ts';
import { TabWriter, tableTabs } from '../printers/tab-writer.ts';
import { apiVersionOf, groupResource } from '../rest-mapper.ts';
import type { Session } from '../session.ts';

export const apiResources: CommandSpec = {
  name: 'api-resources',
  usage: '',
  group: 'other',
  short: { en: 'List the types the server has.', 'pt-BR': 'Lista os tipos que o servidor tem.' },
  examples: [
    'kubectl api-resources',
    'kubectl api-resources --namespaced=true -o name',
    'kubectl api-resources --api-group=apps',
  ],
  arguments: { of: 'nothing' },
  flags: [
    {
      name: 'output',
      short: 'o',
      kind: 'string',
      values: ['wide', 'name'],
      help: { en: 'wide or name.', 'pt-BR': 'wide ou name.' },
    },
    { name: 'api-group', kind: 'string', help: { en: 'Only this group.', 'pt-BR': 'Só este grupo.' } },
    {
      name: 'namespaced',
      kind: 'bool',
      initial: 'true',
      help: {
        en: 'Only types inside namespaces, or with =false those outside.',
        'pt-BR': 'Só tipos dentro de namespaces, ou com =false os de fora.',
      },
    },
    {
      name: 'verbs',
      kind: 'slice',
      help: { en: 'Only types with these verbs.', 'pt-BR': 'Só tipos com estes verbos.' },
    },
    {
      name: 'categories',
      kind: 'slice',
      help: { en: 'Only types of these categories.', 'pt-BR': 'Só tipos destas categorias.' },
    },
    {
      name: 'no-headers',
      kind: 'bool',
      help: { en: 'Without the line of column names.', 'pt-BR': 'Sem a linha de nomes das colunas.' },
    },
    {
      name: 'sort-by',
      kind: 'string',
      values: ['name', 'kind'],
      help: { en: 'name or kind.', 'pt-BR': 'name ou kind.' },
    },
    {
      name: 'cached',
      kind: 'bool',
      help: { en: 'Use what is already known.', 'pt-BR': 'Usa o que já se sabe.' },
    },
  ],
  run,
};

async function run(session: Session, flags: FlagSet, args: string[]): Promise<void> {
  if (args.length > 0) throw usageError(session.path, `unexpected arguments: ${goList(args)}`);
  const output = flags.string('output');
  if (!['', 'wide', 'name'].includes(output)) throw new KubectlError(`--output ${output} is not available`);
  const sortBy = flags.string('sort-by');
  if (!['', 'name', 'kind'].includes(sortBy)) throw new KubectlError('--sort-by accepts only name or kind');
  let mapper = await session.mapper();
  if (!flags.bool('cached')) mapper = (await session.refreshMapper()) ?? mapper;
  const { resources, groups } = mapper.discovery;
  const preferred = new Map(groups.map((group) => [group.name, group.versions[0]]));
  const seen = new Set<string>();
  const chosen = resources.filter((each) => {
    if (each.verbs.length === 0) return false;
    // The preferred version of each, and other versions only for what it lacks.
    const key = groupResource(each);
    const better =
      each.version !== preferred.get(each.group) &&
      resources.some(
        (other) =>
          other !== each &&
          other.group === each.group &&
          other.name === each.name &&
          other.version === preferred.get(each.group),
      );
    if (better || seen.has(key)) return false;
    seen.add(key);
    if (flags.changed('api-group') && each.group !== flags.string('api-group')) return false;
    if (flags.changed('namespaced') && each.namespaced !== flags.bool('namespaced')) return false;
    if (!flags.list('verbs').every((verb) => each.verbs.includes(verb))) return false;
    return flags.list('categories').every((category) => each.categories.includes(category));
  });
  chosen.sort(order(sortBy));
  if (output === 'name') {
    for (const each of chosen) await session.out(`${groupResource(each)}\n`);
    return;
  }
  const wide = output === 'wide';
  const tabs = new TabWriter(tableTabs);
  if (!flags.bool('no-headers'))
    tabs.write(
      `${['NAME', 'SHORTNAMES', 'APIVERSION', 'NAMESPACED', 'KIND', ...(wide ? ['VERBS', 'CATEGORIES'] : [])].join('\t')}\n`,
    );
  for (const each of chosen) {
    tabs.write(
      `${[each.name, each.shortNames.join(','), apiVersionOf(each), String(each.namespaced), each.kind, ...(wide ? [each.verbs.join(','), each.categories.join(',')] : [])].join('\t')}\n`,
    );
  }
  await session.out(tabs.flush());
}

function order(sortBy: string): (a: ApiResource, b: ApiResource) => number {
  const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  if (sortBy === 'name') return (a, b) => compare(a.name, b.name);
  if (sortBy === 'kind') return (a, b) => compare(a.kind, b.kind);
  return (a, b) => compare(a.group, b.group) || compare(a.name, b.name);
}

export const apiVersions: CommandSpec = {
  name: 'api-versions',
  usage: '',
  group: 'other',
  short: {
    en: 'List the groups and versions the server has.',
    'pt-BR': 'Lista os grupos e versões que o servidor tem.',
  },
  arguments: { of: 'nothing' },
  run: async (session, _flags, args) => {
    if (args.length > 0) throw usageError(session.path, `unexpected arguments: ${goList(args)}`);
    const mapper = (await session.mapper()) && ((await session.refreshMapper()) ?? (await session.mapper()));
    const versions = mapper.discovery.groups.flatMap((group) =>
      group.versions.map((version) => (group.name === '' ? version : `${group.name}/${version}`)),
    );
    for (const version of versions.sort()) await session.out(`${version}\n`);
  },
};
