import type { Quantity } from '../../apimachinery/quantity.ts';
import {
  addQuantities,
  compareQuantities,
  formatQuantity,
  parseQuantity,
} from '../../apimachinery/quantity.ts';

/** Amounts by resource name, parsed. */
export type ResourceAmounts = Map<string, Quantity>;

/** Amounts by resource name as objects carry them, e.g. `{cpu: 100m}`. */
export type ResourceTexts = Readonly<Record<string, string>> | undefined;

/** @throws QuantityError */
export function parseAmounts(texts: ResourceTexts): ResourceAmounts {
  const amounts: ResourceAmounts = new Map();
  for (const [name, text] of Object.entries(texts ?? {})) amounts.set(name, parseQuantity(text));
  return amounts;
}

/** Canonical texts, by name in order. */
export function formatAmounts(amounts: ReadonlyMap<string, Quantity>): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const name of [...amounts.keys()].sort()) texts[name] = formatQuantity(amounts.get(name) as Quantity);
  return texts;
}

/** `into += what`, name by name. */
export function addAmounts(into: ResourceAmounts, what: ReadonlyMap<string, Quantity>): void {
  for (const [name, amount] of what) {
    const present = into.get(name);
    into.set(name, present === undefined ? amount : addQuantities(present, amount));
  }
}

/** Raises every amount of `into` to at least that of `what`. */
export function maxAmounts(into: ResourceAmounts, what: ReadonlyMap<string, Quantity>): void {
  for (const [name, amount] of what) {
    const present = into.get(name);
    if (present === undefined || compareQuantities(amount, present) > 0) into.set(name, amount);
  }
}
