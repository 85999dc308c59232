import type { Context } from '../../base/context.ts';
import type { Container, Pod, Secret } from '../api/types.ts';
import type { AuthConfig, CriClient } from '../cri/interface.ts';
import { CriError } from '../cri/interface.ts';
import { normalizeReference } from '../images/reference.ts';
import type { KeyedBackoff } from './backoff.ts';
import { DockerKeyring, KeyringError } from './docker-keyring.ts';
import { goDuration } from './go-duration.ts';
import type { PodEvents } from './pod-events.ts';
import { pullPolicyOf, uidOf } from './pod-accessors.ts';
import type { WaitingReason } from './pod-status.ts';

export type EnsureImage = { readonly imageRef: string } | { readonly error: WaitingReason };

/** What each account that was tried came to. */
class PullError extends Error {}

/** `[busybox]:latest` where neither tag nor digest is given. @throws Error */
function withDefaultTag(image: string): string {
  normalizeReference(image);
  if (image.includes('@') || image.lastIndexOf(':') > image.lastIndexOf('/')) return image;
  return `${image}:latest`;
}

/** Has images pulled by policy, one at a time, with a growing delay after failures. Models pkg/kubelet/images (v1.34). */
export class ImageManager {
  readonly #context: Context;
  readonly #cri: CriClient;
  readonly #events: PodEvents;
  readonly #backoff: KeyedBackoff;
  readonly #serialize: boolean;
  readonly #pulled: () => void;
  /** Last failure by backoff key: told again while the delay lasts. */
  readonly #failures = new Map<string, string>();
  #queue: Promise<unknown> = Promise.resolve();

  constructor(
    context: Context,
    cri: CriClient,
    events: PodEvents,
    backoff: KeyedBackoff,
    serialize: boolean,
    pulled: () => void,
  ) {
    this.#context = context;
    this.#cri = cri;
    this.#events = events;
    this.#backoff = backoff;
    this.#serialize = serialize;
    this.#pulled = pulled;
  }

  /** Resolves to the image's id, or to why the container has to wait. `secrets`: what it may be pulled with. */
  async ensure(pod: Pod, container: Container, secrets: readonly Secret[]): Promise<EnsureImage> {
    const image = container.image ?? '';
    const say = (type: 'Normal' | 'Warning', reason: string, message: string): void =>
      this.#events.container(pod, container, type, reason, message);
    const refuse = (reason: string, message: string): EnsureImage => ({ error: { reason, message } });
    let tagged: string;
    try {
      tagged = withDefaultTag(image);
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      const message = `Failed to apply default image tag "${image}": couldn't parse image name "${image}": ${text}`;
      say('Warning', 'InspectFailed', message);
      return refuse('InvalidImageName', message);
    }
    const policy = pullPolicyOf(container);
    const present = await this.#present(tagged);
    if (present instanceof Error) {
      const message = `Failed to inspect image "${image}": ${present.message}`;
      say('Warning', 'InspectFailed', message);
      return refuse('ImageInspectError', message);
    }
    if (present !== undefined && policy !== 'Always') {
      say('Normal', 'Pulled', `Container image "${image}" already present on machine`);
      return { imageRef: present };
    }
    if (policy === 'Never') {
      const message = `Container image "${image}" is not present with pull policy of Never`;
      say('Warning', 'ErrImageNeverPull', message);
      return refuse('ErrImageNeverPull', message);
    }
    const key = `${uidOf(pod)}_${image}`;
    if (this.#backoff.isInBackoffSinceUpdate(key)) {
      const message = `Back-off pulling image "${image}"`;
      say('Normal', 'BackOff', message);
      const failure = this.#failures.get(key);
      return refuse('ImagePullBackOff', failure === undefined ? message : `${message}: ${failure}`);
    }
    return this.#pull(key, image, { tagged, secrets }, say);
  }

  async #pull(
    key: string,
    image: string,
    wanted: { readonly tagged: string; readonly secrets: readonly Secret[] },
    say: (type: 'Normal' | 'Warning', reason: string, message: string) => void,
  ): Promise<EnsureImage> {
    say('Normal', 'Pulling', `Pulling image "${image}"`);
    const { clock } = this.#context;
    const asked = clock.now();
    try {
      const { imageRef, took } = await this.#inTurn(async () => {
        const began = clock.now();
        const answer = await this.#pullAs(wanted.tagged, new DockerKeyring(wanted.secrets).lookup(image));
        return { ...answer, took: clock.now() - began };
      });
      const status = await this.#cri.call('ImageStatus', { image: imageRef });
      this.#pulled();
      const waited = goDuration(clock.now() - asked);
      const size = status.image?.size ?? 0;
      say(
        'Normal',
        'Pulled',
        `Successfully pulled image "${image}" in ${goDuration(took)} (${waited} including waiting). Image size: ${size} bytes.`,
      );
      return { imageRef };
    } catch (error) {
      if (!(error instanceof PullError || error instanceof KeyringError)) throw error;
      const { message } = error;
      say('Warning', 'Failed', `Failed to pull image "${image}": ${message}`);
      this.#backoff.next(key, clock.now());
      this.#failures.set(key, `ErrImagePull: ${message}`);
      return { error: { reason: 'ErrImagePull', message } };
    }
  }

  /** Tries one account after the other; without any it asks as nobody. @throws PullError */
  async #pullAs(image: string, accounts: readonly AuthConfig[]): Promise<{ readonly imageRef: string }> {
    const failures = new Set<string>();
    for (const auth of accounts.length === 0 ? [undefined] : accounts) {
      try {
        return await this.#cri.call('PullImage', auth === undefined ? { image } : { image, auth });
      } catch (error) {
        if (!(error instanceof CriError)) throw error;
        // The kubelet leaves out a code that says nothing.
        failures.add(error.code === 'Unknown' ? error.desc : error.message);
      }
    }
    const all = [...failures].join(', ');
    throw new PullError(failures.size === 1 ? all : `[${all}]`);
  }

  forget(uid: string): void {
    for (const key of [...this.#failures.keys()]) if (key.startsWith(`${uid}_`)) this.#failures.delete(key);
    this.#backoff.forget(`${uid}_`);
  }

  async #present(tagged: string): Promise<string | undefined | CriError> {
    try {
      return (await this.#cri.call('ImageStatus', { image: tagged })).image?.id;
    } catch (error) {
      if (error instanceof CriError) return error;
      throw error;
    }
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (!this.#serialize) return work();
    const before = this.#queue;
    let release = (): void => undefined;
    this.#queue = new Promise<void>((resolve) => (release = resolve));
    await before;
    try {
      return await work();
    } finally {
      release();
    }
  }
}
