import type { ShellFs } from '../interface.ts';
import { ConfigurationError, KubectlError } from './errors.ts';
import type { FlagSet } from './flags.ts';
import { parseDuration } from './duration.ts';
import type { JsonObject } from './json.ts';
import { at, listAt, stringAt } from './json.ts';
import type { Kubeconfig, NamedEntry } from './kubeconfig.ts';
import { quote } from './go-format.ts';

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

/** Files of credentials, by the field of the kubeconfig, and what client-go calls them. */
const credentialFiles = {
  'certificate-authority': 'certificate-authority',
  'client-certificate': 'client-cert',
  'client-key': 'client-key',
} as const;
type CredentialFile = keyof typeof credentialFiles;

async function readCredential(fs: ShellFs, path: string, what: string): Promise<string> {
  try {
    return await fs.readText(path);
  } catch {
    throw new ConfigurationError(
      `unable to read ${what} ${path} due to open ${path}: no such file or directory`,
    );
  }
}

/** Puts flags and kubeconfig together. Models client-go's tools/clientcmd/client_config.go and validation.go. */
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
    if (flags.string('cluster') !== '')
      throw new KubectlError(`no server found for cluster ${quote(clusterName)}`);
    throw new ConfigurationError(`cluster ${quote(clusterName)} was not found in the kubeconfig`);
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
  const wrong: string[] = [];
  const file = async (
    value: JsonObject,
    field: CredentialFile,
    entry: NamedEntry | undefined,
    name: string,
  ): Promise<string | undefined> => {
    const typed = flags.string(field);
    const written = stringAt(value, field);
    const encoded = stringAt(value, `${field}-data`);
    if (typed === '' && encoded !== '') return Buffer.from(encoded, 'base64').toString('utf8');
    if (typed === '' && written === '') return undefined;
    const shown = typed || (written.startsWith('/') ? written : `${folder(entry?.file)}/${written}`);
    try {
      return await fs.readText(typed === '' ? shown : path(typed));
    } catch {
      wrong.push(
        `unable to read ${credentialFiles[field]} ${shown} for ${name} due to open ${shown}: no such file or directory`,
      );
      return undefined;
    }
  };
  const tls = flags.bool('insecure-skip-tls-verify') || flags.string('certificate-authority') !== '';
  const insecure = tls
    ? flags.bool('insecure-skip-tls-verify')
    : at(clusterValue, 'insecure-skip-tls-verify') === true;
  const ca = await file(
    flags.bool('insecure-skip-tls-verify') ? {} : clusterValue,
    'certificate-authority',
    cluster,
    clusterName,
  );
  const cert = await file(userValue, 'client-certificate', user, userName);
  const key = await file(userValue, 'client-key', user, userName);
  const asUser = flags.string('as') || stringAt(userValue, 'as');
  const asGroups =
    flags.list('as-group').length > 0
      ? flags.list('as-group')
      : listAt(userValue, 'as-groups').filter((item) => typeof item === 'string');
  const asUid = flags.string('as-uid') || stringAt(userValue, 'as-uid');
  const token = flags.string('token') || stringAt(userValue, 'token');
  const username = flags.string('username') || stringAt(userValue, 'username');
  const password = flags.string('password') || stringAt(userValue, 'password');
  const certGiven =
    flags.string('client-certificate') !== '' ||
    stringAt(userValue, 'client-certificate') !== '' ||
    stringAt(userValue, 'client-certificate-data') !== '';
  const keyGiven =
    flags.string('client-key') !== '' ||
    stringAt(userValue, 'client-key') !== '' ||
    stringAt(userValue, 'client-key-data') !== '';
  if (certGiven && !keyGiven)
    wrong.unshift(
      `client-key-data or client-key must be specified for ${userName} to use the clientCert authentication method.`,
    );
  if (token !== '' && (username !== '' || password !== ''))
    wrong.push(
      `more than one authentication method found for ${userName}; found [token basicAuth], only one is allowed`,
    );
  if ((asGroups.length > 0 || asUid !== '') && asUser === '')
    wrong.push(`requesting uid, groups or user-extra for ${userName} without impersonating a user`);
  const [first] = wrong;
  if (first !== undefined) {
    if (wrong.length === 1) throw new KubectlError(first);
    throw new ConfigurationError(`\n${wrong.map((each) => `* ${each}`).join('\n')}`);
  }
  if (insecure && ca !== undefined)
    throw new KubectlError('specifying a root certificates file with the insecure flag is not allowed');
  const tokenFile = stringAt(userValue, 'tokenFile');
  return {
    server,
    ca,
    cert,
    key,
    token:
      token || (tokenFile === '' ? undefined : (await readCredential(fs, tokenFile, 'tokenFile')).trim()),
    username,
    password,
    insecure,
    tlsServerName: flags.string('tls-server-name') || stringAt(clusterValue, 'tls-server-name'),
    asUser,
    asGroups,
    asUid,
    timeoutMs,
    namespace: stringAt(context?.value, 'namespace') || 'default',
  };
}
