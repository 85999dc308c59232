import type { FileSystem } from '../machine/interface.ts';

/** Lines of one log file; a full one becomes `<path>.1`, of which there is one. */
const MAX_LINES = 128;
const MAX_LINE = 4_096;

/** `2026-11-23T22:55:03.123000000Z` */
export function logTime(time: number): string {
  return `${new Date(Math.floor(time)).toISOString().slice(0, -1)}000000Z`;
}

/** One container's log file in the CRI format (`<time> stdout F <line>`), rotated once so that it stays bounded. */
export class ContainerLog {
  readonly #files: FileSystem;
  readonly #path: string;
  #lines: string[];
  #begun = false;

  constructor(files: FileSystem, path: string) {
    this.#files = files;
    this.#path = path;
    this.#lines = linesOf(files, path);
  }

  /** The next line goes into whatever is at the path by then. */
  reopen(): void {
    this.#lines = linesOf(this.#files, this.#path);
    this.#begun = false;
  }

  append(stream: 'stdout' | 'stderr', line: string, time: number): void {
    // Moved or removed: whoever holds the file open goes on writing where nobody reads.
    if (this.#begun && !this.#files.exists(this.#path)) return;
    this.#begun = true;
    for (const part of line.split('\n')) {
      const text = part.length > MAX_LINE ? part.slice(0, MAX_LINE) : part;
      this.#lines.push(`${logTime(time)} ${stream} F ${text}`);
    }
    try {
      if (this.#lines.length > MAX_LINES) {
        this.#files.write(`${this.#path}.1`, `${this.#lines.slice(0, -1).join('\n')}\n`);
        this.#lines = this.#lines.slice(-1);
      }
      this.#files.write(this.#path, `${this.#lines.join('\n')}\n`);
    } catch (error) {
      // On a full disk lines are lost; those that come after it has room again are not.
      if ((error as { readonly code?: string }).code !== 'ENOSPC') throw error;
    }
  }
}

function linesOf(files: FileSystem, path: string): string[] {
  if (!files.exists(path)) return [];
  return files
    .read(path)
    .split('\n')
    .filter((line) => line !== '');
}

/** What is kept of a log, oldest first, still in the CRI format. */
export function readContainerLog(files: FileSystem, path: string): readonly string[] {
  return [...linesOf(files, `${path}.1`), ...linesOf(files, path)];
}
