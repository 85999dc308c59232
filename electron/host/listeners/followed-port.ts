import type { Server } from 'node:net';
import { listenNear, listenOn } from './listen-near.ts';

export interface FollowedPortOptions {
  /** A server that does not listen. */
  readonly create: () => Server;
  /** Lets go of everybody who is connected. */
  readonly drop: () => void;
  /** Told when the port could not be opened again. */
  readonly onFailure: (error: Error) => void;
}

const REOPEN_ATTEMPTS = 50;
const REOPEN_PAUSE = 20;

/**
 * A port of the loopback interface that stands for one inside the cluster: open while that one is, and refusing connections
 * while it is not. It keeps its number for as long as it lives.
 */
export class FollowedPort {
  readonly #options: FollowedPortOptions;
  readonly port: number;
  #server: Server | undefined;
  #wanted = true;
  #changing: Promise<void> = Promise.resolve();

  private constructor(options: FollowedPortOptions, server: Server, port: number) {
    this.#options = options;
    this.#server = server;
    this.port = port;
  }

  /** Opens the wanted port or one near it; 0: any. @throws when none is free */
  static async open(options: FollowedPortOptions, wanted: number): Promise<FollowedPort> {
    const server = options.create();
    return new FollowedPort(options, server, await listenNear(server, wanted));
  }

  follow(isOpen: boolean): void {
    if (isOpen === this.#wanted) return;
    this.#wanted = isOpen;
    this.#changing = this.#changing.then(() => this.#apply());
  }

  /** Resolves when the port is as it was last wanted. */
  settled(): Promise<void> {
    return this.#changing;
  }

  close(): Promise<void> {
    this.follow(false);
    return this.settled();
  }

  async #apply(): Promise<void> {
    if (this.#wanted === (this.#server !== undefined)) return;
    if (this.#wanted) {
      await this.#reopen();
      return;
    }
    const server = this.#server;
    this.#server = undefined;
    const closed = new Promise<void>((resolve) => server?.close(() => resolve()));
    this.#options.drop();
    await closed;
  }

  async #reopen(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const server = this.#options.create();
      try {
        await listenOn(server, this.port);
        this.#server = server;
        return;
      } catch (error) {
        // Somebody else may have taken the port meanwhile; that is worth some patience.
        if (attempt >= REOPEN_ATTEMPTS) {
          this.#options.onFailure(error instanceof Error ? error : new Error(String(error)));
          return;
        }
        await new Promise((resolve) => void setTimeout(resolve, REOPEN_PAUSE));
      }
    }
  }
}
