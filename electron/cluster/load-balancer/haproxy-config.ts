import type { Address } from '../network/interface.ts';

export const HAPROXY_CONFIG = '/etc/haproxy/haproxy.cfg';

export interface HaproxyServer extends Address {
  readonly name: string;
}

export interface HaproxyConfig {
  readonly port: number;
  readonly servers: readonly HaproxyServer[];
  /** Path that a healthy server answers with 200. */
  readonly checkPath: string;
  /** Virtual milliseconds between two checks of a server. */
  readonly interval: number;
  /** Failed checks in a row until a server is down, and good ones until it is up again. */
  readonly fall: number;
  readonly rise: number;
}

/** The configuration that kubeadm's documentation suggests in front of several control planes. */
export function haproxyConfig(servers: readonly HaproxyServer[], port: number): string {
  return [
    'defaults',
    '    mode tcp',
    '    timeout connect 5s',
    '',
    'frontend apiserver',
    `    bind *:${port}`,
    '    default_backend apiserverbackend',
    '',
    'backend apiserverbackend',
    '    option httpchk GET /readyz',
    '    http-check expect status 200',
    '    balance roundrobin',
    '    default-server check check-ssl verify none inter 5s fall 2 rise 1 on-marked-down shutdown-sessions',
    ...servers.map(({ name, host, port: target }) => `    server ${name} ${host}:${target}`),
    '',
  ].join('\n');
}

/** Reads what takes effect here. Returns the program's complaint when something is missing or wrong. */
export function parseHaproxyConfig(text: string): HaproxyConfig | string {
  const lines = text.split('\n').map((line) => line.trim());
  const find = (pattern: RegExp): RegExpExecArray | undefined => {
    for (const line of lines) {
      const match = pattern.exec(line);
      if (match !== null) return match;
    }
    return undefined;
  };
  const port = Number(find(/^bind\s+\S*:(\d+)/)?.[1]);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    return `[ALERT] config : ${HAPROXY_CONFIG}: frontend has no 'bind *:PORT'`;
  const servers = lines.flatMap((line) => {
    const match = /^server\s+(\S+)\s+([^\s:]+):(\d+)/.exec(line);
    return match === null
      ? []
      : [{ name: match[1] as string, host: match[2] as string, port: Number(match[3]) }];
  });
  if (servers.length === 0) return `[ALERT] config : ${HAPROXY_CONFIG}: backend has no server`;
  const number = (word: string, otherwise: number): number => {
    const match = find(new RegExp(`^default-server\\b.*\\b${word}\\s+(\\d+)`));
    return match === undefined ? otherwise : Number(match[1]);
  };
  const inter = find(/^default-server\b.*\binter\s+(\d+)(ms|s)?/);
  return {
    port,
    servers,
    checkPath: find(/^option\s+httpchk\s+GET\s+(\S+)/)?.[1] ?? '/',
    interval: inter === undefined ? 2000 : Number(inter[1]) * (inter[2] === 's' ? 1000 : 1),
    fall: number('fall', 3),
    rise: number('rise', 2),
  };
}
