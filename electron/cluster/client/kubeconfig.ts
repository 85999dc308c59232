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

/** What `/etc/kubernetes/*.conf` says. The certificate is written out by its fields instead of as PEM. */
export interface KubeConfig {
  readonly server: string;
  readonly user: {
    readonly commonName?: string;
    readonly organizations?: readonly string[];
    readonly issuer?: string;
    /** RFC 3339. */
    readonly notBefore?: string;
    readonly notAfter?: string;
    readonly token?: string;
  };
}

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
  const server = text(value['server']);
  if (server === undefined || !/^https:\/\/[^/:]+(:\d+)?\/?$/.test(server)) {
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

/** The file's text. */
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
  const certificate: PeerCertificate | undefined =
    user.commonName === undefined
      ? undefined
      : {
          commonName: user.commonName,
          organizations: user.organizations ?? [],
          issuer: user.issuer ?? '',
          notBefore: instant(user.notBefore, -Infinity, path),
          notAfter: instant(user.notAfter, Infinity, path),
        };
  return {
    server,
    userAgent,
    ...(certificate === undefined ? {} : { certificate }),
    ...(user.token === undefined ? {} : { token: user.token }),
    ...(limits === undefined ? {} : { limits }),
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
