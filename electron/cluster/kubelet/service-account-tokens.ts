import type { Pod, TokenRequest } from '../api/types.ts';
import type { ComponentContext } from '../client/component-context.ts';
import type { ApiClient } from '../client/interface.ts';
import { resourceTypes } from '../client/resource-types.ts';
import { metaOf, uidOf } from './pod-accessors.ts';

/** What a projected volume asks for. */
export interface TokenSource {
  readonly audience?: string | undefined;
  readonly expirationSeconds?: number | undefined;
}

export interface MountedToken {
  /** The token itself, which its issuer signs when somebody reads it. */
  readonly text: () => string;
  /** Virtual milliseconds from which another one is asked for. */
  readonly refreshAt: number;
}

interface Held extends MountedToken {
  readonly expiresAt: number;
}

const DEFAULT_SECONDS = 3_600;
const DAY = 24 * 3_600_000;
const MAX_JITTER = 10_000;

/** Asks for tokens of service accounts, bound to Pods, and again after 80 % of their life. Models pkg/kubelet/token (v1.34). */
export class ServiceAccountTokens {
  readonly #context: ComponentContext;
  readonly #client: ApiClient;
  /** By Pod, then by audience and life. */
  readonly #held = new Map<string, Map<string, Held>>();

  constructor(context: ComponentContext, client: ApiClient) {
    this.#context = context;
    this.#client = client;
  }

  /** @throws Error `failed to fetch token: …`, unless the one from before still holds */
  async get(pod: Pod, source: TokenSource): Promise<MountedToken> {
    const uid = uidOf(pod);
    const { audience = '', expirationSeconds = DEFAULT_SECONDS } = source;
    const key = `${expirationSeconds} ${audience}`;
    const held = this.#held.get(uid)?.get(key);
    const { clock, log } = this.#context;
    if (held !== undefined && clock.now() < held.refreshAt) return held;
    try {
      const fresh = await this.#ask(pod, audience, expirationSeconds);
      const ofPod = this.#held.get(uid) ?? new Map<string, Held>();
      this.#held.set(uid, ofPod.set(key, fresh));
      return fresh;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (held === undefined || clock.now() >= held.expiresAt)
        throw new Error(`failed to fetch token: ${message}`, { cause: error });
      log.error("Couldn't update token", { pod: metaOf(pod).name, err: message });
      return { ...held, refreshAt: clock.now() };
    }
  }

  forget(uid: string): void {
    this.#held.delete(uid);
  }

  async #ask(pod: Pod, audience: string, expirationSeconds: number): Promise<Held> {
    const { name, namespace, uid } = metaOf(pod);
    const accounts = this.#client.resource(resourceTypes.serviceAccounts, namespace);
    const request = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: {
        audiences: audience === '' ? [] : [audience],
        expirationSeconds,
        boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name, uid },
      },
    };
    const account = pod.spec?.serviceAccountName ?? 'default';
    const answer = (await accounts.createSubresource(account, 'token', request)) as TokenRequest;
    const { spec, status } = answer;
    const expiresAt = Date.parse(status?.expirationTimestamp ?? '');
    if (Number.isNaN(expiresAt)) throw new Error('expiration timestamp is missing');
    const life = (spec?.expirationSeconds ?? expirationSeconds) * 1_000;
    const jitter = this.#context.rand.float() * MAX_JITTER;
    return {
      text: () => status?.token ?? '',
      expiresAt,
      refreshAt: Math.min(expiresAt - 0.2 * life, expiresAt - life + DAY) - jitter,
    };
  }
}
