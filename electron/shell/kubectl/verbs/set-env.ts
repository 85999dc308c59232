import type { CommandSpec } from '../command-spec.ts';
import { KubectlError } from '../errors.ts';
import type { FlagSet } from '../flags.ts';
import type { JsonObject } from '../json.ts';
import { clone, isObject, listAt, nameOf, objectAt, sortedKeys, stringAt } from '../json.ts';
import type { Found } from '../objects.ts';
import type { Session } from '../session.ts';
import { envReference, EnvResolver } from './env-reference.ts';
import { changeAll, checkSetFlags, containersLike, podSpecFor, setFlags, setTargets } from './set-change.ts';
import { hasFiles } from './create.ts';

/** `set env`. Models cmd/set/set_env.go of kubectl (v1.33). */
export const setEnv: CommandSpec = {
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
    'kubectl set env deployment/web --from=configmap/settings --prefix=APP_',
  ],
  arguments: { of: 'resources', slash: true },
  flags: [
    ...setFlags,
    { name: 'list', kind: 'bool', help: { en: 'Show the variables.', 'pt-BR': 'Mostra as variáveis.' } },
    {
      name: 'resolve',
      kind: 'bool',
      help: {
        en: 'With --list, values of references instead of the references.',
        'pt-BR': 'Com --list, os valores das referências em vez delas.',
      },
    },
    {
      name: 'containers',
      short: 'c',
      kind: 'string',
      initial: '*',
      help: { en: 'Only in these containers.', 'pt-BR': 'Só nestes contêineres.' },
    },
    {
      name: 'env',
      short: 'e',
      kind: 'array',
      help: {
        en: 'A variable, KEY=VALUE; - reads them from standard input.',
        'pt-BR': 'Uma variável, CHAVE=VALOR; - lê da entrada padrão.',
      },
    },
    {
      name: 'from',
      kind: 'string',
      help: {
        en: 'Refer to every key of this config map or secret.',
        'pt-BR': 'Refere-se a cada chave deste config map ou secret.',
      },
    },
    {
      name: 'prefix',
      kind: 'string',
      help: { en: 'Put before the names.', 'pt-BR': 'Posto antes dos nomes.' },
    },
    {
      name: 'keys',
      kind: 'slice',
      help: { en: 'With --from, only these keys.', 'pt-BR': 'Com --from, só estas chaves.' },
    },
    {
      name: 'overwrite',
      kind: 'bool',
      initial: 'true',
      help: { en: 'Change variables that are already there.', 'pt-BR': 'Muda variáveis que já existem.' },
    },
  ],
  run,
};

function isChange(arg: string): boolean {
  return (arg.includes('=') && !arg.startsWith('=')) || (arg.endsWith('-') && arg.length > 1);
}

async function run(session: Session, flags: FlagSet, args: string[]): Promise<void> {
  if (flags.bool('all') && flags.string('selector') !== '')
    throw new KubectlError('cannot set --all and --selector at the same time');
  const firstChange = args.findIndex(isChange);
  const resources = firstChange < 0 ? args : args.slice(0, firstChange);
  const changes = firstChange < 0 ? [] : args.slice(firstChange);
  if (!changes.every(isChange))
    throw new KubectlError(`all resources must be specified before environment changes: ${args.join(' ')}`);
  checkSetFlags(flags);
  if (!hasFiles(flags) && resources.length === 0)
    throw new KubectlError(
      'one or more resources must be specified as <resource> <name> or <resource>/<name>',
    );
  if (flags.bool('list') && flags.string('output') !== '')
    throw new KubectlError('--list and --output may not be specified together');
  if (flags.list('keys').length > 0 && flags.string('from') === '')
    throw new KubectlError('when specifying --keys, a configmap or secret must be provided with --from');
  const { variables, removed } = await parseChanges(session, [...flags.list('env'), ...changes]);
  variables.push(...(await imported(session, flags)));
  for (const each of variables) each['name'] = flags.string('prefix') + stringAt(each, 'name');
  const found = await setTargets(session, flags, resources);
  if (flags.bool('list')) return listAll(session, flags, found, variables, removed);
  const warnings: string[] = [];
  await changeAll(session, flags, found, {
    verb: 'env updated',
    failure: 'failed to patch env update to pod template:',
    edit(object) {
      const containers = containersLike(podSpecFor(object), 'containers', flags.string('containers'));
      if (containers.length === 0) warnings.push(noContainers(flags, object));
      for (const container of containers) {
        if (!flags.bool('overwrite')) refuseOverwrite(container, variables);
        updateEnv(container, variables, removed);
      }
    },
  });
  for (const warning of warnings) await session.err(warning);
}

function noContainers(flags: FlagSet, object: JsonObject): string {
  return `Warning: ${stringAt(object, 'kind')}/${nameOf(object)} does not have any containers matching "${flags.string('containers')}"\n`;
}

/** `KEY=VALUE`, `KEY-` and `-`, which reads the former from standard input. */
async function parseChanges(
  session: Session,
  typed: readonly string[],
): Promise<{ variables: JsonObject[]; removed: string[] }> {
  const variables: JsonObject[] = [];
  const removed: string[] = [];
  const set = new Set<string>();
  const add = (name: string, value: string): void => {
    if (!/^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(name))
      throw new KubectlError(
        `${JSON.stringify(name)} is not a valid key name: a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')`,
      );
    set.add(name);
    variables.push({ name, value });
  };
  for (const change of typed) {
    if (change === '-') {
      for (const line of (await session.io.stdin.text()).split('\n')) {
        const text = line.trim();
        if (text === '' || text.startsWith('#')) continue;
        const eq = text.indexOf('=');
        if (eq <= 0) throw new KubectlError(`invalid parameter assignment in environment: ${text}`);
        add(text.slice(0, eq), text.slice(eq + 1));
      }
    } else if (change.includes('=')) {
      const eq = change.indexOf('=');
      add(change.slice(0, eq), change.slice(eq + 1));
    } else if (change.endsWith('-')) removed.push(change.slice(0, -1));
    else throw new KubectlError(`unknown environment variable: ${change}`);
  }
  for (const name of removed)
    if (set.has(name))
      throw new KubectlError(
        `can not both modify and remove the same environment variable in the same command`,
      );
  return { variables, removed };
}

/** References to the keys of `--from`, in the order of the keys. */
async function imported(session: Session, flags: FlagSet): Promise<JsonObject[]> {
  const from = flags.string('from');
  if (from === '') return [];
  const keys = flags.list('keys');
  const variables: JsonObject[] = [];
  for (const { object } of await setTargets(session, flags, [from])) {
    const kind = stringAt(object, 'kind');
    if (kind !== 'Secret' && kind !== 'ConfigMap')
      throw new KubectlError('unsupported resource specified in --from');
    const field = kind === 'Secret' ? 'secretKeyRef' : 'configMapKeyRef';
    for (const key of sortedKeys(objectAt(object, 'data'))) {
      if (keys.length > 0 && !keys.includes(key)) continue;
      const name = key.replace(/[^a-zA-Z0-9_]/g, '_').toUpperCase();
      if (name !== key) await session.err(`Warning: key ${key} transferred to ${name}\n`);
      variables.push({
        name,
        valueFrom: { [field]: { name: nameOf(object), key } },
      });
    }
  }
  return variables;
}

function refuseOverwrite(container: JsonObject, variables: readonly JsonObject[]): void {
  for (const wanted of variables) {
    const known = listAt(container, 'env').find((each) => stringAt(each, 'name') === wanted['name']);
    if (known !== undefined && stringAt(known, 'value') !== stringAt(wanted, 'value'))
      throw new KubectlError(
        `'${stringAt(known, 'name')}' already has a value (${stringAt(known, 'value')}), and --overwrite is false`,
      );
  }
}

/** Later variables of a name win; those that are there keep their place. */
function updateEnv(
  container: JsonObject,
  variables: readonly JsonObject[],
  removed: readonly string[],
): void {
  const list = listAt(container, 'env')
    .filter(isObject)
    .filter((each) => !removed.includes(stringAt(each, 'name')));
  for (const wanted of variables) {
    const index = list.findIndex((each) => each['name'] === wanted['name']);
    if (index >= 0) list[index] = clone(wanted);
    else list.push(clone(wanted));
  }
  if (list.length > 0) container['env'] = list;
  else delete container['env'];
}

async function listAll(
  session: Session,
  flags: FlagSet,
  found: readonly Found[],
  variables: readonly JsonObject[],
  removed: readonly string[],
): Promise<void> {
  for (const each of found) {
    const object = clone(each.object);
    const containers = containersLike(podSpecFor(object), 'containers', flags.string('containers'));
    if (containers.length === 0) await session.err(noContainers(flags, object));
    const resolver = new EnvResolver(session, object, each.namespace);
    for (const container of containers) {
      updateEnv(container, variables, removed);
      await session.out(
        `# ${stringAt(object, 'kind')} ${each.name}, container ${stringAt(container, 'name')}\n`,
      );
      const failures = new Map<string, string[]>();
      for (const variable of listAt(container, 'env')) {
        const name = stringAt(variable, 'name');
        const source = objectAt(variable, 'valueFrom');
        let line = `${name}=${stringAt(variable, 'value')}`;
        if (Object.keys(source).length > 0) {
          line = `# ${name} from ${envReference(source)}`;
          if (flags.bool('resolve')) {
            const value = await resolver.valueOf(source, container);
            if (value instanceof Error)
              failures.set(value.message, [...(failures.get(value.message) ?? []), name]);
            else line = `${name}=${value}`;
          }
        }
        await session.out(`${line}\n`);
      }
      const texts = [...failures].map(
        ([why, names]) => `error retrieving reference for ${names.sort().join(', ')}: ${why}\n`,
      );
      for (const text of texts.sort()) await session.err(text);
    }
  }
}
