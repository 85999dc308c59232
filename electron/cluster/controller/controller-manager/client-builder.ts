import { ApiTransport } from '../../client/api-transport.ts';
import type { ClientConfig } from '../../client/kubeconfig.ts';
import { NetworkApiClient } from '../../client/network-api-client.ts';
import type { ProcessContext } from '../../machine/interface.ts';
import { AccountTokenSource } from './account-token-source.ts';

/** How controllers reach the API server: as the process itself, or each under its own service account. */
export interface ClientBuilder {
  /** A client of a controller's own, with a rate limit of its own. @throws Error, StatusError */
  client(component: string): Promise<NetworkApiClient>;
}

/** All as the process itself. Models SimpleControllerClientBuilder (controller-manager/pkg/clientbuilder, v1.34). */
export class SimpleClientBuilder implements ClientBuilder {
  readonly #client: NetworkApiClient;
  readonly #agent: string;

  constructor(client: NetworkApiClient, agent: string) {
    this.#client = client;
    this.#agent = agent;
  }

  client(component: string): Promise<NetworkApiClient> {
    return Promise.resolve(this.#client.derive(`${this.#agent}/${component}`));
  }
}

/**
 * Each as `system:serviceaccount:kube-system:<component>`, over one connection that shows no certificate. Models
 * DynamicControllerClientBuilder (controller-manager/pkg/clientbuilder, v1.34).
 */
export class AccountClientBuilder implements ClientBuilder {
  readonly #process: ProcessContext;
  readonly #core: NetworkApiClient;
  readonly #agent: string;
  readonly #transport: ApiTransport;
  /** By account: some controllers share one. */
  readonly #tokens = new Map<string, AccountTokenSource>();

  /** @param core makes the accounts and their tokens */
  constructor(process: ProcessContext, config: ClientConfig, core: NetworkApiClient, agent: string) {
    const { server, userAgent, limits } = config;
    this.#process = process;
    this.#core = core;
    this.#agent = agent;
    this.#transport = new ApiTransport(process.net, process.clock, {
      server,
      userAgent,
      ...(limits === undefined ? {} : { limits }),
    });
  }

  async client(component: string): Promise<NetworkApiClient> {
    const tokens =
      this.#tokens.get(component) ?? new AccountTokenSource(this.#process, this.#core, component);
    this.#tokens.set(component, tokens);
    await tokens.ensureAccount();
    const agent = `${this.#agent}/system:serviceaccount:kube-system:${component}`;
    return new NetworkApiClient(this.#process, this.#transport, agent, this.#transport.config.limits, tokens);
  }
}
