import type { FileSystem } from './interface.ts';

const STATUS = '/var/lib/dpkg/status';

/** An installed package. */
export interface InstalledPackage {
  readonly name: string;
  /** As dpkg has it, e.g. `1.34.9-1.1`. */
  readonly version: string;
  /** `apt-mark hold`: not upgraded by itself. */
  readonly hold: boolean;
}

function stanza({ name, version, hold }: InstalledPackage): string {
  return `Package: ${name}\nStatus: ${hold ? 'hold' : 'install'} ok installed\nArchitecture: amd64\nVersion: ${version}\n`;
}

function parse(text: string): InstalledPackage | undefined {
  const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1]?.trim() ?? '';
  const [name, version, status] = [field('Package'), field('Version'), field('Status')];
  if (name === '' || !status.endsWith(' ok installed')) return undefined;
  return { name, version, hold: status.startsWith('hold') };
}

/** What dpkg knows to be installed on a machine. Models /var/lib/dpkg/status. */
export class PackageDatabase {
  readonly #files: FileSystem;
  /** The file last read, and what it says. */
  #known: { readonly text: string; readonly list: readonly InstalledPackage[] } = { text: '', list: [] };

  constructor(files: FileSystem) {
    this.#files = files;
  }

  /** By name. */
  get list(): readonly InstalledPackage[] {
    if (!this.#files.exists(STATUS)) return [];
    const text = this.#files.read(STATUS);
    if (text !== this.#known.text)
      this.#known = { text, list: text.split('\n\n').flatMap((part) => parse(part) ?? []) };
    return this.#known.list;
  }

  get(name: string): InstalledPackage | undefined {
    return this.list.find((one) => one.name === name);
  }

  put(installed: InstalledPackage): void {
    this.#write([...this.list.filter(({ name }) => name !== installed.name), installed]);
  }

  remove(name: string): void {
    this.#write(this.list.filter((one) => one.name !== name));
  }

  #write(list: readonly InstalledPackage[]): void {
    const sorted = [...list].sort((a, b) => (a.name < b.name ? -1 : 1));
    this.#files.write(STATUS, `${sorted.map(stanza).join('\n')}\n`);
  }
}
