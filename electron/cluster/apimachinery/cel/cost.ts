/** What an expression may cost at most: one for each step of a comprehension, a tenth for each character made. Models PerCallLimit (v1.34). */
export const PER_CALL_LIMIT = 1_000_000;
/** What all expressions of one request may cost together. Models RuntimeCELCostBudget (v1.34). */
export const REQUEST_BUDGET = 10_000_000;

/** Counts what evaluation costs, and stops it. */
export class CostMeter {
  #left = 0;
  #spent = 0;
  #exceeded = false;

  /** A new expression begins. */
  begin(limit: number): void {
    this.#left = limit;
    this.#spent = 0;
    this.#exceeded = false;
  }

  get spent(): number {
    return this.#spent;
  }

  get exceeded(): boolean {
    return this.#exceeded;
  }

  /** @throws Error when there is nothing left; every later step throws too, so that all loops end */
  spend(cost: number): void {
    this.#spent += cost;
    this.#left -= cost;
    if (this.#left >= 0) return;
    this.#exceeded = true;
    throw new Error('actual cost limit exceeded');
  }
}
