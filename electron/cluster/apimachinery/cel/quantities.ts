import { CelScalar, celFunc, celMethod } from '@bufbuild/cel';
import type { CelFunc, CelValue } from '@bufbuild/cel';
import type { Quantity } from '../quantity.ts';
import {
  addQuantities,
  compareQuantities,
  isQuantity,
  parseQuantity,
  quantityOf,
  subtractQuantities,
} from '../quantity.ts';
import { fieldsOf, opaque } from './opaque.ts';

const { BOOL, DOUBLE, DYN, INT, STRING } = CelScalar;
const NANO = 1_000_000_000n;
const MAX_INT = (1n << 63n) - 1n;

const wrap = ({ nanos }: Quantity) => opaque('quantity', { nanos: String(nanos) });

function nanosOf(value: CelValue): bigint {
  return BigInt(fieldsOf(value, 'quantity')['nanos'] ?? '0');
}

const quantity = (value: CelValue): Quantity => ({ nanos: nanosOf(value), format: 'DecimalSI' });
const operand = (value: CelValue): Quantity =>
  typeof value === 'bigint' ? quantityOf(value) : quantity(value);

function isWhole(nanos: bigint): boolean {
  const whole = nanos / NANO;
  return nanos % NANO === 0n && whole <= MAX_INT && whole >= -MAX_INT - 1n;
}

/** Amounts as resources have them. Models apiserver/pkg/cel/library/quantity.go (v1.34). */
export const QUANTITIES: readonly CelFunc[] = [
  celFunc('quantity', [STRING], DYN, (text) => wrap(parseQuantity(text))),
  celFunc('isQuantity', [STRING], BOOL, (text) => isQuantity(text)),
  celMethod('sign', DYN, [], INT, function () {
    const nanos = nanosOf(this);
    return nanos === 0n ? 0n : nanos < 0n ? -1n : 1n;
  }),
  celMethod('isInteger', DYN, [], BOOL, function () {
    return isWhole(nanosOf(this));
  }),
  celMethod('asInteger', DYN, [], INT, function () {
    const nanos = nanosOf(this);
    if (!isWhole(nanos)) throw new Error('cannot convert value to integer');
    return nanos / NANO;
  }),
  celMethod('asApproximateFloat', DYN, [], DOUBLE, function () {
    return Number(nanosOf(this)) / Number(NANO);
  }),
  celMethod('add', DYN, [DYN], DYN, function (other) {
    return wrap(addQuantities(quantity(this), operand(other)));
  }),
  celMethod('sub', DYN, [DYN], DYN, function (other) {
    return wrap(subtractQuantities(quantity(this), operand(other)));
  }),
  celMethod('isLessThan', DYN, [DYN], BOOL, function (other) {
    return nanosOf(this) < nanosOf(other);
  }),
  celMethod('isGreaterThan', DYN, [DYN], BOOL, function (other) {
    return nanosOf(this) > nanosOf(other);
  }),
  celMethod('compareTo', DYN, [DYN], INT, function (other) {
    return BigInt(compareQuantities(quantity(this), quantity(other)));
  }),
];
