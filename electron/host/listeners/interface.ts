import type { Gateway } from '../../cluster/gateway/interface.ts';
import type { PeerCertificate } from '../../cluster/network/interface.ts';

/** Runs `fn` once everything the simulation wrote so far is on disk. In order; at once where nothing is open. */
export interface Barrier {
  afterCommit(fn: () => void): void;
}

/** Keeps the PEM texts of one workspace: `ca.crt`, `ca.key`, `apiserver.crt`, … */
export interface CertificateStore {
  load(name: string): string | undefined;
  save(name: string, pem: string): void;
}

/** Who asks for something, and whom it goes to. */
export interface Door {
  readonly gateway: Gateway;
  readonly barrier: Barrier;
  readonly certificate: PeerCertificate | undefined;
  /**
   * Breaks the connection, as that to a server which is gone: the client has to see that something is missing. Over HTTP/2 it
   * takes everything with it that was asked for over the same one.
   */
  readonly hangUp: () => void;
  /** Why the request must not even be passed on. */
  readonly forbidden: string | undefined;
}
