import type { ContainerFiles, FileInfo } from '../images/container/interface.ts';
import { FileError } from '../images/container/interface.ts';
import type { LayerEntry, Mount, WritableLayer } from '../images/container/overlay-files.ts';
import { OverlayFiles } from '../images/container/overlay-files.ts';
import type { ImageRoot } from '../images/interface.ts';
import type { FileSystem, LocalState, Machine, MachineDisk } from '../machine/interface.ts';
import { utf8Decode, utf8Encode } from '../network/byte-text.ts';
import type { Container, PodSandbox } from './interface.ts';

const PREFIX = 'cri:rootfs:';

/** The changes of one container, on its machine's disk: they outlive a restart of the app, and go with the container. */
class StoredLayer implements WritableLayer {
  readonly #state: LocalState;
  readonly #disk: MachineDisk;
  readonly #prefix: string;
  readonly #owner: string;
  /** What it takes; counted when it is written to. */
  #usage: LayerUsage | undefined;

  constructor({ state, disk }: Pick<Machine, 'state' | 'disk'>, containerId: string) {
    this.#state = state;
    this.#disk = disk;
    this.#prefix = `${PREFIX}${containerId}:`;
    this.#owner = ownerOf(containerId);
  }

  entries(): Iterable<readonly [string, LayerEntry]> {
    return this.#state
      .keys(this.#prefix)
      .map((key) => [key.slice(this.#prefix.length), this.#state.get(key) as LayerEntry] as const);
  }

  set(path: string, entry: LayerEntry): void {
    this.#grow(path, sizeOf(entry), 1);
    this.#state.set(this.#prefix + path, entry);
  }

  delete(path: string): void {
    this.#grow(path, 0, 0);
    this.#state.delete(this.#prefix + path);
  }

  /** @throws FileError ENOSPC */
  #grow(path: string, bytes: number, inodes: number): void {
    const usage = (this.#usage ??= [...this.entries()].reduce(
      (sum, [, entry]) => ({ bytes: sum.bytes + sizeOf(entry), inodes: sum.inodes + 1 }),
      { bytes: 0, inodes: 0 },
    ));
    const before = this.#state.get(this.#prefix + path) as LayerEntry | undefined;
    const growth = bytes - (before === undefined ? 0 : sizeOf(before));
    if (growth > 0 && growth > this.#disk.available) throw new FileError('ENOSPC');
    this.#usage = {
      bytes: usage.bytes + growth,
      inodes: usage.inodes + inodes - (before === undefined ? 0 : 1),
    };
    this.#disk.hold(this.#owner, this.#usage.bytes, this.#usage.inodes);
  }
}

function ownerOf(containerId: string): string {
  return `layer:${containerId}`;
}

function sizeOf(entry: LayerEntry): number {
  return entry.type === 'file' ? entry.bytes.length + (entry.zeros ?? 0) : 0;
}

export function removeRootfs({ state, disk }: Pick<Machine, 'state' | 'disk'>, containerId: string): void {
  for (const key of state.keys(`${PREFIX}${containerId}:`)) state.delete(key);
  disk.hold(ownerOf(containerId), 0);
}

/** Counts the layers that were on the disk before this program began. */
export function holdLayers({ state, disk }: Pick<Machine, 'state' | 'disk'>): void {
  for (const [id, { bytes, inodes }] of layerUsages(state)) disk.hold(ownerOf(id), bytes, inodes);
}

/** What was written over an image. */
export interface LayerUsage {
  readonly bytes: number;
  readonly inodes: number;
}

/** What each container of a machine wrote over its image, by id; those that wrote nothing are absent. */
export function layerUsages(state: LocalState): ReadonlyMap<string, LayerUsage> {
  const usages = new Map<string, LayerUsage>();
  for (const key of state.keys(PREFIX)) {
    const id = key.slice(PREFIX.length, key.indexOf(':', PREFIX.length));
    const entry = state.get(key) as LayerEntry;
    const { bytes, inodes } = usages.get(id) ?? { bytes: 0, inodes: 0 };
    usages.set(id, { bytes: bytes + sizeOf(entry), inodes: inodes + 1 });
  }
  return usages;
}

/** A folder of the machine as a container sees it. The machine keeps texts, a container bytes. */
class MachineFolder implements ContainerFiles {
  readonly #files: FileSystem;
  readonly #root: string;

  constructor(files: FileSystem, root: string) {
    this.#files = files;
    this.#root = root;
  }

  stat(path: string): FileInfo | undefined {
    const full = this.#full(path);
    if (this.#files.isFolder(full)) return { kind: 'directory', size: 4096, executable: true };
    if (!this.#files.exists(full)) {
      // A volume's folder is there from the start.
      return path === '/' ? { kind: 'directory', size: 4096, executable: true } : undefined;
    }
    return { kind: 'file', size: this.#files.stat(full)?.size ?? 0, executable: false };
  }

  read(path: string): string {
    if (this.stat(path)?.kind !== 'file') throw new FileError('ENOENT');
    return utf8Encode(this.#files.read(this.#full(path)));
  }

  write(path: string, bytes: string): void {
    this.#within(() => this.#files.write(this.#full(path), utf8Decode(bytes)));
  }

  allocate(path: string, bytes: number): void {
    this.#within(() => this.#files.allocate(this.#full(path), bytes));
  }

  list(path: string): readonly string[] {
    return this.#files.list(this.#full(path)).map((name) => name.replace(/\/$/, ''));
  }

  makeFolder(path: string): void {
    this.#files.makeFolder(this.#full(path));
  }

  remove(path: string): void {
    const full = this.#full(path);
    // A folder of a machine would go with its last file; here it stays.
    this.#files.makeFolder(full.slice(0, full.lastIndexOf('/')));
    this.#files.remove(full);
  }

  watch(path: string, changed: () => void): { dispose(): void } {
    return this.#files.watch(this.#full(path), changed);
  }

  /** @throws FileError ENOSPC where the machine's disk is full */
  #within(write: () => void): void {
    try {
      write();
    } catch (error) {
      if ((error as { readonly code?: string }).code === 'ENOSPC') throw new FileError('ENOSPC');
      throw error;
    }
  }

  #full(path: string): string {
    return path === '/' ? this.#root : `${this.#root}${path}`;
  }
}

function resolvConf({ config }: PodSandbox): string {
  const { servers, searches, options } = config.dnsConfig ?? {
    servers: ['169.254.169.254'],
    searches: [],
    options: [],
  };
  return [
    ...(searches.length === 0 ? [] : [`search ${searches.join(' ')}`]),
    ...servers.map((server) => `nameserver ${server}`),
    ...(options.length === 0 ? [] : [`options ${options.join(' ')}`]),
    '',
  ].join('\n');
}

function hosts({ config, ip }: PodSandbox): string {
  return `# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::0\tip6-localnet\nfe00::0\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n${ip}\t${config.hostname}\n`;
}

/** The file system of one container: image, own changes, mounts, and the three files that the Pod brings. */
export function containerFiles(
  machine: Machine,
  image: ImageRoot,
  sandbox: PodSandbox,
  container: Container,
): ContainerFiles {
  const files = new Map(image.files);
  if (machine.spec.os === 'windows') files.set('/Windows/System32/drivers/etc/hosts', hosts(sandbox));
  else {
    files.set('/etc/hostname', `${sandbox.config.hostname}\n`);
    files.set('/etc/hosts', hosts(sandbox));
    files.set('/etc/resolv.conf', resolvConf(sandbox));
  }
  for (const { containerPath } of container.config.devices ?? []) files.set(containerPath, '');
  const mounts = (container.config.mounts ?? []).map(({ containerPath, hostPath, readonly }): Mount => ({
    containerPath,
    readOnly: readonly,
    folder: new MachineFolder(machine.files, hostPath),
  }));
  const lower = { files, executables: image.executables, folders: image.folders };
  return new OverlayFiles(lower, new StoredLayer(machine, container.id), mounts);
}
