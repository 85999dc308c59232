import type { RecordId } from '../../base/causal-record.ts';
import type { Disposable } from '../../base/disposable.ts';

export type Protocol = 'https' | 'grpc' | 'cri' | 'ssh' | 'tcp';

/** Where something listens: a machine's name or IP address, and a TCP port or a Unix socket path on that machine. */
export interface Address {
  readonly host: string;
  readonly port: number | string;
}

/** What the other end presented in the TLS handshake; undefined without a client certificate. */
export interface PeerCertificate {
  readonly commonName: string;
  readonly organizations: readonly string[];
  /** Virtual milliseconds since the Unix epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** Name of the authority that signed it; an unknown one is refused by the server's own check. */
  readonly issuer: string;
  /** SHA-256 of the certificate in hexadecimal; absent where only its fields are known. */
  readonly fingerprint?: string;
}

export interface Peer {
  /** `<machine>/<process>`. */
  readonly actor: string;
  readonly machine: string;
  readonly ip: string;
  readonly certificate?: PeerCertificate;
}

/** What goes to the causal log beside the payload. */
export interface MessageMeta {
  readonly phase: 'request' | 'response' | 'item' | 'end';
  /** One line for people, e.g. `GET /api/v1/pods`. */
  readonly summary: string;
  /** Number of the call within the connection. */
  readonly call: number;
  readonly detail?: Readonly<Record<string, unknown>>;
  /**
   * Of a message that only says "still here", again and again: what is the same about all of them. One record a virtual second
   * stands for those of one direction; `detail.unrecorded` of the next one counts those that got none.
   */
  readonly repeats?: string;
}

/** Why a connection ended. `reset`: the other process died or refused; `timeout`: nothing came through any more. */
export type CloseReason = 'closed' | 'reset' | 'timeout' | 'process-ended';

/**
 * One end of an established, ordered, two-way connection. Payloads are immutable JavaScript values, shared
 * by sender and receiver. While a link is cut, messages wait (as TCP would retransmit) and the connection
 * times out after `keepAliveTimeout`.
 */
export interface Connection {
  readonly id: number;
  readonly protocol: Protocol;
  readonly local: Peer;
  readonly remote: Peer;
  readonly closed: boolean;
  send(payload: unknown, meta: MessageMeta): void;
  /** One handler at a time. Runs as a turn of its own per message, with the message record as cause. */
  onMessage(handler: (payload: unknown, record: RecordId) => void): void;
  onClose(handler: (reason: CloseReason) => void): Disposable;
  close(): void;
}

/** A failed dial, with the text that Go's net package gives, e.g. `dial tcp 10.0.0.10:6443: connect: connection refused`. */
export class DialError extends Error {
  readonly code: 'ECONNREFUSED' | 'ETIMEDOUT' | 'EHOSTUNREACH' | 'ENOTFOUND';

  constructor(code: DialError['code'], message: string) {
    super(message);
    this.name = 'DialError';
    this.code = code;
  }
}

export interface DialOptions {
  readonly protocol: Protocol;
  readonly certificate?: PeerCertificate;
  /** Virtual milliseconds; default 30,000. */
  readonly timeout?: number;
}

/** The network as one process sees it. Everything opened through it is closed when the process ends. */
export interface NetworkAccess {
  /** @throws Error when the port is taken: `listen tcp :6443: bind: address already in use`. */
  listen(port: number | string, protocol: Protocol, accept: (connection: Connection) => void): Disposable;
  /** @throws DialError */
  dial(address: Address, options: DialOptions): Promise<Connection>;
}

/** Direction of a link, by machine names. `*` stands for every machine. */
export interface LinkDirection {
  readonly from: string;
  readonly to: string;
}

/** What the fault verbs, the diagram and the grader use. */
export interface NetworkControl {
  /** Connections that have not ended at both sides, those over sockets of a machine among them. */
  readonly connectionCount: number;
  /** Somebody listens at that path of that machine. Sends nothing. */
  hasSocket(machine: string, path: string): boolean;
  cut(link: LinkDirection): void;
  heal(link: LinkDirection): void;
  readonly cuts: readonly LinkDirection[];
  /** Latency that was added, in virtual milliseconds. */
  readonly delays: readonly (LinkDirection & { readonly ms: number })[];
  /** Adds `ms` of latency to one direction; 0 removes it. */
  delay(link: LinkDirection, ms: number): void;
}
