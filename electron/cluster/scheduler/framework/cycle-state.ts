import type { FilterPlugin } from './interface.ts';

/** A plugin runs at an extension point without one that it depends on. */
export class CycleStateError extends Error {}

/** What plugins hand one another during one attempt to schedule one Pod. Models framework.CycleState (v1.34). */
export class CycleState {
  readonly #values = new Map<string, unknown>();
  /** Filter plugins with nothing to do for this Pod. */
  readonly skipFilter = new Set<string>();
  /** Score plugins with nothing to do for this Pod. */
  readonly skipScore = new Set<string>();

  /** Filter plugins that have something to do, once that is known. */
  filters: readonly FilterPlugin[] | undefined;

  read(key: string): unknown {
    return this.#values.get(key);
  }

  /** What must be there. @throws CycleStateError when the plugin's `preFilter` or `preScore` is not on */
  required<T>(key: string): T {
    const value = this.#values.get(key);
    if (value === undefined)
      throw new CycleStateError(`reading ${JSON.stringify(key)} from cycleState: not found`);
    return value as T;
  }

  /** For what-ifs: values that can be cloned are, so that the original stays as it is. */
  clone(): CycleState {
    const copy = new CycleState();
    for (const [key, value] of this.#values) {
      const cloneable = value as { clone?: () => unknown } | undefined;
      copy.write(key, typeof cloneable?.clone === 'function' ? cloneable.clone() : value);
    }
    copy.filters = this.filters;
    for (const name of this.skipFilter) copy.skipFilter.add(name);
    for (const name of this.skipScore) copy.skipScore.add(name);
    return copy;
  }

  write(key: string, value: unknown): void {
    this.#values.set(key, value);
  }
}
