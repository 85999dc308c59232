import type { Barrier } from './listeners/interface.ts';

/** The barrier of a host: everything queued since the last commit leaves together, in order. */
export class CommitBarrier implements Barrier {
  #waiting: (() => void)[] = [];

  /** Whether anything waits for the next commit. */
  get isAwaited(): boolean {
    return this.#waiting.length > 0;
  }

  afterCommit(release: () => void): void {
    this.#waiting.push(release);
  }

  /** Called once the commit has succeeded. */
  release(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const release of waiting) release();
  }
}
