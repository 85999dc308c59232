import type { FlowTuple } from '../walk/packet.ts';

export type TcpState =
  'NONE' | 'SYN_SENT' | 'SYN_RECV' | 'ESTABLISHED' | 'FIN_WAIT' | 'LAST_ACK' | 'TIME_WAIT' | 'CLOSE';

/** What conntrack knows of a flow. */
export interface Connection {
  /** As the first packet had it, and as an answer has it: NAT is the difference. */
  readonly original: FlowTuple;
  reply: FlowTuple;
  /** Of TCP. */
  tcp: TcpState;
  replied: boolean;
  assured: boolean;
  snat: boolean;
  dnat: boolean;
  /** Hooks of `nat` that were asked: NAT is decided once. */
  readonly decided: { source: boolean; destination: boolean };
  /** It is in the table; before, the first packet is still on its way through. */
  confirmed: boolean;
  mark: number;
  /** Virtual milliseconds, as the next. */
  readonly startedAt: number;
  expiresAt: number;
}
