import { cidrText } from '../ip/cidr.ts';
import { ipv4Text } from '../ip/ipv4.ts';
import type { Route } from '../namespace/interface.ts';
import { DEFAULT_TABLE, LOCAL_TABLE, MAIN_TABLE } from '../namespace/interface.ts';
import type { NetworkNamespace } from '../namespace/network-namespace.ts';
import type { RouteQuestion } from '../namespace/routing-tables.ts';

/** A range as iproute2 writes it: `default`, or without `/32`. */
export function prefixText({ base, bits }: Route['destination']): string {
  if (bits === 0 && base === 0) return 'default';
  return bits === 32 ? ipv4Text(base) : cidrText({ base, bits });
}

export function tableName(table: number): string {
  if (table === LOCAL_TABLE) return 'local';
  if (table === MAIN_TABLE) return 'main';
  return table === DEFAULT_TABLE ? 'default' : String(table);
}

/** One line of `ip route show`, with the blank at its end; `withTable` where several tables are shown. */
export function routeText(route: Route, withTable = false): string {
  const { type, link, via, src, scope, protocol, metric, onlink, mtu, table } = route;
  const words: string[] = [];
  if (type !== 'unicast') words.push(type);
  words.push(prefixText(route.destination));
  if (via !== undefined) words.push('via', ipv4Text(via));
  if (link !== undefined) words.push('dev', link.name);
  if (withTable && table !== MAIN_TABLE) words.push('table', tableName(table));
  if (protocol !== 'boot') words.push('proto', protocol);
  if (scope !== 'global') words.push('scope', scope);
  if (src !== undefined) words.push('src', ipv4Text(src));
  if (metric !== undefined) words.push('metric', String(metric));
  if (link !== undefined && link.up && !link.carrier) words.push('linkdown');
  if (onlink) words.push('onlink');
  if (mtu !== undefined) words.push('mtu', String(mtu));
  return `${words.join(' ')} `;
}

/** `ip route show`, of a table or (`all`) of every one. Models iproute2 6.1. */
export function ipRoute(namespace: NetworkNamespace, table: number | 'all' = MAIN_TABLE): string {
  const { routes } = namespace;
  // Tables of one's own come first, then main, then local.
  const tables = table === 'all' ? routes.tables : [table];
  return tables
    .flatMap((number) => routes.list(number))
    .map((route) => `${routeText(route, table === 'all')}\n`)
    .join('');
}

/**
 * `ip route get`. Models iproute2 6.1.
 * @throws Error `RTNETLINK answers: Network is unreachable`
 */
export function ipRouteGet(
  namespace: NetworkNamespace,
  destination: number,
  options: { readonly from?: number; readonly iif?: string; readonly mark?: number } = {},
): string {
  const { from, iif, mark = 0 } = options;
  const question: RouteQuestion = {
    destination,
    source: from ?? 0,
    mark,
    iif: iif === undefined ? undefined : namespace.link(iif),
  };
  const answer = namespace.routes.choose(question);
  if (answer === undefined) throw new Error('RTNETLINK answers: Network is unreachable');
  const { route } = answer;
  if (route.type === 'unreachable') throw new Error('RTNETLINK answers: No route to host');
  const local = route.type === 'local';
  const words = local ? ['local', ipv4Text(destination)] : [ipv4Text(destination)];
  if (from !== undefined) words.push('from', ipv4Text(from));
  if (route.via !== undefined) words.push('via', ipv4Text(route.via));
  words.push('dev', local ? 'lo' : (route.link?.name ?? ''));
  if (answer.rule.table !== MAIN_TABLE && answer.rule.table !== LOCAL_TABLE)
    words.push('table', tableName(answer.rule.table));
  if (from === undefined) {
    const own = route.link?.addresses.find(({ scope }) => scope === 'global')?.ip;
    const source = local && destination >>> 24 !== 127 ? destination : (route.src ?? own);
    if (source !== undefined) words.push('src', ipv4Text(source));
  }
  if (mark !== 0) words.push('mark', `0x${mark.toString(16)}`);
  if (iif === undefined) words.push('uid', '0');
  const cache = [...(local ? ['<local>'] : []), ...(iif === undefined ? [] : ['iif', iif])];
  return `${words.join(' ')} \n    cache ${cache.map((word) => `${word} `).join('')}\n`;
}
