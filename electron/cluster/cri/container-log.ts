import type { FileSystem } from '../machine/interface.ts';

/** Of a log file about so many characters are kept, from the newest back; all of them count as its size. */
const KEEP = 32 * 1024;
/** A longer line is written in parts (containerd's max_container_log_line_size). */
const MAX_LINE = 16_384;

/** `2026-11-23T22:55:03.123000000Z` */
export function logTime(time: number): string {
  return `${new Date(Math.floor(time)).toISOString().slice(0, -1)}000000Z`;
}

/** One container's log file in the CRI format: `<time> stdout F <line>`, or `P` for a part of a line that goes on. */
export class ContainerLog {
  readonly #files: FileSystem;
  readonly #path: string;
  #begun = false;

  constructor(files: FileSystem, path: string) {
    this.#files = files;
    this.#path = path;
  }

  /** The file is there from the start, also of a container that prints nothing. On a full disk it comes with the first line that has room. */
  create(): void {
    try {
      if (!this.#files.exists(this.#path)) this.#files.write(this.#path, '');
    } catch (error) {
      if ((error as { readonly code?: string }).code !== 'ENOSPC') throw error;
    }
  }

  /** The next line goes into whatever is at the path by then; a file that was moved away has one after it. */
  reopen(): void {
    this.#begun = false;
    this.create();
  }

  /** Whole lines, without their ends. */
  append(stream: 'stdout' | 'stderr', lines: readonly string[], time: number): void {
    if (lines.length === 0) return;
    // Moved or removed: whoever holds the file open goes on writing where nobody reads.
    if (this.#begun && !this.#files.exists(this.#path)) return;
    this.#begun = true;
    const head = `${logTime(time)} ${stream}`;
    let text = '';
    for (const line of lines)
      for (const part of line.split('\n')) {
        let at = 0;
        for (; part.length - at > MAX_LINE; at += MAX_LINE)
          text += `${head} P ${part.slice(at, at + MAX_LINE)}\n`;
        text += `${head} F ${at === 0 ? part : part.slice(at)}\n`;
      }
    try {
      this.#files.append(this.#path, text, KEEP);
    } catch (error) {
      // On a full disk lines are lost; those that come after it has room again are not.
      if ((error as { readonly code?: string }).code !== 'ENOSPC') throw error;
    }
  }
}

/** What is kept of a log, oldest first, still in the CRI format. */
export function readContainerLog(files: FileSystem, path: string): readonly string[] {
  if (!files.exists(path)) return [];
  return files
    .read(path)
    .split('\n')
    .filter((line) => line !== '');
}
