import { posix } from 'node:path';
import type { CommandSpec } from '../command-spec.ts';
import { KubectlError, usageError } from '../errors.ts';
import type { FlagSet, FlagSpec } from '../flags.ts';
import { goList, quote } from '../go-format.ts';
import { helpText, languageOf } from '../help.ts';
import type { JsonObject } from '../json.ts';
import { isObject, listAt, stringAt } from '../json.ts';
import type { NamedEntry } from '../kubeconfig.ts';
import { editKubeconfigFile, namedItem } from '../kubeconfig.ts';
import type { Session } from '../session.ts';

const flag = (name: string, kind: FlagSpec['kind'], en: string, pt: string): FlagSpec => ({
  name,
  kind,
  help: { en, 'pt-BR': pt },
});

/** The file a change goes to: where the entry is, else the first. */
export async function fileOf(session: Session, entry: NamedEntry | undefined): Promise<string> {
  const config = await session.kubeconfig();
  if (entry) return entry.file;
  for (const file of config.files) if (await session.io.fs.exists(file)) return file;
  return config.files[config.files.length - 1] ?? session.io.path('config');
}

/** The help page, then the complaint on stderr. */
export async function usagePage(
  session: Session,
  spec: CommandSpec,
  args: readonly string[],
): Promise<never> {
  await session.out(helpText(spec, session.path, languageOf(session.io.env)));
  throw new KubectlError(`Unexpected args: ${goList(args)}`);
}

/** Sets a field from a file's path, or from the file itself when it is to be embedded. */
async function setFile(
  session: Session,
  entry: JsonObject,
  field: string,
  typed: string,
  embed: boolean,
  config: string,
): Promise<void> {
  if (typed === '') {
    delete entry[field];
    return;
  }
  const path = session.io.path(typed);
  if (embed) {
    if (!(await session.io.fs.exists(path)))
      throw new KubectlError(
        `could not stat ${field} file ${typed}: stat ${typed}: no such file or directory`,
      );
    entry[`${field}-data`] = Buffer.from(await session.io.fs.readFile(path)).toString('base64');
    delete entry[field];
    return;
  }
  const relative = posix.relative(posix.dirname(config), path);
  entry[field] = relative.startsWith('..') ? path : relative;
  delete entry[`${field}-data`];
}

export const setCluster: CommandSpec = {
  name: 'set-cluster',
  usage:
    'NAME [--server=server] [--certificate-authority=path/to/certificate/authority] [--insecure-skip-tls-verify=true] [--tls-server-name=example.com]',
  short: {
    en: 'Change a cluster of the kubeconfig, or make one.',
    'pt-BR': 'Muda um cluster do kubeconfig, ou cria um.',
  },
  examples: ['kubectl config set-cluster lab --server=https://127.0.0.1:6443'],
  arguments: { of: 'nothing' },
  flags: [
    flag('server', 'string', 'Address and port of the API server.', 'Endereço e porta do API server.'),
    flag(
      'certificate-authority',
      'string',
      'File with the certificate authority.',
      'Arquivo com a autoridade certificadora.',
    ),
    flag(
      'embed-certs',
      'bool',
      'Put the file itself into the kubeconfig.',
      'Põe o próprio arquivo no kubeconfig.',
    ),
    flag(
      'insecure-skip-tls-verify',
      'bool',
      "Do not check the server's certificate.",
      'Não verifica o certificado do servidor.',
    ),
    flag('tls-server-name', 'string', 'Name to expect in the certificate.', 'Nome esperado no certificado.'),
    flag('proxy-url', 'string', 'Proxy to go through.', 'Proxy por onde passar.'),
  ],
  run: async (session, flags, args) => {
    const [name = ''] = args;
    if (args.length !== 1) return usagePage(session, setCluster, args);
    const config = await session.kubeconfig();
    const file = await fileOf(session, config.clusters.get(name));
    const authority = flags.string('certificate-authority');
    if (flags.bool('embed-certs') && authority === '')
      throw new KubectlError('you must specify a --certificate-authority to embed');
    if (flags.bool('insecure-skip-tls-verify') && authority !== '')
      throw new KubectlError('you cannot specify a certificate authority and insecure mode at the same time');
    const changed: JsonObject = {};
    if (flags.changed('certificate-authority'))
      await setFile(session, changed, 'certificate-authority', authority, flags.bool('embed-certs'), file);
    await editKubeconfigFile(session.io.fs, file, (document) => {
      const cluster = namedItem(document, 'clusters', 'cluster', name);
      cluster['server'] ??= '';
      for (const field of ['server', 'tls-server-name', 'proxy-url'])
        if (flags.changed(field)) cluster[field] = flags.string(field);
      if (flags.changed('insecure-skip-tls-verify')) {
        if (flags.bool('insecure-skip-tls-verify')) {
          cluster['insecure-skip-tls-verify'] = true;
          delete cluster['certificate-authority'];
          delete cluster['certificate-authority-data'];
        } else delete cluster['insecure-skip-tls-verify'];
      }
      if (flags.changed('certificate-authority')) {
        for (const field of [
          'certificate-authority',
          'certificate-authority-data',
          'insecure-skip-tls-verify',
        ])
          delete cluster[field];
        Object.assign(cluster, changed);
      }
    });
    await session.out(`Cluster ${quote(name)} set.\n`);
  },
};

export const setCredentials: CommandSpec = {
  name: 'set-credentials',
  usage:
    'NAME [--client-certificate=path/to/certfile] [--client-key=path/to/keyfile] [--token=bearer_token] [--username=basic_user] [--password=basic_password]',
  short: {
    en: 'Change a user of the kubeconfig, or make one.',
    'pt-BR': 'Muda um usuário do kubeconfig, ou cria um.',
  },
  examples: [
    'kubectl config set-credentials ann --client-certificate=ann.crt --client-key=ann.key --embed-certs',
  ],
  arguments: { of: 'nothing' },
  flags: [
    flag(
      'client-certificate',
      'string',
      'File with the client certificate.',
      'Arquivo com o certificado de cliente.',
    ),
    flag('client-key', 'string', 'File with its key.', 'Arquivo com sua chave.'),
    flag(
      'embed-certs',
      'bool',
      'Put the files themselves into the kubeconfig.',
      'Põe os próprios arquivos no kubeconfig.',
    ),
    flag('token', 'string', 'Bearer token.', 'Token de portador.'),
    flag('username', 'string', 'Name for basic authentication.', 'Nome para autenticação básica.'),
    flag('password', 'string', 'Password for basic authentication.', 'Senha para autenticação básica.'),
  ],
  run: async (session, flags, args) => {
    const [name = ''] = args;
    if (args.length !== 1) return usagePage(session, setCredentials, args);
    checkCredentials(flags);
    const config = await session.kubeconfig();
    const file = await fileOf(session, config.users.get(name));
    const changed: JsonObject = {};
    for (const field of ['client-certificate', 'client-key'])
      if (flags.changed(field))
        await setFile(session, changed, field, flags.string(field), flags.bool('embed-certs'), file);
    await editKubeconfigFile(session.io.fs, file, (document) => {
      const user = namedItem(document, 'users', 'user', name);
      for (const field of ['client-certificate', 'client-key'])
        if (flags.changed(field)) for (const each of [field, `${field}-data`]) delete user[each];
      Object.assign(user, changed);
      for (const field of ['token', 'username', 'password'])
        if (flags.changed(field)) user[field] = flags.string(field);
      if (flags.changed('token')) for (const field of ['username', 'password']) delete user[field];
      else if (flags.changed('username')) delete user['token'];
    });
    await session.out(`User ${quote(name)} set.\n`);
  },
};

function checkCredentials(flags: FlagSet): void {
  const ways = [
    ...(flags.string('token') === '' ? [] : ['--token']),
    ...(flags.string('username') === '' && flags.string('password') === '' ? [] : ['--username/--password']),
  ];
  if (ways.length > 1)
    throw new KubectlError(
      `you cannot specify more than one authentication method at the same time: ${ways.join(', ')}`,
    );
  if (
    flags.bool('embed-certs') &&
    flags.string('client-certificate') === '' &&
    flags.string('client-key') === ''
  )
    throw new KubectlError('you must specify a --client-certificate or --client-key to embed');
}

/** `delete-cluster` and `delete-user`. */
function deleteEntry(what: 'cluster' | 'user'): CommandSpec {
  const spec: CommandSpec = {
    name: `delete-${what}`,
    usage: 'NAME',
    short:
      what === 'cluster'
        ? { en: 'Remove a cluster from the kubeconfig.', 'pt-BR': 'Remove um cluster do kubeconfig.' }
        : { en: 'Remove a user from the kubeconfig.', 'pt-BR': 'Remove um usuário do kubeconfig.' },
    arguments: { of: 'nothing' },
    run: async (session, _flags, args) => {
      const [name = ''] = args;
      if (args.length !== 1) {
        if (what === 'user') throw usageError(session.path, 'user to delete is required');
        return session.out(helpText(spec, session.path, languageOf(session.io.env)));
      }
      const config = await session.kubeconfig();
      const entry = config[`${what}s`].get(name);
      const file = await fileOf(session, entry);
      if (!entry) throw new KubectlError(`cannot delete ${what} ${name}, not in ${file}`);
      await editKubeconfigFile(session.io.fs, file, (document) => {
        document[`${what}s`] = listAt(document, `${what}s`).filter(
          (item) => isObject(item) && stringAt(item, 'name') !== name,
        );
      });
      await session.out(`deleted ${what} ${name} from ${file}\n`);
    },
  };
  return spec;
}

export const deleteCluster = deleteEntry('cluster');
export const deleteUser = deleteEntry('user');

export const renameContext: CommandSpec = {
  name: 'rename-context',
  usage: 'CONTEXT_NAME NEW_NAME',
  short: { en: 'Give a context another name.', 'pt-BR': 'Dá outro nome a um contexto.' },
  examples: ['kubectl config rename-context old new'],
  arguments: { of: 'contexts' },
  run: async (session, _flags, args) => {
    const [name = '', next = ''] = args;
    if (args.length !== 2) return usagePage(session, renameContext, args);
    const config = await session.kubeconfig();
    const entry = config.contexts.get(name);
    const file = await fileOf(session, entry);
    if (!entry) throw new KubectlError(`cannot rename the context ${quote(name)}, it's not in ${file}`);
    if (config.contexts.has(next))
      throw new KubectlError(
        `cannot rename the context ${quote(name)}, the context ${quote(next)} already exists in ${file}`,
      );
    await editKubeconfigFile(session.io.fs, file, (document) => {
      for (const item of listAt(document, 'contexts'))
        if (isObject(item) && stringAt(item, 'name') === name) item['name'] = next;
      if (stringAt(document, 'current-context') === name) document['current-context'] = next;
    });
    await session.out(`Context ${quote(name)} renamed to ${quote(next)}.\n`);
  },
};
