import type { LocalState, Machine, MachineDisk } from '../machine/interface.ts';
import type { Container, Image, PodSandbox } from './interface.ts';

interface Prefixes {
  readonly sandbox: string;
  readonly container: string;
  readonly image: string;
}
/** About what a file of an image takes. */
const BYTES_PER_FILE = 25_000;

/**
 * What a runtime keeps on its machine's disk: sandboxes, containers, images. Held in memory and written through to
 * the machine's state, so that all of it outlives the runtime's process, a power cut and the app.
 */
export class ContainerStore {
  readonly #state: LocalState;
  readonly #keys: Prefixes;
  readonly #disk: MachineDisk;
  readonly #sandboxes = new Map<string, PodSandbox>();
  readonly #containers = new Map<string, Container>();
  readonly #images = new Map<string, Image>();
  readonly #bySandbox = new Map<string, Map<string, Container>>();

  /** `namespace`: the runtime whose things these are, where a machine has several. */
  constructor({ state, disk }: Pick<Machine, 'state' | 'disk'>, namespace = 'cri') {
    this.#state = state;
    this.#disk = disk;
    this.#keys = {
      sandbox: `${namespace}:sandbox:`,
      container: `${namespace}:container:`,
      image: `${namespace}:image:`,
    };
    this.#load(this.#keys.sandbox, this.#sandboxes);
    this.#load(this.#keys.container, this.#containers);
    this.#load(this.#keys.image, this.#images);
    for (const container of this.#containers.values()) this.#index(container);
    for (const image of this.#images.values()) this.#hold(image);
  }

  get sandboxes(): ReadonlyMap<string, PodSandbox> {
    return this.#sandboxes;
  }

  get containers(): ReadonlyMap<string, Container> {
    return this.#containers;
  }

  /** By image id. */
  get images(): ReadonlyMap<string, Image> {
    return this.#images;
  }

  containersOf(sandboxId: string): readonly Container[] {
    return [...(this.#bySandbox.get(sandboxId)?.values() ?? [])];
  }

  putSandbox(sandbox: PodSandbox): void {
    this.#sandboxes.set(sandbox.id, sandbox);
    this.#state.set(this.#keys.sandbox + sandbox.id, sandbox);
  }

  removeSandbox(id: string): void {
    this.#bySandbox.delete(id);
    this.#sandboxes.delete(id);
    this.#state.delete(this.#keys.sandbox + id);
  }

  putContainer(container: Container): void {
    this.#containers.set(container.id, container);
    this.#index(container);
    this.#state.set(this.#keys.container + container.id, container);
  }

  removeContainer(id: string): void {
    this.#bySandbox.get(this.#containers.get(id)?.podSandboxId ?? '')?.delete(id);
    this.#containers.delete(id);
    this.#state.delete(this.#keys.container + id);
  }

  putImage(image: Image): void {
    this.#images.set(image.id, image);
    this.#hold(image);
    this.#state.set(this.#keys.image + image.id, image);
  }

  removeImage(id: string): void {
    this.#images.delete(id);
    this.#disk.hold(this.#keys.image + id, 0);
    this.#state.delete(this.#keys.image + id);
  }

  #hold({ id, size }: Image): void {
    this.#disk.hold(this.#keys.image + id, size, Math.ceil(size / BYTES_PER_FILE));
  }

  #index(container: Container): void {
    let containers = this.#bySandbox.get(container.podSandboxId);
    if (containers === undefined) this.#bySandbox.set(container.podSandboxId, (containers = new Map()));
    containers.set(container.id, container);
  }

  #load<T extends { readonly id: string }>(prefix: string, into: Map<string, T>): void {
    const loaded = this.#state.keys(prefix).map((key) => this.#state.get(key) as T);
    for (const item of loaded) into.set(item.id, item);
  }
}
