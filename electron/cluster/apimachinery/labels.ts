import type { FieldError } from './validation/field-error.ts';
import { fieldErrorMessage, invalid } from './validation/field-error.ts';
import { at, key as keyPath } from './validation/path.ts';
import { isQualifiedName, isValidLabelValue } from './validation/names.ts';
import type { LabelSelector } from './types.ts';

export type Labels = Readonly<Record<string, string>>;

export type LabelOperator = 'in' | 'notin' | '=' | '==' | '!=' | 'exists' | '!' | 'gt' | 'lt';

/** One term of a label selector. */
export interface LabelRequirement {
  readonly key: string;
  readonly operator: LabelOperator;
  /** Sorted. */
  readonly values: readonly string[];
}

/** All terms must hold; no terms match everything. `NOTHING` matches no object. */
export type Selector = readonly LabelRequirement[];

/** The selector that matches no object: what an absent LabelSelector means. */
export const NOTHING: Selector = Object.freeze([{ key: '', operator: 'in', values: [] } as const]);

/** The selector that matches every object. */
export const EVERYTHING: Selector = Object.freeze([]);

/** The selector is not acceptable. `message` is upstream's. */
export class LabelSelectorError extends Error {}

const NO_LABELS: Labels = Object.freeze({});

/** True when the labels satisfy every term. */
export function matchesLabels(selector: Selector, labels: Labels | undefined): boolean {
  const own = labels ?? NO_LABELS;
  for (const requirement of selector) if (!matchesRequirement(requirement, own)) return false;
  return true;
}

function matchesRequirement({ key, operator, values }: LabelRequirement, labels: Labels): boolean {
  const has = Object.hasOwn(labels, key);
  const value = has ? (labels[key] as string) : '';
  switch (operator) {
    case 'in':
    case '=':
    case '==':
      return has && values.includes(value);
    case 'notin':
    case '!=':
      return !has || !values.includes(value);
    case 'exists':
      return has;
    case '!':
      return !has;
    case 'gt':
    case 'lt': {
      if (!has || !INTEGER.test(value)) return false;
      const difference = BigInt(value) - BigInt(values[0] ?? '0');
      return operator === 'gt' ? difference > 0n : difference < 0n;
    }
  }
}

const INTEGER = /^[+-]?[0-9]+$/;

/** Checks a term and sorts its values. Models labels.NewRequirement (v1.34). @throws LabelSelectorError */
export function newRequirement(
  key: string,
  operator: LabelOperator,
  values: readonly string[],
): LabelRequirement {
  const errors: FieldError[] = [];
  const keyErrors = isQualifiedName(key);
  if (keyErrors.length > 0) errors.push(invalid('<nil>', key, keyErrors.join('; ')));
  const complain = (field: string, value: unknown, detail: string): void => {
    errors.push(invalid(field, value, detail));
  };
  if (operator === 'in' || operator === 'notin') {
    if (values.length === 0) complain('values', [], "for 'in', 'notin' operators, values set can't be empty");
  } else if (operator === '=' || operator === '==' || operator === '!=') {
    if (values.length !== 1)
      complain('values', values, 'exact-match compatibility requires one single value');
  } else if (operator === 'exists' || operator === '!') {
    if (values.length > 0)
      complain('values', values, 'values set must be empty for exists and does not exist');
  } else {
    if (values.length !== 1)
      complain('values', values, "for 'Gt', 'Lt' operators, exactly one value is required");
    values.forEach((value, index) => {
      if (!INTEGER.test(value)) {
        complain(at('values', index), value, "for 'Gt', 'Lt' operators, the value must be an integer");
      }
    });
  }
  values.forEach((value, index) => {
    const valueErrors = isValidLabelValue(value);
    if (valueErrors.length > 0) complain(keyPath(at('values', index), key), value, valueErrors.join('; '));
  });
  if (errors.length > 0) {
    const messages = [...new Set(errors.map(fieldErrorMessage))];
    throw new LabelSelectorError(messages.length === 1 ? messages[0] : `[${messages.join(', ')}]`);
  }
  return { key, operator, values };
}

/** A selector that demands exactly these labels. Models labels.SelectorFromSet; nothing is checked. */
export function selectorFromSet(labels: Labels | undefined): Selector {
  if (labels === undefined) return EVERYTHING;
  return Object.keys(labels)
    .sort()
    .map((key) => ({ key, operator: '=' as const, values: [labels[key] as string] }));
}

const converted = new WeakMap<object, Selector>();

/**
 * The selector of a LabelSelector object: absent matches nothing, empty everything.
 * Models metav1.LabelSelectorAsSelector (v1.34). @throws LabelSelectorError
 */
export function selectorFromLabelSelector(labelSelector: LabelSelector | undefined): Selector {
  if (labelSelector === undefined) return NOTHING;
  const known = converted.get(labelSelector);
  if (known !== undefined) return known;
  const selector: LabelRequirement[] = Object.entries(labelSelector.matchLabels ?? {}).map(([key, value]) =>
    newRequirement(key, '=', [value]),
  );
  for (const expression of labelSelector.matchExpressions ?? []) {
    const operator = EXPRESSION_OPERATORS[expression.operator];
    if (operator === undefined) {
      throw new LabelSelectorError(
        `${JSON.stringify(expression.operator)} is not a valid label selector operator`,
      );
    }
    selector.push(newRequirement(expression.key, operator, [...(expression.values ?? [])].sort()));
  }
  selector.sort((left, right) => (left.key < right.key ? -1 : left.key > right.key ? 1 : 0));
  converted.set(labelSelector, selector);
  return selector;
}

const EXPRESSION_OPERATORS: Readonly<Record<string, LabelOperator | undefined>> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
};

/** The selector as text: `app=web,env in (a,b),!x`. Models Requirement.String (v1.34). */
export function formatSelector(selector: Selector): string {
  return selector.map(formatRequirement).join(',');
}

function formatRequirement({ key, operator, values }: LabelRequirement): string {
  switch (operator) {
    case 'exists':
      return key;
    case '!':
      return `!${key}`;
    case 'in':
    case 'notin':
      return `${key} ${operator} (${[...values].sort().join(',')})`;
    case 'gt':
      return `${key}>${values[0] ?? ''}`;
    case 'lt':
      return `${key}<${values[0] ?? ''}`;
    default:
      return `${key}${operator}${values[0] ?? ''}`;
  }
}

/**
 * A LabelSelector as tables show it: `app=web`, `<none>` when empty or absent, `<error>` when malformed.
 * Models metav1.FormatLabelSelector (v1.34).
 */
export function formatLabelSelector(labelSelector: LabelSelector | undefined): string {
  try {
    const selector = selectorFromLabelSelector(labelSelector);
    if (selector === NOTHING) return '<none>';
    return formatSelector(selector) || '<none>';
  } catch (error) {
    if (error instanceof LabelSelectorError) return '<error>';
    throw error;
  }
}

/** Labels as `a=1,b=2`, sorted; `<none>` when there are none. Models labels.FormatLabels (v1.34). */
export function formatLabels(labels: Labels | undefined): string {
  const text = formatSelector(selectorFromSet(labels));
  return text === '' ? '<none>' : text;
}
