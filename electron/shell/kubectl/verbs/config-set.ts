import type { CommandSpec } from '../command-spec.ts';
import { KubectlError } from '../errors.ts';
import { quote } from '../go-format.ts';
import type { JsonObject } from '../json.ts';
import { isObject, listAt, stringAt } from '../json.ts';
import { editKubeconfigFile, namedItem } from '../kubeconfig.ts';
import type { Session } from '../session.ts';
import { fileOf, usagePage } from './config-entries.ts';

const lists: Readonly<Record<string, string>> = { clusters: 'cluster', contexts: 'context', users: 'user' };
const booleans = ['insecure-skip-tls-verify', 'disable-compression'];

/** A property such as `contexts.lab.namespace`: a list, the name in it (which may have dots), a field. */
interface Property {
  readonly list: string;
  readonly name: string;
  readonly field: string;
}

/** The name is what the kubeconfig has, else the one step it takes. @throws KubectlError for what is no property */
function propertyOf(typed: string, names: readonly string[]): Property | undefined {
  const [list = '', ...rest] = typed.split('.');
  if (list === 'current-context' && rest.length === 0) return undefined;
  if (!(list in lists)) throw new KubectlError(`unable to parse ${typed} after [] at api.Config`);
  const after = rest.join('.');
  const known = names.find((name) => after === name || after.startsWith(`${name}.`));
  const name = known ?? rest[0] ?? '';
  return { list, name, field: after.slice(name.length + 1) };
}

async function namesIn(session: Session, list: string): Promise<string[]> {
  const config = await session.kubeconfig();
  const all = { clusters: config.clusters, contexts: config.contexts, users: config.users };
  return list === 'clusters' || list === 'contexts' || list === 'users' ? [...all[list].keys()] : [];
}

export const setProperty: CommandSpec = {
  name: 'set',
  usage: 'PROPERTY_NAME PROPERTY_VALUE',
  short: { en: 'Set one field of the kubeconfig.', 'pt-BR': 'Define um campo do kubeconfig.' },
  examples: ['kubectl config set contexts.lab.namespace team-a', 'kubectl config set current-context lab'],
  arguments: { of: 'nothing' },
  flags: [
    {
      name: 'set-raw-bytes',
      kind: 'bool',
      help: { en: 'The value is not base64 yet.', 'pt-BR': 'O valor ainda não está em base64.' },
    },
  ],
  run: async (session, flags, args) => {
    const [typed = '', value = ''] = args;
    if (args.length !== 2) return usagePage(session, setProperty, args);
    const property = propertyOf(typed, await namesIn(session, typed.split('.')[0] ?? ''));
    const edit = (document: JsonObject): void => {
      if (!property) document['current-context'] = value;
      else
        namedItem(document, property.list, lists[property.list] ?? '', property.name)[property.field] = shown(
          property.field,
          value,
          flags.bool('set-raw-bytes'),
        );
    };
    if (property?.field === '') throw new KubectlError('unable to set a whole entry: name one of its fields');
    await editKubeconfigFile(session.io.fs, await fileOf(session, undefined), edit);
    await session.out(`Property ${quote(typed)} set.\n`);
  },
};

function shown(field: string, value: string, raw: boolean): string | boolean {
  if (field.endsWith('-data')) return raw ? Buffer.from(value).toString('base64') : value;
  if (!booleans.includes(field)) return value;
  if (value !== 'true' && value !== 'false')
    throw new KubectlError(`strconv.ParseBool: parsing ${quote(value)}: invalid syntax`);
  return value === 'true';
}

export const unsetProperty: CommandSpec = {
  name: 'unset',
  usage: 'PROPERTY_NAME',
  short: { en: 'Remove one field of the kubeconfig.', 'pt-BR': 'Remove um campo do kubeconfig.' },
  examples: ['kubectl config unset current-context', 'kubectl config unset contexts.lab.namespace'],
  arguments: { of: 'nothing' },
  run: async (session, _flags, args) => {
    const [typed = ''] = args;
    if (args.length !== 1) return usagePage(session, unsetProperty, args);
    const names = await namesIn(session, typed.split('.')[0] ?? '');
    const property = propertyOf(typed, names);
    await editKubeconfigFile(session.io.fs, await fileOf(session, undefined), (document) => {
      if (!property) document['current-context'] = '';
      else if (property.name === '') document[property.list] = [];
      else if (!names.includes(property.name)) return;
      else if (property.field === '')
        document[property.list] = listAt(document, property.list).filter(
          (item) => isObject(item) && stringAt(item, 'name') !== property.name,
        );
      else
        delete namedItem(document, property.list, lists[property.list] ?? '', property.name)[property.field];
    });
    await session.out(`Property ${quote(typed)} unset.\n`);
  },
};
