import type { ShellFs } from '../interface.ts';
import { ConfigurationError, KubectlError } from './errors.ts';
import type { FlagSet } from './flags.ts';
import { parseDuration } from './duration.ts';
import type { JsonObject } from './json.ts';
import { at, listAt, stringAt } from './json.ts';
import type { Kubeconfig } from './kubeconfig.ts';

/** How to reach the API server and as whom. */
export interface ClientConfig {
  readonly server: string;
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly token?: string | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly insecure: boolean;
  readonly tlsServerName: string;
  readonly asUser: string;
  readonly asGroups: readonly string[];
  readonly asUid: string;
  /** Per request in milliseconds; 0 waits for ever. */
  readonly timeoutMs: number;
  /** The namespace of the context, or `default`. */
  readonly namespace: string;
}

const timeoutText =
  'Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)';

function timeout(text: string): number {
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  try {
    return parseDuration(text);
  } catch {
    throw new KubectlError(timeoutText);
  }
}

async function dataOrFile(
  fs: ShellFs,
  value: JsonObject,
  data: string,
  file: string,
  base: string,
): Promise<string | undefined> {
  const encoded = stringAt(value, data);
  if (encoded !== '') return Buffer.from(encoded, 'base64').toString('utf8');
  const path = stringAt(value, file);
  if (path === '') return undefined;
  return readCredential(fs, path.startsWith('/') ? path : `${base}/${path}`, file);
}

async function readCredential(fs: ShellFs, path: string, what: string): Promise<string> {
  try {
    return await fs.readText(path);
  } catch {
    throw new ConfigurationError(
      `unable to read ${what} ${path} due to open ${path}: no such file or directory`,
    );
  }
}

/** Puts flags and kubeconfig together. Models client-go's tools/clientcmd/client_config.go. */
export async function clientConfig(
  fs: ShellFs,
  path: (typed: string) => string,
  config: Kubeconfig,
  flags: FlagSet,
): Promise<ClientConfig> {
  const timeoutMs = timeout(flags.string('request-timeout'));
  const contextName = flags.string('context') || config.currentContext;
  const context = config.contexts.get(contextName);
  if (flags.string('context') !== '' && !context) {
    throw new ConfigurationError(`context was not found for specified context: ${contextName}`);
  }
  if (contextName !== '' && !context)
    throw new ConfigurationError(`context was not found for specified context: ${contextName}`);
  const clusterName = flags.string('cluster') || stringAt(context?.value, 'cluster');
  const cluster = config.clusters.get(clusterName);
  if (clusterName !== '' && !cluster && flags.string('server') === '') {
    throw new ConfigurationError(
      flags.string('cluster') === ''
        ? `cluster ${JSON.stringify(clusterName)} was not found in the kubeconfig`
        : `cluster ${JSON.stringify(clusterName)} does not exist`,
    );
  }
  const userName = flags.string('user') || stringAt(context?.value, 'user');
  const user = config.users.get(userName);
  if (flags.string('user') !== '' && !user)
    throw new KubectlError(`auth info ${JSON.stringify(userName)} does not exist`);

  let server = flags.string('server') || stringAt(cluster?.value, 'server') || 'http://localhost:8080';
  if (!server.includes('://')) server = `http://${server}`;
  try {
    void new URL(server);
  } catch {
    throw new KubectlError(`couldn't parse ${JSON.stringify(server)} as a host name`);
  }
  const folder = (file: string | undefined): string => (file ?? '').replace(/\/[^/]*$/, '');
  const clusterValue = cluster?.value ?? {};
  const userValue = user?.value ?? {};
  if (at(userValue, 'exec') !== undefined)
    throw new KubectlError('exec credential plugins cannot run here: use a client certificate or a token');
  const flagFile = async (name: string): Promise<string | undefined> =>
    flags.string(name) === '' ? undefined : readCredential(fs, path(flags.string(name)), name);
  const tokenFile = stringAt(userValue, 'tokenFile');
  return {
    server,
    ca:
      (await flagFile('certificate-authority')) ??
      (await dataOrFile(
        fs,
        clusterValue,
        'certificate-authority-data',
        'certificate-authority',
        folder(cluster?.file),
      )),
    cert:
      (await flagFile('client-certificate')) ??
      (await dataOrFile(fs, userValue, 'client-certificate-data', 'client-certificate', folder(user?.file))),
    key:
      (await flagFile('client-key')) ??
      (await dataOrFile(fs, userValue, 'client-key-data', 'client-key', folder(user?.file))),
    token:
      flags.string('token') ||
      stringAt(userValue, 'token') ||
      (tokenFile === '' ? undefined : (await readCredential(fs, tokenFile, 'tokenFile')).trim()),
    username: flags.string('username') || stringAt(userValue, 'username'),
    password: flags.string('password') || stringAt(userValue, 'password'),
    insecure: flags.bool('insecure-skip-tls-verify') || at(clusterValue, 'insecure-skip-tls-verify') === true,
    tlsServerName: flags.string('tls-server-name') || stringAt(clusterValue, 'tls-server-name'),
    asUser: flags.string('as') || stringAt(userValue, 'as'),
    asGroups:
      flags.list('as-group').length > 0
        ? flags.list('as-group')
        : listAt(userValue, 'as-groups').filter((item) => typeof item === 'string'),
    asUid: flags.string('as-uid') || stringAt(userValue, 'as-uid'),
    timeoutMs,
    namespace: stringAt(context?.value, 'namespace') || 'default',
  };
}
