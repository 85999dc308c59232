import type { CriClient, Image, RuntimeCondition } from '../cri/interface.ts';
import { CriError } from '../cri/interface.ts';
import { goDuration } from './go-duration.ts';
import type { ProcessContext } from '../machine/interface.ts';
import type { RuntimeCache } from './runtime-cache.ts';

const RECONNECT = 1_000;
const RUNTIME_CHECK = 10_000;
/** A runtime that has not answered for so long is down. */
const DOWN_AFTER = 30_000;
const PLEG_THRESHOLD = 180_000;
const WAIT_FOR_READY = 100;

/** Keeps the connection to the runtime, and knows what the node may say of it: conditions, network, images. */
export class RuntimeMonitor {
  readonly #process: ProcessContext;
  readonly #cri: CriClient;
  readonly #cache: RuntimeCache;
  readonly #changed: () => Promise<void>;
  #up = false;
  #lastSync = 0;
  /** What was told last of why the node is not ready. */
  #reported = '';
  #version = '';
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

  /** As the Node says it, e.g. `containerd://2.1.4`. */
  get runtimeVersion(): string {
    return this.#version;
  }

  /** Why the node is not ready; '' when it is. Models runtimeState.runtimeErrors (pkg/kubelet/runtime.go, v1.34). */
  get notReady(): string {
    const silent = this.#process.clock.now() - this.#lastSync;
    const errors: string[] = [];
    if (silent > DOWN_AFTER) errors.push('container runtime is down');
    if (silent > PLEG_THRESHOLD) {
      errors.push(
        this.#lastSync === 0
          ? 'PLEG is not healthy: pleg has yet to be successful'
          : `PLEG is not healthy: pleg was last seen active ${goDuration(silent)} ago; threshold is 3m0s`,
      );
    }
    const { networkError } = this;
    if (networkError !== undefined) errors.push(networkError);
    return errors.length > 1 ? `[${errors.join(', ')}]` : (errors[0] ?? '');
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
        this.#cache.runtimeName = version.runtimeName;
        this.#cri.containerEvents(
          (event) => this.#cache.onEvent(event),
          () => this.#lost(),
        );
        await this.#cache.relist();
        this.#up = true;
        this.#version = `${version.runtimeName}://${version.runtimeVersion.replace(/^v/, '')}`;
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
      await this.#connect();
      await this.#changed();
    });
  }

  async #check(): Promise<void> {
    if (this.#up) await this.#ask();
    const { notReady } = this;
    if (notReady === this.#reported) return;
    this.#reported = notReady;
    await this.#changed();
  }

  async #ask(): Promise<void> {
    try {
      this.#conditions = (await this.#cri.call('Status', {})).conditions;
      this.#lastSync = this.#process.clock.now();
      if (this.#imagesKnown) return;
      this.#imagesKnown = true;
      this.#images = (await this.#cri.call('ListImages', {})).images;
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
