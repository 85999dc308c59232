/** Holds back what the outside may see until it is on disk. */
export interface Barrier {
  /** Runs `release` after the next commit; order is kept. */
  afterCommit(release: () => void): void;
}

/** The barrier of a host: everything queued since the last commit leaves together. */
export class CommitBarrier implements Barrier {
  #waiting: (() => void)[] = [];

  get size(): number {
    return this.#waiting.length;
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
