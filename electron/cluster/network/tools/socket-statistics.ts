import { ipv4Text } from '../ip/ipv4.ts';
import type { NetworkNamespace } from '../namespace/network-namespace.ts';

export interface SocketOptions {
  /** `-t`, `-u`; without either both. */
  readonly tcp?: boolean;
  readonly udp?: boolean;
  /** `-l`: only those that listen; `-a`: those too. */
  readonly listening?: boolean;
  readonly all?: boolean;
  /** `-p` */
  readonly processes?: boolean;
}

interface Row {
  readonly netid: string;
  readonly state: string;
  readonly sendQueue: number;
  readonly local: readonly [string, string];
  readonly peer: readonly [string, string];
  readonly process: string;
}

function processText(process: { readonly name: string; readonly pid: number } | undefined): string {
  return process === undefined ? '' : `users:(("${process.name}",pid=${process.pid},fd=3))`;
}

function rowsOf({ sockets }: NetworkNamespace, options: SocketOptions): Row[] {
  const both = options.tcp !== true && options.udp !== true;
  const rows: Row[] = [];
  const shown = (process: Parameters<typeof processText>[0]): string =>
    options.processes === true ? processText(process) : '';
  if (options.listening === true || options.all === true)
    for (const { protocol, ip, port, backlog, process } of sockets.listening)
      if (both || options[protocol] === true)
        rows.push({
          netid: protocol,
          state: protocol === 'udp' ? 'UNCONN' : 'LISTEN',
          sendQueue: protocol === 'udp' ? 0 : backlog,
          local: [ipv4Text(ip), String(port)],
          peer: ['0.0.0.0', '*'],
          process: shown(process),
        });
  if (options.listening !== true && (both || options.tcp === true))
    for (const { localIp, localPort, remoteIp, remotePort, state, process } of sockets.established)
      if (state === 'ESTAB' || options.all === true)
        rows.push({
          netid: 'tcp',
          state,
          sendQueue: 0,
          local: [ipv4Text(localIp), String(localPort)],
          peer: [ipv4Text(remoteIp), String(remotePort)],
          process: shown(process),
        });
  return rows;
}

/** `ss -n` with the options given. Column widths follow the content, as `ss` does into a pipe. Models iproute2 6.1. */
export function socketStatistics(namespace: NetworkNamespace, options: SocketOptions): string {
  const rows = rowsOf(namespace, options);
  const withNetid = (options.tcp === true) === (options.udp === true);
  const width = (head: string, of: (row: Row) => string): number =>
    Math.max(head.length, ...rows.map((row) => of(row).length));
  const netid = width('Netid', (row) => row.netid);
  const state = width('State', (row) => row.state);
  const queue = 'Send-Q'.length;
  const localIp = width('Local Address', (row) => row.local[0]);
  const localPort = width('Port', (row) => row.local[1]);
  const peerIp = width('Peer Address', (row) => row.peer[0]);
  const peerPort = width('Port', (row) => row.peer[1]);
  const line = (row: Row): string => {
    const first = withNetid ? `${row.netid.padEnd(netid)} ` : '';
    const local = `${row.local[0].padStart(localIp)}:${row.local[1].padEnd(localPort)}`;
    const peer = `${row.peer[0].padStart(peerIp)}:${row.peer[1].padEnd(peerPort)}`;
    return `${first}${row.state.padEnd(state)} ${'0'.padEnd(queue)} ${String(row.sendQueue).padEnd(queue)} ${local} ${peer}${row.process}`;
  };
  const head = `${withNetid ? `${'Netid'.padEnd(netid)} ` : ''}${'State'.padEnd(state)} Recv-Q Send-Q ${'Local Address'.padStart(localIp)}:${'Port'.padEnd(localPort)} ${'Peer Address'.padStart(peerIp)}:${'Port'.padEnd(peerPort)}Process`;
  return [head, ...rows.map(line)].map((text) => `${text}\n`).join('');
}
