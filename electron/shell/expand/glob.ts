import type { ShellFs } from '../interface.ts';
import { patternToRegExp } from './pattern.ts';

export interface GlobOptions {
  dotglob: boolean;
  nocaseglob: boolean;
  globstar: boolean;
}

/** File names that match a pattern (backslash-escaped where quoted), sorted; empty when nothing matches. */
export async function glob(
  pattern: string,
  cwd: string,
  fs: ShellFs,
  options: GlobOptions,
): Promise<string[]> {
  const absolute = pattern.startsWith('/');
  const parts = pattern.split('/');
  const onlyFolders = parts.length > 1 && parts.at(-1) === '';
  const components = parts.filter((part) => part !== '');
  const walker = new Walker(fs, options);
  const found = await walker.walk(absolute ? '/' : cwd, absolute ? '/' : '', components, onlyFolders);
  return found.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

class Walker {
  readonly #fs: ShellFs;
  readonly #options: GlobOptions;

  constructor(fs: ShellFs, options: GlobOptions) {
    this.#fs = fs;
    this.#options = options;
  }

  async walk(
    folder: string,
    shown: string,
    components: readonly string[],
    onlyFolders: boolean,
  ): Promise<string[]> {
    const [component, ...rest] = components;
    if (component === undefined) return [];
    const last = rest.length === 0;
    if (component === '**' && this.#options.globstar) return this.#deep(folder, shown, rest, onlyFolders);
    if (!/[*?[]|[@+!]\(/.test(component.replace(/\\./g, ''))) {
      const name = component.replace(/\\(.)/g, '$1');
      const path = join(folder, name);
      if (!(await this.#fs.exists(path))) return [];
      return last
        ? [await this.#show(path, shown + name, onlyFolders)].filter((item) => item !== '')
        : this.walk(path, `${shown}${name}/`, rest, onlyFolders);
    }
    const names = await this.#fs.readdir(folder).catch(() => []);
    const regExp = patternToRegExp(component, { path: true, ignoreCase: this.#options.nocaseglob });
    const out: string[] = [];
    for (const name of names) {
      if (name.startsWith('.') && !component.startsWith('.') && !this.#options.dotglob) continue;
      if (!regExp.test(name)) continue;
      const path = join(folder, name);
      if (last) {
        const text = await this.#show(path, shown + name, onlyFolders);
        if (text !== '') out.push(text);
      } else if (await this.#isFolder(path))
        out.push(...(await this.walk(path, `${shown}${name}/`, rest, onlyFolders)));
    }
    return out;
  }

  async #deep(
    folder: string,
    shown: string,
    rest: readonly string[],
    onlyFolders: boolean,
  ): Promise<string[]> {
    const out = rest.length > 0 ? await this.walk(folder, shown, rest, onlyFolders) : [];
    for (const name of await this.#fs.readdir(folder).catch(() => [])) {
      if (name.startsWith('.') && !this.#options.dotglob) continue;
      const path = join(folder, name);
      if (rest.length === 0) {
        const text = await this.#show(path, shown + name, onlyFolders);
        if (text !== '') out.push(text);
      }
      if (await this.#isFolder(path))
        out.push(...(await this.#deep(path, `${shown}${name}/`, rest, onlyFolders)));
    }
    return [...new Set(out)];
  }

  async #show(path: string, text: string, onlyFolders: boolean): Promise<string> {
    if (!onlyFolders) return text;
    return (await this.#isFolder(path)) ? `${text}/` : '';
  }

  async #isFolder(path: string): Promise<boolean> {
    return this.#fs.stat(path).then(
      (stat) => stat.kind === 'directory',
      () => false,
    );
  }
}

function join(folder: string, name: string): string {
  return folder === '/' ? `/${name}` : `${folder}/${name}`;
}
