import { parseCertificate } from '../../base/x509/certificate.ts';
import { firstPemBlock } from '../../base/x509/pem.ts';
import { decodeBase64, encodeBase64 } from '../apimachinery/base64.ts';
import { readOwnYaml, writeOwnYaml } from '../apimachinery/own-yaml.ts';
import type { FileSystem } from '../machine/interface.ts';
import type { Address, PeerCertificate } from '../network/interface.ts';

/** Requests a second and burst that a client allows itself. */
export interface RateLimits {
  readonly qps: number;
  readonly burst: number;
}

/** How a component reaches its API server, and as whom. */
export interface ClientConfig {
  /** e.g. `https://10.0.0.10:6443`, without a slash at the end. */
  readonly server: string;
  /** Identity shown in the TLS handshake. */
  readonly certificate?: PeerCertificate;
  readonly token?: string;
  readonly userAgent: string;
  /** Absent: no client-side throttling. */
  readonly limits?: RateLimits;
}

/**
 * What a component takes from its kubeconfig. A machine that was just installed has the certificate written out by its fields;
 * the host then signs it, and the file becomes one that kubectl reads, too.
 */
export interface KubeConfig {
  readonly server: string;
  /** PEM text of the cluster's authority. */
  readonly authority?: string;
  readonly user: {
    readonly commonName?: string;
    readonly organizations?: readonly string[];
    readonly issuer?: string;
    /** RFC 3339. */
    readonly notBefore?: string;
    readonly notAfter?: string;
    readonly token?: string;
    /** PEM text, or the path of a file with it. */
    readonly certificatePem?: string;
    readonly certificateFile?: string;
  };
}

const SERVER = /^https:\/\/[^/:]+(:\d+)?\/?$/;

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** @throws Error `error loading config file "<path>": …` */
export function parseKubeConfig(content: string, path: string): KubeConfig {
  const fail = (why: string): Error => new Error(`error loading config file "${path}": ${why}`);
  let value: unknown;
  try {
    value = readOwnYaml(content);
  } catch (error) {
    throw fail(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));
  }
  if (!isRecord(value)) throw fail('not a mapping');
  if (value['kind'] === 'Config') return parseClientConfig(value, fail);
  const server = text(value['server']);
  if (server === undefined || !SERVER.test(server)) {
    throw fail(`server: want https://HOST:PORT, got ${JSON.stringify(value['server'])}`);
  }
  const user = isRecord(value['user']) ? value['user'] : {};
  const organizations = user['organizations'];
  return {
    server: server.replace(/\/$/, ''),
    user: {
      commonName: text(user['commonName']),
      organizations: Array.isArray(organizations) ? organizations.map(String) : undefined,
      issuer: text(user['issuer']),
      notBefore: text(user['notBefore']),
      notAfter: text(user['notAfter']),
      token: text(user['token']),
    },
  };
}

/** The current context of a kubeconfig as kubectl knows them. */
function parseClientConfig(
  value: Readonly<Record<string, unknown>>,
  fail: (why: string) => Error,
): KubeConfig {
  const named = (list: unknown, name: unknown, field: string): Readonly<Record<string, unknown>> => {
    const entries: readonly unknown[] = Array.isArray(list) ? list : [];
    const entry = entries.find((candidate) => isRecord(candidate) && candidate['name'] === name);
    const content = isRecord(entry) ? entry[field] : undefined;
    if (!isRecord(content)) throw fail(`${field} ${JSON.stringify(name)} does not exist`);
    return content;
  };
  const context = named(value['contexts'], value['current-context'], 'context');
  const cluster = named(value['clusters'], context['cluster'], 'cluster');
  const user = named(value['users'], context['user'], 'user');
  const server = text(cluster['server']);
  if (server === undefined || !SERVER.test(server))
    throw fail(`server: want https://HOST:PORT, got ${JSON.stringify(cluster['server'])}`);
  const decoded = (fields: Readonly<Record<string, unknown>>, field: string): string | undefined => {
    const data = text(fields[field]);
    const bytes = data === undefined ? undefined : decodeBase64(data);
    if (data !== undefined && bytes === undefined) throw fail(`illegal base64 data in ${field}`);
    return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
  };
  return {
    server: server.replace(/\/$/, ''),
    authority: decoded(cluster, 'certificate-authority-data'),
    user: {
      token: text(user['token']),
      certificatePem: decoded(user, 'client-certificate-data'),
      certificateFile: text(user['client-certificate']),
    },
  };
}

export interface ClientKubeConfig {
  readonly server: string;
  /** PEM text of the cluster's authority. */
  readonly ca: string;
  readonly user: string;
  /** PEM texts, a file that holds both, or a token. */
  readonly credential:
    | { readonly certificate: string; readonly key: string }
    | { readonly file: string }
    | { readonly token: string };
}

/** A kubeconfig as kubeadm writes it. */
export function formatClientKubeConfig({ server, ca, user, credential }: ClientKubeConfig): string {
  const context = `${user}@kubernetes`;
  return writeOwnYaml(
    {
      apiVersion: 'v1',
      clusters: [{ cluster: { 'certificate-authority-data': dataOf(ca), server }, name: 'kubernetes' }],
      contexts: [{ context: { cluster: 'kubernetes', user }, name: context }],
      'current-context': context,
      kind: 'Config',
      users: [
        {
          name: user,
          user: credentialFields(credential),
        },
      ],
    },
    0,
  );
}

function credentialFields(credential: ClientKubeConfig['credential']): Readonly<Record<string, string>> {
  if ('file' in credential) return { 'client-certificate': credential.file, 'client-key': credential.file };
  if ('token' in credential) return { token: credential.token };
  return {
    'client-certificate-data': dataOf(credential.certificate),
    'client-key-data': dataOf(credential.key),
  };
}

function dataOf(pem: string): string {
  return encodeBase64(new TextEncoder().encode(pem));
}

/** The file's text, with a certificate by its fields. */
export function formatKubeConfig(config: KubeConfig): string {
  return writeOwnYaml({ server: config.server, user: config.user });
}

/** Reads a component's kubeconfig from its machine. @throws Error when it is missing or broken */
export function readClientConfig(
  files: FileSystem,
  path: string,
  userAgent: string,
  limits?: RateLimits,
): ClientConfig {
  if (!files.exists(path))
    throw new Error(`error loading config file "${path}": open ${path}: no such file or directory`);
  const { server, user } = parseKubeConfig(files.read(path), path);
  const certificate = certificateOf(user, files, path);
  return {
    server,
    userAgent,
    ...(certificate === undefined ? {} : { certificate }),
    ...(user.token === undefined ? {} : { token: user.token }),
    ...(limits === undefined ? {} : { limits }),
  };
}

function certificateOf(
  user: KubeConfig['user'],
  files: FileSystem,
  path: string,
): PeerCertificate | undefined {
  const { certificateFile: file } = user;
  if (file !== undefined && !files.exists(file))
    throw new Error(`error loading config file "${path}": open ${file}: no such file or directory`);
  const pem = user.certificatePem ?? (file === undefined ? undefined : files.read(file));
  if (pem !== undefined) {
    const block = firstPemBlock(pem);
    if (block?.type !== 'CERTIFICATE')
      throw new Error('tls: failed to find any PEM data in certificate input');
    return parseCertificate(block.bytes);
  }
  if (user.commonName === undefined) return undefined;
  return {
    commonName: user.commonName,
    organizations: user.organizations ?? [],
    issuer: user.issuer ?? '',
    notBefore: instant(user.notBefore, -Infinity, path),
    notAfter: instant(user.notAfter, Infinity, path),
  };
}

function instant(value: string | undefined, otherwise: number, path: string): number {
  if (value === undefined) return otherwise;
  const parsed = Date.parse(value);
  if (Number.isNaN(parsed)) throw new Error(`error loading config file "${path}": not a time: ${value}`);
  return parsed;
}

/** Host and port of a server address; the port defaults to 443. */
export function serverAddress(server: string): Address {
  const match = /^https:\/\/([^/:]+)(?::(\d+))?$/.exec(server);
  if (match === null) throw new Error(`invalid server address: ${server}`);
  return { host: match[1] ?? '', port: Number(match[2] ?? '443') };
}
