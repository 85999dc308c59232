import type { Clock } from '../../base/clock.ts';

interface Expectation {
  adds: number;
  deletes: number;
  readonly at: number;
}

const timeout = 5 * 60_000;

/**
 * What a controller waits to see before it trusts its cache again: so many creations and deletions it asked
 * for. Models pkg/controller ControllerExpectations (v1.34).
 */
export class ControllerExpectations {
  readonly #clock: Clock;
  readonly #expectations = new Map<string, Expectation>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** True when everything asked for was seen, or so much time has passed that waiting makes no sense. */
  satisfied(key: string): boolean {
    const expected = this.#expectations.get(key);
    if (expected === undefined) return true;
    if (expected.adds <= 0 && expected.deletes <= 0) return true;
    return this.#clock.now() - expected.at > timeout;
  }

  expectCreations(key: string, count: number): void {
    this.expect(key, count, 0);
  }

  expectDeletions(key: string, count: number): void {
    this.expect(key, 0, count);
  }

  protected expect(key: string, adds: number, deletes: number): void {
    this.#expectations.set(key, { adds, deletes, at: this.#clock.now() });
  }

  creationObserved(key: string, count = 1): void {
    const expected = this.#expectations.get(key);
    if (expected !== undefined) expected.adds -= count;
  }

  deletionObserved(key: string): void {
    const expected = this.#expectations.get(key);
    if (expected !== undefined) expected.deletes -= 1;
  }

  delete(key: string): void {
    this.#expectations.delete(key);
  }
}

/**
 * Expectations that know which objects are to go, so that an update that sets deletionTimestamp and the
 * deletion itself count once. Models pkg/controller UIDTrackingControllerExpectations (v1.34).
 */
export class UidTrackingExpectations extends ControllerExpectations {
  readonly #uids = new Map<string, Set<string>>();

  expectDeletionsOf(key: string, deleted: readonly string[]): void {
    this.#uids.set(key, new Set(deleted));
    this.expectDeletions(key, deleted.length);
  }

  /** Creations and deletions of one sync. */
  expectChanges(key: string, creations: number, deleted: readonly string[]): void {
    this.#uids.set(key, new Set(deleted));
    this.expect(key, creations, deleted.length);
  }

  /** `object` is the key `namespace/name` of what was deleted. */
  deletionOf(key: string, object: string): void {
    if (this.#uids.get(key)?.delete(object) === true) this.deletionObserved(key);
  }

  override delete(key: string): void {
    this.#uids.delete(key);
    super.delete(key);
  }
}
