import type { CommandSpec } from '../command-spec.ts';
import { helpText, languageOf } from '../help.ts';
import { KubectlError, PlainExit, usageError } from '../errors.ts';
import type { FlagSet, FlagSpec } from '../flags.ts';
import { goList, quote } from '../go-format.ts';
import type { Json, JsonObject } from '../json.ts';
import { clone, isObject, listAt, stringAt } from '../json.ts';
import type { NamedEntry } from '../kubeconfig.ts';
import { editKubeconfigFile, namedItem } from '../kubeconfig.ts';
import { objectPrinter, noPrinter, outputFlags } from '../printers/object-printer.ts';
import { TabWriter, tableTabs } from '../printers/tab-writer.ts';
import type { Session } from '../session.ts';
import {
  deleteCluster,
  deleteUser,
  fileOf,
  renameContext,
  setCluster,
  setCredentials,
  usagePage,
} from './config-entries.ts';
import { setProperty, unsetProperty } from './config-set.ts';

const flag = (name: string, kind: FlagSpec['kind'], en: string, pt: string): FlagSpec => ({
  name,
  kind,
  help: { en, 'pt-BR': pt },
});

const view: CommandSpec = {
  name: 'view',
  usage: '',
  short: { en: 'Show the kubeconfig, secrets left out.', 'pt-BR': 'Mostra o kubeconfig, sem segredos.' },
  arguments: { of: 'nothing' },
  flags: [
    ...outputFlags,
    flag('minify', 'bool', 'Only what the current context uses.', 'Só o que o contexto atual usa.'),
    flag('raw', 'bool', 'Secrets and certificates included.', 'Com segredos e certificados.'),
    flag('flatten', 'bool', 'Files put in as data.', 'Arquivos incluídos como dados.'),
    {
      name: 'merge',
      kind: 'bool',
      initial: 'true',
      hidden: true,
      help: { en: 'Accepted.', 'pt-BR': 'Aceita.' },
    },
  ],
  run: runView,
};

const redacted = ['client-key-data', 'token', 'password'];
const omitted = ['certificate-authority-data', 'client-certificate-data'];

async function runView(session: Session, flags: FlagSet, args: string[]): Promise<void> {
  if (args.length > 0) throw usageError(session.path, `unexpected arguments: ${goList(args)}`);
  const config = await session.kubeconfig();
  const context = flags.string('context') || config.currentContext;
  const minify = flags.bool('minify');
  if (minify && context === '') throw new KubectlError('current-context must exist in order to minify');
  const chosen = config.contexts.get(context);
  if (minify && !chosen) throw new KubectlError(`cannot locate context ${context}`);
  const keep = (entry: NamedEntry, kind: 'cluster' | 'user' | 'context'): boolean =>
    !minify || entry.name === (kind === 'context' ? context : stringAt(chosen?.value, kind));
  const list = async (
    entries: ReadonlyMap<string, NamedEntry>,
    kind: 'cluster' | 'user' | 'context',
  ): Promise<Json[] | null> => {
    const items: Json[] = [];
    for (const entry of [...entries.values()]
      .filter((each) => keep(each, kind))
      .sort((a, b) => (a.name < b.name ? -1 : 1))) {
      items.push({ name: entry.name, [kind]: inOrder(await shownValue(session, flags, entry)) });
    }
    return items.length === 0 ? null : items;
  };
  const document: JsonObject = {
    kind: 'Config',
    apiVersion: 'v1',
    preferences: {},
    clusters: await list(config.clusters, 'cluster'),
    users: await list(config.users, 'user'),
    contexts: await list(config.contexts, 'context'),
    'current-context': minify ? context : config.currentContext,
  };
  const output = flags.string('output') || 'yaml';
  const printer = await objectPrinter(session, output, true);
  if (!printer) throw noPrinter(output);
  await session.out(printer.print(document));
}

const fieldOrder = [
  'server',
  'tls-server-name',
  'insecure-skip-tls-verify',
  'certificate-authority',
  'certificate-authority-data',
  'client-certificate',
  'client-certificate-data',
  'client-key',
  'client-key-data',
  'token',
  'tokenFile',
  'as',
  'username',
  'password',
  'cluster',
  'user',
  'namespace',
];

/** Fields as upstream's types declare them. */
function inOrder(value: JsonObject): JsonObject {
  const rank = (key: string): number =>
    fieldOrder.includes(key) ? fieldOrder.indexOf(key) : fieldOrder.length;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => rank(a) - rank(b)));
}

async function shownValue(session: Session, flags: FlagSet, entry: NamedEntry): Promise<JsonObject> {
  const value = clone(entry.value);
  if (flags.bool('flatten')) {
    for (const key of ['certificate-authority', 'client-certificate', 'client-key']) {
      const file = stringAt(value, key);
      if (file === '') continue;
      const path = file.startsWith('/') ? file : `${entry.file.replace(/\/[^/]*$/, '')}/${file}`;
      value[`${key}-data`] = Buffer.from(await session.io.fs.readFile(path)).toString('base64');
      delete value[key];
    }
  }
  if (flags.bool('raw')) return value;
  for (const key of redacted)
    if (stringAt(value, key) !== '') value[key] = key === 'client-key-data' ? 'DATA+OMITTED' : 'REDACTED';
  for (const key of omitted) if (stringAt(value, key) !== '') value[key] = 'DATA+OMITTED';
  return value;
}

const currentContext: CommandSpec = {
  name: 'current-context',
  usage: '',
  short: { en: 'Show the current context.', 'pt-BR': 'Mostra o contexto atual.' },
  arguments: { of: 'nothing' },
  run: async (session) => {
    const { currentContext: name } = await session.kubeconfig();
    if (name === '') throw new KubectlError('current-context is not set');
    await session.out(`${name}\n`);
  },
};

const getContexts: CommandSpec = {
  name: 'get-contexts',
  usage: '[(-o|--output=)name)]',
  short: { en: 'List the contexts.', 'pt-BR': 'Lista os contextos.' },
  arguments: { of: 'contexts' },
  flags: [
    {
      name: 'output',
      short: 'o',
      kind: 'string',
      values: ['name'],
      help: { en: 'name prints only names.', 'pt-BR': 'name mostra só nomes.' },
    },
    flag('no-headers', 'bool', 'Without the line of column names.', 'Sem a linha de nomes das colunas.'),
  ],
  run: runGetContexts,
};

async function runGetContexts(session: Session, flags: FlagSet, args: string[]): Promise<void> {
  const output = flags.string('output');
  if (output !== '' && output !== 'name')
    throw new KubectlError(
      `--output ${output} is not available in kubectl config get-contexts; resetting to default output format`,
    );
  const config = await session.kubeconfig();
  const missing = args.filter((name) => !config.contexts.has(name));
  const names = (
    args.length > 0 ? args.filter((name) => config.contexts.has(name)) : [...config.contexts.keys()]
  ).sort();
  const tabs = new TabWriter(tableTabs);
  if (output === '' && !flags.bool('no-headers')) tabs.write('CURRENT\tNAME\tCLUSTER\tAUTHINFO\tNAMESPACE\n');
  for (const name of names) {
    const value = config.contexts.get(name)?.value;
    if (output === 'name') tabs.write(`${name}\n`);
    else
      tabs.write(
        `${name === config.currentContext ? '*' : ''}\t${name}\t${stringAt(value, 'cluster')}\t${stringAt(value, 'user')}\t${stringAt(value, 'namespace')}\n`,
      );
  }
  await session.out(tabs.flush());
  if (missing.length > 0)
    throw new PlainExit(missing.map((name) => `error: context ${name} not found`).join('\n'), 1);
}

const useContext: CommandSpec = {
  name: 'use-context',
  aliases: ['use'],
  usage: 'CONTEXT_NAME',
  short: { en: 'Make a context the current one.', 'pt-BR': 'Torna um contexto o atual.' },
  examples: ['kubectl config use-context admin'],
  arguments: { of: 'contexts' },
  run: async (session, _flags, args) => {
    const [name = ''] = args;
    if (args.length !== 1) return usagePage(session, useContext, args);
    const config = await session.kubeconfig();
    if (!config.contexts.has(name)) throw new KubectlError(`no context exists with the name: ${quote(name)}`);
    await editKubeconfigFile(
      session.io.fs,
      await fileOf(session, undefined),
      (document) => void (document['current-context'] = name),
    );
    await session.out(`Switched to context ${quote(name)}.\n`);
  },
};

const setContext: CommandSpec = {
  name: 'set-context',
  usage: '[NAME | --current] [--cluster=cluster_nickname] [--user=user_nickname] [--namespace=namespace]',
  short: { en: 'Change a context, or make one.', 'pt-BR': 'Muda um contexto, ou cria um.' },
  examples: ['kubectl config set-context --current --namespace=team-a'],
  arguments: { of: 'contexts' },
  flags: [
    flag('current', 'bool', 'The current context.', 'O contexto atual.'),
    flag('cluster', 'string', 'The cluster of the context.', 'O cluster do contexto.'),
    flag('user', 'string', 'The user of the context.', 'O usuário do contexto.'),
    flag('namespace', 'string', 'The namespace of the context.', 'O namespace do contexto.'),
  ],
  run: async (session, flags, args) => {
    if (args.length > 1) return usagePage(session, setContext, args);
    if (flags.bool('current') === args.length > 0) {
      throw new KubectlError(
        flags.bool('current')
          ? 'you cannot specify both a context name and --current'
          : 'you must specify a non-empty context name or --current',
      );
    }
    const config = await session.kubeconfig();
    const name = flags.bool('current') ? config.currentContext : (args[0] ?? '');
    if (name === '') throw new KubectlError('no current context is set');
    const known = config.contexts.get(name);
    await editKubeconfigFile(session.io.fs, await fileOf(session, known), (document) => {
      const context = namedItem(document, 'contexts', 'context', name);
      for (const field of ['cluster', 'user', 'namespace'])
        if (flags.changed(field)) context[field] = flags.string(field);
      if (!known) for (const field of ['cluster', 'user']) context[field] ??= '';
    });
    await session.out(`Context ${quote(name)} ${known ? 'modified' : 'created'}.\n`);
  },
};

const names = (name: string, which: 'clusters' | 'users', header: string): CommandSpec => ({
  name,
  usage: '',
  short:
    which === 'clusters'
      ? { en: 'List the clusters.', 'pt-BR': 'Lista os clusters.' }
      : { en: 'List the users.', 'pt-BR': 'Lista os usuários.' },
  arguments: { of: 'nothing' },
  run: async (session) => {
    const config = await session.kubeconfig();
    await session.out(`${[header, ...[...config[which].keys()].sort()].join('\n')}\n`);
  },
});

const deleteContext: CommandSpec = {
  name: 'delete-context',
  usage: 'NAME',
  short: { en: 'Remove a context from the kubeconfig.', 'pt-BR': 'Remove um contexto do kubeconfig.' },
  arguments: { of: 'contexts' },
  run: async (session, _flags, args) => {
    const [name = ''] = args;
    if (args.length !== 1)
      return session.out(helpText(deleteContext, session.path, languageOf(session.io.env)));
    const config = await session.kubeconfig();
    const entry = config.contexts.get(name);
    const file = await fileOf(session, entry);
    if (!entry) throw new KubectlError(`cannot delete context ${name}, not in ${file}`);
    if (config.currentContext === name)
      await session.err(
        'warning: this removed your active context, use "kubectl config use-context" to select a different one\n',
      );
    await editKubeconfigFile(
      session.io.fs,
      file,
      (document) =>
        void (document['contexts'] = listAt(document, 'contexts').filter(
          (item) => isObject(item) && stringAt(item, 'name') !== name,
        )),
    );
    await session.out(`deleted context ${name} from ${file}\n`);
  },
};

export const config: CommandSpec = {
  name: 'config',
  usage: 'SUBCOMMAND',
  group: 'other',
  short: { en: 'Look into and change the kubeconfig.', 'pt-BR': 'Examina e muda o kubeconfig.' },
  subcommands: [
    currentContext,
    deleteCluster,
    deleteContext,
    deleteUser,
    names('get-clusters', 'clusters', 'NAME'),
    getContexts,
    names('get-users', 'users', 'NAME'),
    renameContext,
    setProperty,
    setCluster,
    setContext,
    setCredentials,
    unsetProperty,
    useContext,
    view,
  ],
};
