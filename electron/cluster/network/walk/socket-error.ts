import type { Verdict } from './interface.ts';

/** What `connect` fails with, by ICMP's code of "unreachable". Models icmp_err_convert of net/ipv4/icmp.c. */
const UNREACHABLE: readonly string[] = [
  'Network is unreachable',
  'No route to host',
  'Protocol not available',
  'Connection refused',
  'Message too long',
  'Operation not supported',
  'Network is unreachable',
  'Host is down',
  'Machine is not on the network',
  'Network is unreachable',
  'No route to host',
  'Network is unreachable',
  'No route to host',
  'No route to host',
];

const UNSENT = {
  ENETUNREACH: 'Network is unreachable',
  EHOSTUNREACH: 'No route to host',
  EACCES: 'Permission denied',
  EINVAL: 'Invalid argument',
} as const;

/** The text of the error that a program gets for a verdict (`strerror`); undefined when it got through. */
export function socketError(verdict: Verdict): string | undefined {
  switch (verdict.kind) {
    case 'answered':
    case 'delivered':
      return undefined;
    case 'refused':
      return 'Connection refused';
    case 'unreachable':
      return UNREACHABLE[verdict.code] ?? 'No route to host';
    case 'ttl-exceeded':
      return 'No route to host';
    case 'too-big':
      return 'Message too long';
    case 'no-route':
      return UNSENT[verdict.error];
    case 'timed-out':
      return 'Connection timed out';
  }
}
