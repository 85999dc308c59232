import { SigningAuthority } from '../../../base/x509/authority.ts';
import type { FileSystem } from '../../machine/interface.ts';

/** The authority of two files on the machine, read again when they change. Models the signer's dynamic content (v1.34). */
export class AuthorityFiles {
  readonly #files: FileSystem;
  readonly #certificateFile: string;
  readonly #keyFile: string;
  #known: { readonly texts: string; readonly authority: SigningAuthority } | undefined;

  constructor(files: FileSystem, names: { readonly certificateFile: string; readonly keyFile: string }) {
    this.#files = files;
    this.#certificateFile = names.certificateFile;
    this.#keyFile = names.keyFile;
  }

  /** @throws Error for a file that is not there, DerError for one that is no PEM of the kind */
  current(): SigningAuthority {
    const certificate = this.#read(this.#certificateFile);
    const key = this.#read(this.#keyFile);
    const texts = `${certificate}${key}`;
    if (this.#known?.texts !== texts)
      this.#known = { texts, authority: new SigningAuthority(certificate, key) };
    return this.#known.authority;
  }

  #read(path: string): string {
    if (!this.#files.exists(path)) throw new Error(`open ${path}: no such file or directory`);
    return this.#files.read(path);
  }
}
