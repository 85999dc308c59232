import { ipv4Text } from '../ip/ipv4.ts';
import type { Connection } from '../netfilter/connection.ts';
import type { FlowTuple } from '../walk/packet.ts';

const NUMBERS = { icmp: 1, tcp: 6, udp: 17 } as const;

function tupleText({ protocol, src, dst, sport, dport }: FlowTuple, reply: boolean): string {
  const ends = `src=${ipv4Text(src)} dst=${ipv4Text(dst)}`;
  return protocol === 'icmp'
    ? `${ends} type=${reply ? 0 : 8} code=0 id=${sport}`
    : `${ends} sport=${sport} dport=${dport}`;
}

/** One line of `conntrack -L`. Models conntrack-tools v1.4.7. */
export function connectionText(connection: Connection, now: number): string {
  const { original, reply, tcp, replied, assured, mark, expiresAt } = connection;
  const { protocol } = original;
  const seconds = Math.max(0, Math.floor((expiresAt - now) / 1000));
  const state = protocol === 'tcp' ? `${tcp} ` : '';
  return [
    `${protocol.padEnd(8)} ${NUMBERS[protocol]} ${seconds} ${state}${tupleText(original, false)}`,
    ...(replied ? [] : ['[UNREPLIED]']),
    tupleText(reply, true),
    ...(assured ? ['[ASSURED]'] : []),
    `mark=${mark}`,
    'use=1',
  ].join(' ');
}

/** `conntrack -L`: what goes to stdout, and the count that goes to stderr. */
export function conntrackList(
  connections: readonly Connection[],
  now: number,
): { readonly stdout: string; readonly stderr: string } {
  return {
    stdout: connections.map((connection) => `${connectionText(connection, now)}\n`).join(''),
    stderr: `conntrack v1.4.7 (conntrack-tools): ${connections.length} flow entries have been shown.\n`,
  };
}
