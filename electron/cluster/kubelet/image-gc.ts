import type { ComponentContext } from '../client/component-context.ts';
import type { CriClient } from '../cri/interface.ts';
import { CriError } from '../cri/interface.ts';
import type { NodeEvents } from './node-events.ts';
import type { NodeUsage } from './stats/interface.ts';

const GC_PERIOD = 300_000;

interface ImageRecord {
  readonly firstDetected: number;
  lastUsed: number;
  size: number;
  pinned: boolean;
}

export interface ImageGcOptions {
  readonly context: ComponentContext;
  readonly cri: CriClient;
  readonly events: NodeEvents;
  readonly disk: () => NodeUsage['disk'];
  /** Per cent of the disk. */
  readonly high: number;
  readonly low: number;
  /** Milliseconds; `maximumAge` 0: none. */
  readonly minimumAge: number;
  readonly maximumAge: number;
  /** Images have gone. */
  readonly changed: () => void;
}

/** Removes images that nobody uses when the disk fills. Models pkg/kubelet/images/image_gc_manager.go (v1.34). */
export class ImageGc {
  readonly #options: ImageGcOptions;
  readonly #records = new Map<string, ImageRecord>();
  #failedBefore = false;

  constructor(options: ImageGcOptions) {
    this.#options = options;
  }

  /** Looks at once and every five minutes. */
  start(): void {
    const { context } = this.#options;
    const look = (): void => context.go(() => this.#collect());
    look();
    context.clock.setInterval(look, GC_PERIOD);
  }

  /** All that nobody uses. @throws CriError */
  async deleteUnusedImages(): Promise<number> {
    this.#options.context.log.info('Attempting to delete unused images', {
      caller: 'image_gc_manager.go:431',
    });
    return this.#freeSpace(Infinity);
  }

  async #collect(): Promise<void> {
    const { context, events } = this.#options;
    try {
      await this.#garbageCollect();
      this.#failedBefore = false;
    } catch (error) {
      if (!(error instanceof CriError || error instanceof TooLittleFreed)) throw error;
      const caller = 'kubelet.go:1519';
      if (this.#failedBefore) {
        context.log.error('Image garbage collection failed multiple times in a row', {
          caller,
          err: error.message,
        });
        events.say('Warning', 'ImageGCFailed', error.message);
      } else
        context.log.error(
          'Image garbage collection failed once. Stats initialization may not have completed yet',
          { caller, err: error.message },
        );
      this.#failedBefore = true;
    }
  }

  async #garbageCollect(): Promise<void> {
    const { context, events, disk: look, high, low, maximumAge } = this.#options;
    const now = context.clock.now();
    await this.#detect(now);
    if (maximumAge > 0) {
      for (const [id, { lastUsed, pinned }] of [...this.#records])
        if (!pinned && lastUsed < now && now - lastUsed > maximumAge) await this.#remove(id);
    }
    const disk = look();
    const { capacity, available } = { capacity: disk.capacity.bytes, available: disk.available.bytes };
    const usage = 100 - Math.floor((available * 100) / capacity);
    if (usage < high) return;
    const amountToFree = Math.floor((capacity * (100 - low)) / 100) - available;
    context.log.info(
      'Disk usage on image filesystem is over the high threshold, trying to free bytes down to the low threshold',
      { caller: 'image_gc_manager.go:377', usage, highThreshold: high, amountToFree, lowThreshold: low },
    );
    const freed = await this.#freeSpace(amountToFree);
    if (freed >= amountToFree) return;
    const message = `Failed to garbage collect required amount of images. Attempted to free ${amountToFree} bytes, but only found ${freed} bytes eligible to free.`;
    events.say('Warning', 'FreeDiskSpaceFailed', message);
    throw new TooLittleFreed(message);
  }

  /** Images in use are used now. */
  async #detect(now: number): Promise<void> {
    const { cri } = this.#options;
    const { images } = await cri.call('ListImages', {});
    const { containers } = await cri.call('ListContainers', {});
    const used = new Set(containers.map(({ imageId }) => imageId));
    for (const { id, size, repoTags } of images) {
      const record = this.#records.get(id) ?? { firstDetected: now, lastUsed: 0, size, pinned: false };
      this.#records.set(id, record);
      record.size = size;
      // The image of sandboxes is pinned in the runtime's configuration.
      record.pinned = repoTags.some((tag) => tag.startsWith('registry.k8s.io/pause:'));
      if (used.has(id)) record.lastUsed = now;
    }
    for (const id of [...this.#records.keys()])
      if (!images.some((image) => image.id === id)) this.#records.delete(id);
  }

  async #freeSpace(bytes: number): Promise<number> {
    const { context, minimumAge } = this.#options;
    const now = context.clock.now();
    await this.#detect(now);
    const oldest = [...this.#records].sort(
      ([, a], [, b]) => a.lastUsed - b.lastUsed || a.firstDetected - b.firstDetected,
    );
    let freed = 0;
    for (const [id, { lastUsed, firstDetected, size, pinned }] of oldest) {
      if (freed >= bytes) break;
      if (pinned || lastUsed >= now || now - firstDetected < minimumAge) continue;
      context.log.info('Removing image to free bytes', {
        caller: 'image_gc_manager.go:487',
        imageID: id,
        size,
      });
      await this.#remove(id);
      freed += size;
    }
    return freed;
  }

  async #remove(id: string): Promise<void> {
    await this.#options.cri.call('RemoveImage', { image: id });
    this.#records.delete(id);
    this.#options.changed();
  }
}

/** Not enough images could go. */
class TooLittleFreed extends Error {}
