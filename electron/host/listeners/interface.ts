/** Runs `fn` once everything the simulation wrote so far is on disk. In order; at once where nothing is open. */
export interface Barrier {
  afterCommit(fn: () => void): void;
}

/** Keeps the PEM texts of one workspace: `ca.crt`, `ca.key`, `apiserver.crt`, … */
export interface CertificateStore {
  load(name: string): string | undefined;
  save(name: string, pem: string): void;
}
