import { contract } from '../../electron/shared/contract/contract.ts';
import type { Contract } from '../../electron/shared/contract/contract.ts';
import { contractHash } from '../../electron/shared/rpc/contract-hash.ts';
import { RpcClient } from '../../electron/shared/rpc/rpc-client.ts';
import type { HostClient, OpenChannel } from './interface.ts';

export type LinkStatus =
  | { readonly phase: 'connecting'; readonly attempt: number }
  | { readonly phase: 'connected' }
  /** `retryAt`: real milliseconds since the Unix epoch. `wrongVersion`: no use in trying again. */
  | {
      readonly phase: 'lost';
      readonly attempt: number;
      readonly retryAt: number;
      readonly why: string;
      readonly wrongVersion: boolean;
    };

const DELAYS = [250, 500, 1000, 2000, 4000, 8000] as const;

/** Keeps a connection to the host: opens it, says hello, and opens it again with growing pauses when it breaks. */
export class HostLink {
  readonly #open: OpenChannel;
  readonly #onStatus: (status: LinkStatus) => void;
  readonly #onConnected: (client: HostClient) => void;
  #client: HostClient | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;
  #stopped = false;

  constructor(
    open: OpenChannel,
    onStatus: (status: LinkStatus) => void,
    onConnected: (client: HostClient) => void,
  ) {
    this.#open = open;
    this.#onStatus = onStatus;
    this.#onConnected = onConnected;
  }

  start(): void {
    void this.#connect();
  }

  /** Tries again at once. */
  retry(): void {
    if (this.#client !== undefined || this.#stopped) return;
    clearTimeout(this.#timer);
    void this.#connect();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#client?.close();
    this.#client = undefined;
  }

  async #connect(): Promise<void> {
    this.#attempt += 1;
    this.#onStatus({ phase: 'connecting', attempt: this.#attempt });
    try {
      const channel = await this.#open();
      const client = new RpcClient<Contract>(channel);
      channel.onClose((why) => this.#lost(client, why));
      await client.hello(contractHash(contract));
      if (this.#stopped) {
        client.close();
        return;
      }
      this.#client = client;
      this.#attempt = 0;
      this.#onStatus({ phase: 'connected' });
      this.#onConnected(client);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const wrongVersion = (error as { code?: unknown }).code === 'BadInput';
      this.#later(message, wrongVersion);
    }
  }

  #lost(client: HostClient, why: string): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    this.#later(why, false);
  }

  #later(why: string, wrongVersion: boolean): void {
    if (this.#stopped) return;
    const delay = DELAYS[Math.min(this.#attempt, DELAYS.length - 1)] ?? 8000;
    this.#onStatus({ phase: 'lost', attempt: this.#attempt, retryAt: Date.now() + delay, why, wrongVersion });
    if (!wrongVersion) this.#timer = setTimeout(() => void this.#connect(), delay);
  }
}
