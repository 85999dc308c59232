import type { Container, Pod } from '../../api/types.ts';
import type { Container as RuntimeContainer, CriClient } from '../../cri/interface.ts';
import { CriError } from '../../cri/interface.ts';
import { uidOf } from '../pod-accessors.ts';
import type { RuntimeCache } from '../runtime-cache.ts';
import { wantedResources } from './resize-actions.ts';

/** Gives containers that run other limits. Models doPodResizeAction (kuberuntime_manager.go, v1.34). */
export class ContainerResizer {
  readonly #cri: CriClient;
  readonly #cache: RuntimeCache;
  readonly #memoryCapacity: number;

  constructor(cri: CriClient, cache: RuntimeCache, memoryCapacity: number) {
    this.#cri = cri;
    this.#cache = cache;
    this.#memoryCapacity = memoryCapacity;
  }

  /** Resolves to undefined, or to why it has what it had. */
  async resize(pod: Pod, spec: Container, container: RuntimeContainer): Promise<string | undefined> {
    const linux = wantedResources(pod, spec, this.#memoryCapacity);
    const before = container.config.linux?.resources?.memoryLimitInBytes ?? 0;
    const limit = linux.memoryLimitInBytes ?? 0;
    try {
      if (limit > 0 && (before === 0 || limit < before)) {
        const { stats } = await this.#cri.call('ContainerStats', { containerId: container.id });
        const used = stats.memory.usageBytes;
        if (used >= limit)
          return `attempting to set container ${JSON.stringify(spec.name)} memory limit (${limit}) below current usage (${used})`;
      }
      await this.#cri.call('UpdateContainerResources', { containerId: container.id, linux });
      await this.#cache.refresh(uidOf(pod));
      return undefined;
    } catch (error) {
      if (!(error instanceof CriError)) throw error;
      return error.message;
    }
  }
}
