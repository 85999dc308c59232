import type { CriClient, Image, RuntimeCondition } from '../cri/interface.ts';
import { CriError } from '../cri/interface.ts';
import type { ProcessContext } from '../machine/interface.ts';
import type { RuntimeCache } from './runtime-cache.ts';

const RECONNECT = 1_000;
const RUNTIME_CHECK = 10_000;
const WAIT_FOR_READY = 100;

/** Keeps the connection to the runtime, and knows what the node may say of it: conditions, network, images. */
export class RuntimeMonitor {
  readonly #process: ProcessContext;
  readonly #cri: CriClient;
  readonly #cache: RuntimeCache;
  readonly #changed: () => Promise<void>;
  #up = false;
  #conditions: readonly RuntimeCondition[] = [];
  #images: readonly Image[] = [];
  #imagesKnown = false;

  /** `changed`: the runtime is ready that was not, or the other way round. */
  constructor(process: ProcessContext, cri: CriClient, cache: RuntimeCache, changed: () => Promise<void>) {
    this.#process = process;
    this.#cri = cri;
    this.#cache = cache;
    this.#changed = changed;
  }

  get isUp(): boolean {
    return this.#up;
  }

  get images(): readonly Image[] {
    return this.#images;
  }

  /** Images have come or gone. */
  imagesChanged(): void {
    this.#imagesKnown = false;
  }

  /** Why Pods with a network of their own cannot be run now; undefined when they can. */
  get networkError(): string | undefined {
    const network = this.#conditions.find((condition) => condition.type === 'NetworkReady');
    if (network === undefined || network.status) return undefined;
    return `container runtime network not ready: NetworkReady=false reason:${network.reason} message:${network.message}`;
  }

  /** Why the node is not ready; '' when it is. */
  get notReady(): string {
    return this.#up ? (this.networkError ?? '') : 'container runtime is down';
  }

  /** Resolves when the runtime answers; from then on it is looked at again and again. */
  async start(): Promise<void> {
    await this.#connect();
    const { clock } = this.#process;
    clock.setInterval(() => this.#process.go(() => this.#check()), RUNTIME_CHECK);
    this.#process.go(() => this.#waitForReady());
  }

  async #connect(): Promise<void> {
    for (;;) {
      try {
        const version = await this.#cri.call('Version', {});
        this.#cri.containerEvents(
          (event) => this.#cache.onEvent(event),
          () => this.#lost(),
        );
        await this.#cache.relist();
        this.#up = true;
        this.#process.log.info('Container runtime initialized', {
          runtime: version.runtimeName,
          version: version.runtimeVersion,
        });
        await this.#check();
        return;
      } catch (error) {
        if (!(error instanceof CriError)) throw error;
        this.#process.log.error('Container runtime is not up yet', { err: error.message });
        await this.#process.clock.sleep(RECONNECT);
      }
    }
  }

  #lost(): void {
    this.#up = false;
    this.#process.go(async () => {
      await this.#changed();
      await this.#connect();
      await this.#changed();
    });
  }

  async #check(): Promise<void> {
    if (!this.#up) return;
    try {
      const before = this.notReady;
      this.#conditions = (await this.#cri.call('Status', {})).conditions;
      if (!this.#imagesKnown) {
        this.#imagesKnown = true;
        this.#images = (await this.#cri.call('ListImages', {})).images;
      }
      if (before !== this.notReady) await this.#changed();
    } catch (error) {
      if (!(error instanceof CriError)) throw error;
      this.#process.log.error('Container runtime sanity check failed', { err: error.message });
    }
  }

  /** At the start the runtime is asked often, so that the node is ready as soon as it can be. */
  async #waitForReady(): Promise<void> {
    while (this.notReady !== '') {
      await this.#process.clock.sleep(WAIT_FOR_READY);
      this.#process.tracer.resume(0);
      await this.#check();
    }
  }
}
