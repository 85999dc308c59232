import type { ImageCatalogue } from '../images/interface.ts';
import { normalizeReference } from '../images/reference.ts';
import type { Machine } from '../machine/interface.ts';
import { ContainerStore } from './container-store.ts';
import type { Image } from './interface.ts';
import { HostLocalIpam } from './ipam.ts';
import { ContainerShims } from './shims.ts';

/** What outlives a runtime's process on one machine: its disk, the shims, the Pod addresses. */
export class NodeRuntime {
  readonly machine: Machine;
  readonly images: ImageCatalogue;
  readonly store: ContainerStore;
  readonly shims: ContainerShims;
  readonly ipam: HostLocalIpam;

  /** `now`: virtual time. */
  constructor(machine: Machine, images: ImageCatalogue, now: () => number) {
    this.machine = machine;
    this.images = images;
    this.store = new ContainerStore(machine.state);
    this.shims = new ContainerShims(machine, images, this.store, now);
    this.ipam = new HostLocalIpam(machine.state, machine.files);
  }

  /** Puts an image on the disk as if it had been pulled before, e.g. by kubeadm. @throws Error when there is none */
  preload(reference: string): Image {
    const outcome = this.images.resolve(reference);
    if (outcome.type === 'error') throw new Error(outcome.text);
    const { image } = outcome;
    const stored: Image = {
      id: image.id,
      repoTags: image.reference.includes('@') ? [] : [image.reference],
      repoDigests: [`${image.repository.name}@${image.digest}`],
      size: image.size,
      username: image.repository.user,
    };
    this.store.putImage(stored);
    return stored;
  }

  /** By id, tag, digest or short name. */
  findImage(reference: string): Image | undefined {
    const byId = this.store.images.get(reference) ?? this.store.images.get(`sha256:${reference}`);
    if (byId !== undefined) return byId;
    let normal: string;
    try {
      normal = normalizeReference(reference);
    } catch {
      // Not a reference, so no image has it as a name.
      return undefined;
    }
    for (const image of this.store.images.values()) {
      if (image.repoTags.includes(normal) || image.repoDigests.includes(normal)) return image;
    }
    return undefined;
  }
}
