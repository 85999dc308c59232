import type { PolicyRule } from '../namespace/interface.ts';
import type { NetworkNamespace } from '../namespace/network-namespace.ts';
import { prefixText, tableName } from './ip-route.ts';

function ruleLine({ priority, from, to, fwmark, iif, oif, table }: PolicyRule): string {
  const words = ['from', from === undefined ? 'all' : prefixText(from)];
  if (to !== undefined) words.push('to', prefixText(to));
  if (fwmark !== undefined) {
    const mask = fwmark.mask === 0xffffffff ? '' : `/0x${fwmark.mask.toString(16)}`;
    words.push('fwmark', `0x${fwmark.value.toString(16)}${mask}`);
  }
  if (iif !== undefined) words.push('iif', iif);
  if (oif !== undefined) words.push('oif', oif);
  words.push('lookup', tableName(table));
  return `${priority}:\t${words.join(' ')}\n`;
}

/** `ip rule`. Models iproute2 6.1. */
export function ipRule(namespace: NetworkNamespace): string {
  return namespace.routes.rules.map(ruleLine).join('');
}
