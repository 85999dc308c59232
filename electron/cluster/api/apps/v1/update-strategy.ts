import { percentOf, scaledValue } from '../../../apimachinery/int-or-string.ts';
import type { IntOrString } from '../../../apimachinery/int-or-string.ts';
import type { FieldError } from '../../../apimachinery/validation/field-error.ts';
import { invalid } from '../../../apimachinery/validation/field-error.ts';
import { isValidPercent } from '../../../apimachinery/validation/names.ts';
import { nonNegative } from './pod-template.ts';

/** The number, or the number before `%`; 0 for what is neither. */
export function amountOf(value: IntOrString): number {
  return scaledValue(value, 100, true) ?? (typeof value === 'string' ? Number.NaN : 0);
}

/** A count that is not negative, or a percentage. Models ValidatePositiveIntOrPercent (v1.34). */
export function validatePositiveIntOrPercent(value: IntOrString, path: string): FieldError[] {
  if (typeof value === 'string') return isValidPercent(value).map((message) => invalid(path, value, message));
  return nonNegative(value, path);
}

/** Models IsNotMoreThan100Percent (v1.34). */
export function notAbove100Percent(value: IntOrString, path: string): FieldError[] {
  const percent = percentOf(value);
  return percent !== undefined && percent > 100
    ? [invalid(path, value, 'must not be greater than 100%')]
    : [];
}

/** An update strategy as messages show it: upstream prints its internal type, whose fields have no JSON names. */
export function internalUpdateStrategy(
  strategy: { readonly type?: string; readonly rollingUpdate?: unknown } | undefined,
): object {
  return { Type: strategy?.type ?? '', RollingUpdate: strategy?.rollingUpdate ?? null };
}
