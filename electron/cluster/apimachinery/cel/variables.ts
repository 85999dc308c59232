import type { CelInput } from '@bufbuild/cel';
import type { AskAuthorizer } from './authorizer.ts';
import { REQUEST_BUDGET } from './cost.ts';
import type { CelOutcome, CelProgram } from './expression.ts';
import { toCel } from './values.ts';

/** Variables by name, as JSON has them, and what is left of a request's budget. */
export class CelVariables {
  readonly #values: Record<string, CelInput>;
  #left: number;

  readonly #ask: AskAuthorizer | undefined;

  constructor(values: Readonly<Record<string, unknown>>, budget = REQUEST_BUDGET, ask?: AskAuthorizer) {
    this.#ask = ask;
    this.#values = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, toCel(value)]));
    this.#left = budget;
  }

  set(name: string, value: unknown): void {
    this.#values[name] = toCel(value);
  }

  run(program: CelProgram): CelOutcome {
    if (this.#left <= 0) {
      const error =
        'validation failed due to running out of cost budget, no further validation rules will be run';
      return { error, cost: 0, overBudget: true };
    }
    const outcome = program(this.#values, this.#left, this.#ask);
    this.#left -= outcome.cost;
    return outcome;
  }
}
