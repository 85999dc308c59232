import type { ProcessContext } from '../machine/interface.ts';
import type { AuthConfig, CriResponse } from './interface.ts';
import { CriError } from './interface.ts';
import type { NodeRuntime } from './node-runtime.ts';

/** Bytes per virtual millisecond that a pull gets: 60 MB/s, the better part of what a cloud VM has. */
const BANDWIDTH = 60_000;
/** Talking to the registry, and unpacking one layer, in virtual milliseconds. */
const RESOLVE_MS = 180;
const UNPACK_MS = 25;

/** The image service: pulls from the catalogue at the speed of a network. Two pulls of one image by one account share the work. */
export class RuntimeImages {
  readonly #process: ProcessContext;
  readonly #runtime: NodeRuntime;
  readonly #pulling = new Map<string, Promise<CriResponse<'PullImage'>>>();

  constructor(process: ProcessContext, runtime: NodeRuntime) {
    this.#process = process;
    this.#runtime = runtime;
  }

  async pull(reference: string, auth?: AuthConfig): Promise<CriResponse<'PullImage'>> {
    const normal = this.#runtime.variant.resolveName(reference, this.#process.files);
    const key = auth === undefined ? normal : JSON.stringify([normal, auth.username, auth.password]);
    const running = this.#pulling.get(key) ?? this.#pull(reference, normal, auth);
    this.#pulling.set(key, running);
    try {
      return await running;
    } finally {
      this.#pulling.delete(key);
    }
  }

  async list(): Promise<CriResponse<'ListImages'>> {
    return { images: [...this.#runtime.store.images.values()] };
  }

  async status(reference: string): Promise<CriResponse<'ImageStatus'>> {
    const image = this.#runtime.findImage(reference);
    return image === undefined ? {} : { image };
  }

  async remove(reference: string): Promise<CriResponse<'RemoveImage'>> {
    const image = this.#runtime.findImage(reference);
    if (image !== undefined) this.#runtime.store.removeImage(image.id);
    return {};
  }

  async #pull(
    given: string,
    normal: string,
    credentials: AuthConfig | undefined,
  ): Promise<CriResponse<'PullImage'>> {
    const { clock, rand } = this.#process;
    await clock.sleep(RESOLVE_MS * (0.7 + rand.float() * 0.6));
    const { os: system, osVersion } = this.#process.machine;
    const outcome = this.#runtime.images.resolve(normal, { system, osVersion, credentials });
    const { variant } = this.#runtime;
    if (outcome.type === 'error') throw variant.texts.pullRefused(given, normal, outcome);
    const { image } = outcome;
    const { id } = variant.image(image);
    if (!this.#runtime.store.images.has(id)) {
      const transfer = image.size / (BANDWIDTH * (0.75 + rand.float() * 0.5));
      await clock.sleep(transfer + image.layers.length * UNPACK_MS);
      // In containerd's words; the others say it in theirs.
      if (image.size > this.#process.disk.available)
        throw new CriError(
          'Unknown',
          `failed to pull and unpack image "${normal}": failed to copy: write /var/lib/containerd/io.containerd.content.v1.content/ingest/${image.digest.slice(7)}/data: no space left on device`,
        );
    }
    this.#runtime.preload(normal);
    return { imageRef: id };
  }
}
