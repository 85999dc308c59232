import type { Clock } from '../../../base/clock.ts';
import type { Disposable } from '../../../base/disposable.ts';

/** `periodic`: `retention` is virtual milliseconds of history to keep. `revision`: how many revisions. */
export interface AutoCompaction {
  readonly mode: 'periodic' | 'revision';
  readonly retention: number;
}

export interface AutoCompactorHost {
  readonly revision: number;
  /** Says whether it was accepted, or had been done already. */
  compact(revision: number, done: (compacted: boolean) => void): void;
}

const HOUR = 3_600_000;
const REVISION_INTERVAL = 300_000;
/** Looks at the time so many times per interval. */
const DIVISOR = 10;

/** Compacts by itself while its member leads. Models server/etcdserver/api/v3compactor. */
export class AutoCompactor implements Disposable {
  readonly #clock: Clock;
  readonly #host: AutoCompactorHost;
  readonly #settings: AutoCompaction;
  readonly #timer: Disposable;
  paused = true;
  /** Revisions seen at each look, the oldest first; as many as the retention needs. */
  readonly #seen: number[] = [];
  #last = 0;
  #lastTime: number;
  #interval: number;

  constructor(clock: Clock, host: AutoCompactorHost, settings: AutoCompaction) {
    this.#clock = clock;
    this.#host = host;
    this.#settings = settings;
    this.#lastTime = clock.now();
    this.#interval = settings.retention;
    if (settings.mode === 'periodic') this.#seen.push(host.revision);
    const every = settings.mode === 'revision' ? REVISION_INTERVAL : this.#lookInterval;
    this.#timer = clock.setInterval(() => this.#look(), every);
  }

  dispose(): void {
    this.#timer.dispose();
  }

  /** Time between two compactions. */
  get #compactInterval(): number {
    return Math.min(this.#settings.retention, HOUR);
  }

  get #lookInterval(): number {
    return this.#compactInterval / DIVISOR;
  }

  #look(): void {
    if (this.#settings.mode === 'revision') this.#lookAtRevision();
    else this.#lookAtTime();
  }

  #lookAtRevision(): void {
    const revision = this.#host.revision - this.#settings.retention;
    if (!this.paused && revision > 0 && revision !== this.#last) this.#compact(revision);
  }

  #lookAtTime(): void {
    const oldest = this.#seen[0] ?? this.#host.revision;
    const due = this.#clock.now() - this.#lastTime >= this.#interval;
    if (!this.paused && due && oldest !== this.#last) {
      // The first one waits until there is enough to keep.
      this.#interval = this.#compactInterval;
      this.#compact(oldest);
    }
    if (this.paused) return;
    this.#seen.push(this.#host.revision);
    const keep = Math.floor(this.#settings.retention / this.#lookInterval) + 1;
    if (this.#seen.length > keep) this.#seen.shift();
  }

  #compact(revision: number): void {
    this.#host.compact(revision, (compacted) => {
      if (!compacted) return;
      this.#last = revision;
      this.#lastTime = this.#clock.now();
    });
  }
}
