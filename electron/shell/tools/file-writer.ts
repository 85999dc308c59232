import { FsError } from '../errors.ts';
import type { ShellFs } from '../interface.ts';

/** Writes a file piece by piece through the sandbox; the first failure is told by `start`. */
export class FileWriter {
  readonly #fs: ShellFs;
  readonly #path: string;

  constructor(fs: ShellFs, path: string) {
    this.#fs = fs;
    this.#path = path;
  }

  /** Empties (or keeps) the file; answers the system's text when that fails. */
  async start(append: boolean): Promise<string | null> {
    try {
      if (append) await this.#fs.appendFile(this.#path, '');
      else await this.#fs.writeFile(this.#path, '');
      return null;
    } catch (error) {
      if (error instanceof FsError) return error.text;
      throw error;
    }
  }

  write(chunk: Uint8Array): Promise<void> {
    return this.#fs.appendFile(this.#path, chunk);
  }
}
