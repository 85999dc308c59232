import type { ImageCatalogue } from '../images/interface.ts';
import type { Machine, RuntimeName } from '../machine/interface.ts';
import { ContainerStore } from './container-store.ts';
import type { Image } from './interface.ts';
import { CriError } from './interface.ts';
import { HostLocalIpam } from './ipam.ts';
import { holdLayers } from './rootfs.ts';
import { ContainerShims } from './shims.ts';
import { containerdVariant } from './variants/containerd.ts';
import type { RuntimeVariant } from './variants/interface.ts';

/** Docker and containerd may be on one machine, and do not see each other's things. */
export const STORE_NAMESPACES: Readonly<Record<RuntimeName, string>> = {
  containerd: 'cri',
  'cri-o': 'crio',
  docker: 'docker',
  mirantis: 'docker',
};

/** What outlives a runtime's process on one machine: its disk, the shims, the Pod addresses. */
export class NodeRuntime {
  readonly machine: Machine;
  readonly variant: RuntimeVariant;
  readonly images: ImageCatalogue;
  readonly store: ContainerStore;
  readonly shims: ContainerShims;
  readonly ipam: HostLocalIpam;

  /** `now`: virtual time. */
  constructor(
    machine: Machine,
    images: ImageCatalogue,
    now: () => number,
    variant: RuntimeVariant = containerdVariant,
  ) {
    this.machine = machine;
    this.images = images;
    this.variant = variant;
    this.store = new ContainerStore(machine, STORE_NAMESPACES[variant.name]);
    holdLayers(machine);
    this.shims = new ContainerShims(machine, images, this.store, now);
    this.ipam = new HostLocalIpam(machine.state, machine.files);
  }

  /** Puts an image on the disk as if it had been pulled before, e.g. by kubeadm. @throws Error when there is none */
  preload(reference: string): Image {
    const outcome = this.images.resolve(reference);
    if (outcome.type === 'error') throw new Error(`there is no image ${reference}: ${outcome.reason}`);
    const stored = this.variant.image(outcome.image);
    this.store.putImage(stored);
    return stored;
  }

  /** By id, tag, digest or short name. */
  findImage(reference: string): Image | undefined {
    const byId = this.store.images.get(reference) ?? this.store.images.get(`sha256:${reference}`);
    if (byId !== undefined) return byId;
    let name: string;
    try {
      name = this.variant.displayName(this.variant.resolveName(reference, this.machine.files));
    } catch (error) {
      if (!(error instanceof CriError)) throw error;
      // Not a reference, so no image has it as a name.
      return undefined;
    }
    for (const image of this.store.images.values()) {
      if (image.repoTags.includes(name) || image.repoDigests.includes(name)) return image;
    }
    return undefined;
  }
}
