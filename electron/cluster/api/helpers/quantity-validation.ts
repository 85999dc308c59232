import { compareQuantities, parseQuantity } from '../../apimachinery/quantity.ts';
import type { FieldError } from '../../apimachinery/validation/field-error.ts';
import { invalid } from '../../apimachinery/validation/field-error.ts';

const ZERO = parseQuantity('0');

/** Models ValidateNonnegativeQuantity (v1.34). */
export function nonNegativeQuantity(written: string, path: string): FieldError[] {
  const negative = compareQuantities(parseQuantity(written), ZERO) < 0;
  return negative ? [invalid(path, written, 'must be greater than or equal to 0')] : [];
}

/** Models ValidatePositiveQuantityValue (v1.34). */
export function positiveQuantity(written: string, path: string): FieldError[] {
  const positive = compareQuantities(parseQuantity(written), ZERO) > 0;
  return positive ? [] : [invalid(path, written, 'must be greater than zero')];
}
