/** One key's delay. Times and delays in milliseconds. */
export interface BackoffEntry {
  readonly delay: number;
  readonly lastUpdate: number;
}

const INITIAL = 10_000;

/** Exponential delays by key, 10 s doubling to a maximum. Models client-go util/flowcontrol Backoff (v1.34). */
export class KeyedBackoff {
  readonly #now: () => number;
  readonly #max: number;
  readonly #entries = new Map<string, BackoffEntry>();

  constructor(now: () => number, max: number) {
    this.#now = now;
    this.#max = max;
  }

  delay(key: string): number {
    return this.#entries.get(key)?.delay ?? 0;
  }

  /** Counts from an event, e.g. when a container ended. */
  isInBackoffSince(key: string, eventTime: number): boolean {
    const entry = this.#entries.get(key);
    if (entry === undefined || this.#expired(entry, eventTime)) return false;
    return this.#now() - eventTime < entry.delay;
  }

  /** Counts from the last failure. */
  isInBackoffSinceUpdate(key: string): boolean {
    const entry = this.#entries.get(key);
    if (entry === undefined || this.#expired(entry, this.#now())) return false;
    return this.#now() - entry.lastUpdate < entry.delay;
  }

  next(key: string, eventTime: number): void {
    const entry = this.#entries.get(key);
    const fresh = entry === undefined || this.#expired(entry, eventTime);
    this.#entries.set(key, {
      delay: fresh ? INITIAL : Math.min(entry.delay * 2, this.#max),
      lastUpdate: this.#now(),
    });
  }

  /** What is kept while a machine is frozen. */
  snapshot(prefix: string): Readonly<Record<string, BackoffEntry>> {
    return Object.fromEntries([...this.#entries].filter(([key]) => key.startsWith(prefix)));
  }

  restore(entries: Readonly<Record<string, BackoffEntry>>): void {
    for (const [key, entry] of Object.entries(entries)) this.#entries.set(key, entry);
  }

  forget(prefix: string): void {
    for (const key of [...this.#entries.keys()]) if (key.startsWith(prefix)) this.#entries.delete(key);
  }

  #expired(entry: BackoffEntry, eventTime: number): boolean {
    return eventTime - entry.lastUpdate > this.#max * 2;
  }
}
