import type { Clock } from '../../../base/clock.ts';
import type { Disposable } from '../../../base/disposable.ts';

/** Election timeouts without a leader until streams that need one are ended: opening them again costs more than to wait. */
const PATIENCE = 3;

/** Tells those who depend on a leader when there has been none for too long. Models monitorLeader in v3rpc/interceptor.go. */
export class LeaderWatch implements Disposable {
  readonly #clock: Clock;
  /** Virtual milliseconds. */
  readonly #electionTimeout: number;
  readonly #handlers = new Set<() => void>();
  #timer: Disposable | undefined;

  constructor(clock: Clock, electionTimeout: number) {
    this.#clock = clock;
    this.#electionTimeout = electionTimeout;
  }

  onLost(handler: () => void): Disposable {
    this.#handlers.add(handler);
    return { dispose: () => void this.#handlers.delete(handler) };
  }

  leaderChanged(hasLeader: boolean): void {
    if (hasLeader) {
      this.#timer?.dispose();
      this.#timer = undefined;
    } else {
      this.#timer ??= this.#clock.setTimeout(() => this.#lost(), PATIENCE * this.#electionTimeout);
    }
  }

  dispose(): void {
    this.#timer?.dispose();
    this.#handlers.clear();
  }

  #lost(): void {
    this.#timer = undefined;
    const handlers = [...this.#handlers];
    this.#handlers.clear();
    for (const handler of handlers) handler();
  }
}
