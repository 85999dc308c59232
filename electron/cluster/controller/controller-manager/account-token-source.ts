import type { ServiceAccount, TokenRequest } from '../../api/types.ts';
import { formatGoDuration } from '../../apimachinery/duration.ts';
import { isAlreadyExists, isNotFound } from '../../client/api-errors.ts';
import type { ComponentContext } from '../../client/component-context.ts';
import type { ApiClient } from '../../client/interface.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import type { TokenSource } from '../../client/token-source.ts';

const NAMESPACE = 'kube-system';
/** Seconds. */
const LIFETIME = 3_600;
/** Part of its time for which a token is not used any more. */
const LEEWAY = 0.2;
const MIN_LIFETIME = 600_000;
const POLL = 1_000;
const POLL_TIMEOUT = 30_000;

/**
 * Tokens of one service account in kube-system, which is made where it is missing. One is kept as long as four fifths of its
 * time. Models controller-manager/pkg/clientbuilder/client_builder_dynamic.go (v1.34).
 */
export class AccountTokenSource implements TokenSource {
  readonly #context: ComponentContext;
  /** May create service accounts and tokens for them. */
  readonly #client: ApiClient;
  readonly #account: string;
  #token: string | undefined;
  /** Virtual milliseconds. */
  #goodUntil = 0;
  #asking: Promise<string> | undefined;

  constructor(context: ComponentContext, client: ApiClient, account: string) {
    this.#context = context;
    this.#client = client;
    this.#account = account;
  }

  token(): Promise<string> {
    if (this.#token !== undefined && this.#context.clock.now() < this.#goodUntil)
      return Promise.resolve(this.#token);
    this.#asking ??= this.#ask().finally(() => (this.#asking = undefined));
    return this.#asking;
  }

  reset(): void {
    this.#token = undefined;
  }

  /** @throws Error, StatusError */
  async ensureAccount(): Promise<void> {
    const accounts = this.#client.resource<ServiceAccount>(resourceTypes.serviceAccounts, NAMESPACE);
    try {
      await accounts.get(this.#account);
      return;
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    try {
      await accounts.create({ metadata: { name: this.#account, namespace: NAMESPACE } });
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
    }
  }

  async #ask(): Promise<string> {
    const { status } = await this.#request();
    const now = this.#context.clock.now();
    const lifetime = Date.parse(String(status?.expirationTimestamp)) - now;
    if (lifetime < MIN_LIFETIME) throw new Error(`new token is valid for only ${formatGoDuration(lifetime)}`);
    this.#token = status?.token ?? '';
    this.#goodUntil = now + lifetime * (1 - LEEWAY);
    return this.#token;
  }

  async #request(): Promise<TokenRequest> {
    const { clock, log } = this.#context;
    const accounts = this.#client.resource<ServiceAccount>(resourceTypes.serviceAccounts, NAMESPACE);
    for (const until = clock.now() + POLL_TIMEOUT; ; await clock.sleep(POLL)) {
      try {
        await this.ensureAccount();
        return (await accounts.createSubresource(this.#account, 'token', {
          kind: 'TokenRequest',
          apiVersion: 'authentication.k8s.io/v1',
          metadata: { namespace: NAMESPACE },
          spec: { expirationSeconds: LIFETIME },
        })) as TokenRequest;
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        log.warn(`get token failed: ${why}`);
        if (clock.now() >= until)
          throw new Error(
            `failed to get token for ${NAMESPACE}/${this.#account}: timed out waiting for the condition`,
            { cause: error },
          );
      }
    }
  }
}
