import { MachineFileError } from './file-error.ts';
import type { LocalState, MountedFolder } from './interface.ts';
import { normalize } from './path-text.ts';

const PREFIX = 'link:';
const MAX_FOLLOWED = 40;

/** Symbolic links of one machine, kept in its state under `link:<path>`, and those of folders that are mounted. */
export class Links {
  readonly #state: LocalState;
  readonly #targets = new Map<string, string>();
  readonly #mounts: ReadonlyMap<string, MountedFolder>;

  constructor(state: LocalState, mounts: ReadonlyMap<string, MountedFolder>) {
    this.#state = state;
    this.#mounts = mounts;
    for (const key of state.keys(PREFIX)) this.#targets.set(key.slice(PREFIX.length), String(state.get(key)));
  }

  get paths(): Iterable<string> {
    return this.#targets.keys();
  }

  /** As it was written; undefined for what is no link. */
  target(path: string): string | undefined {
    const own = this.#targets.get(path);
    if (own !== undefined) return own;
    for (const [at, mount] of this.#mounts)
      if (mount.readLink !== undefined && path.startsWith(`${at}/`))
        return mount.readLink(path.slice(at.length + 1));
    return undefined;
  }

  set(path: string, target: string): void {
    this.#targets.set(path, target);
    this.#state.set(PREFIX + path, target);
  }

  delete(path: string): boolean {
    if (!this.#targets.delete(path)) return false;
    this.#state.delete(PREFIX + path);
    return true;
  }

  below(prefix: string): string[] {
    return [...this.#targets.keys()].filter((path) => path.startsWith(prefix)).sort();
  }

  /** Where a clean path leads; with `last` false a link at its end is itself. @throws MachineFileError ELOOP */
  resolve(path: string, last = true): string {
    if (this.#targets.size === 0 && !this.#inLinkedMount(path)) return path;
    let clean = path;
    for (let followed = 0; ; followed += 1) {
      if (followed > MAX_FOLLOWED) throw new MachineFileError('ELOOP', 'open', path);
      const next = this.#step(clean, last);
      if (next === undefined) return clean;
      clean = next;
    }
  }

  /** With the first link replaced; undefined without one. */
  #step(path: string, last: boolean): string | undefined {
    for (let end = path.indexOf('/', 1); ; end = path.indexOf('/', end + 1)) {
      const whole = end < 0;
      if (whole && !last) return undefined;
      const part = whole ? path : path.slice(0, end);
      const target = this.target(part);
      if (target !== undefined) {
        const base = target.startsWith('/') ? target : `${part.slice(0, part.lastIndexOf('/'))}/${target}`;
        return normalize(whole ? base : `${base}${path.slice(end)}`);
      }
      if (whole) return undefined;
    }
  }

  #inLinkedMount(path: string): boolean {
    for (const [at, mount] of this.#mounts)
      if (mount.readLink !== undefined && path.startsWith(`${at}/`)) return true;
    return false;
  }
}
