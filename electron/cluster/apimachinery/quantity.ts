/** How a quantity was written, which decides how its canonical form is. */
export type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent';

/** An exact amount. `nanos` is the value times 10^9; nothing smaller is kept (it is rounded away from zero). */
export interface Quantity {
  readonly nanos: bigint;
  readonly format: QuantityFormat;
}

/** The text is no quantity. `message` is upstream's. */
export class QuantityError extends Error {}

const FORMAT_WRONG =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const SUFFIX_WRONG = "unable to parse quantity's suffix";
const NUMERIC_WRONG = 'unable to parse numeric part of quantity';

const NANO = 1_000_000_000n;
/** Values beyond are cut to it: the largest int64, as upstream. */
const MAX_NANOS = ((1n << 63n) - 1n) * NANO;

const DECIMAL_SUFFIXES: ReadonlyMap<string, number> = new Map([
  ['n', -9], ['u', -6], ['m', -3], ['', 0], ['k', 3], ['M', 6], ['G', 9], ['T', 12], ['P', 15], ['E', 18],
]); // prettier-ignore
const DECIMAL_BY_EXPONENT = new Map([...DECIMAL_SUFFIXES].map(([suffix, exponent]) => [exponent, suffix]));
const BINARY_SUFFIXES = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

const SHAPE = /^([+-]?)([0-9]*)(?:(\.)([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)$/;
const EXPONENT = /^[eE]([+-]?[0-9]+)$/;

const parsed = new Map<string, Quantity>();
const MAX_CACHED = 2000;

/**
 * Parses a quantity: `100m`, `1.5Gi`, `1e3`. Numbers, as JSON may carry them, are read as their text.
 * Models resource.ParseQuantity (v1.34). @throws QuantityError
 */
export function parseQuantity(value: string | number): Quantity {
  const text = String(value);
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const quantity = parseText(text);
  if (parsed.size >= MAX_CACHED) parsed.clear();
  parsed.set(text, quantity);
  return quantity;
}

function parseText(text: string): Quantity {
  if (text === '') throw new QuantityError(FORMAT_WRONG);
  const match = SHAPE.exec(text);
  if (match === null) throw new QuantityError(FORMAT_WRONG);
  const [, sign, whole = '', point, fraction = '', suffix = ''] = match;
  if (whole === '' && (point === undefined || fraction === '')) throw new QuantityError(NUMERIC_WRONG);
  const mantissa = BigInt(whole + fraction || '0');
  const { format, multiplier, exponent } = interpretSuffix(suffix);
  const power = exponent - fraction.length + 9;
  let nanos: bigint;
  if (mantissa === 0n) nanos = 0n;
  else if (power + String(mantissa).length > 40) nanos = MAX_NANOS;
  else if (power >= 0) nanos = mantissa * multiplier * 10n ** BigInt(power);
  else if (-power > 60 + String(mantissa).length) nanos = 1n;
  else nanos = divideUp(mantissa * multiplier, 10n ** BigInt(-power));
  if (nanos > MAX_NANOS) nanos = MAX_NANOS;
  return { nanos: sign === '-' ? -nanos : nanos, format };
}

function interpretSuffix(suffix: string): { format: QuantityFormat; multiplier: bigint; exponent: number } {
  const decimal = DECIMAL_SUFFIXES.get(suffix);
  if (decimal !== undefined) return { format: 'DecimalSI', multiplier: 1n, exponent: decimal };
  const binary = BINARY_SUFFIXES.indexOf(suffix);
  if (binary > 0) return { format: 'BinarySI', multiplier: 1n << BigInt(10 * binary), exponent: 0 };
  const exponent = EXPONENT.exec(suffix);
  if (exponent === null) throw new QuantityError(SUFFIX_WRONG);
  const power = Math.max(-1000, Math.min(1000, Number(exponent[1])));
  return { format: 'DecimalExponent', multiplier: 1n, exponent: power };
}

/** Division of non-negative numbers, rounded up. */
function divideUp(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor;
}

/** True when the text is a quantity. */
export function isQuantity(value: string | number): boolean {
  try {
    parseQuantity(value);
    return true;
  } catch (error) {
    if (error instanceof QuantityError) return false;
    throw error;
  }
}

/** The canonical text. Models Quantity.CanonicalizeBytes (v1.34). */
export function formatQuantity(quantity: Quantity): string {
  const { nanos } = quantity;
  if (nanos === 0n) return '0';
  const negative = nanos < 0n;
  const absolute = negative ? -nanos : nanos;
  const binary = quantity.format === 'BinarySI' && absolute >= 1024n * NANO && absolute % NANO === 0n;
  const text = binary
    ? formatBinary(absolute / NANO)
    : formatDecimal(absolute, quantity.format === 'DecimalExponent');
  return negative ? `-${text}` : text;
}

function formatBinary(value: bigint): string {
  let power = 0;
  while (power < 6 && value % 1024n === 0n) {
    value /= 1024n;
    power += 1;
  }
  return `${value}${BINARY_SUFFIXES[power] as string}`;
}

function formatDecimal(nanos: bigint, asExponent: boolean): string {
  let exponent = -9;
  while (exponent < 18 && nanos % 1000n === 0n) {
    nanos /= 1000n;
    exponent += 3;
  }
  if (asExponent) return exponent === 0 ? `${nanos}` : `${nanos}e${exponent}`;
  return `${nanos}${DECIMAL_BY_EXPONENT.get(exponent) as string}`;
}

const canonical = new Map<string | number, string>();

/** The canonical text of a quantity's text; a text that is none comes back as it is. */
export function canonicalQuantity(value: string | number): string {
  const known = canonical.get(value);
  if (known !== undefined) return known;
  let text: string;
  try {
    text = formatQuantity(parseQuantity(value));
  } catch (error) {
    if (error instanceof QuantityError) return String(value);
    throw error;
  }
  if (canonical.size >= MAX_CACHED) canonical.clear();
  canonical.set(value, text);
  return text;
}

/** -1, 0 or 1. */
export function compareQuantities(left: Quantity, right: Quantity): number {
  if (left.nanos === right.nanos) return 0;
  return left.nanos < right.nanos ? -1 : 1;
}

/** The sum, written as the left one is (as the right one, when the left is zero). */
export function addQuantities(left: Quantity, right: Quantity): Quantity {
  const format = left.nanos === 0n ? right.format : left.format;
  return { nanos: clamp(left.nanos + right.nanos), format };
}

export function subtractQuantities(left: Quantity, right: Quantity): Quantity {
  const format = left.nanos === 0n ? right.format : left.format;
  return { nanos: clamp(left.nanos - right.nanos), format };
}

function clamp(nanos: bigint): bigint {
  if (nanos > MAX_NANOS) return MAX_NANOS;
  return nanos < -MAX_NANOS ? -MAX_NANOS : nanos;
}

/** Whole units, fractions rounded away from zero: bytes of `1.5Ki`. Models Quantity.Value. */
export function quantityValue(quantity: Quantity): number {
  return scaleUp(quantity.nanos, NANO);
}

/** Thousandths, rounded away from zero: millicores of `0.5`. Models Quantity.MilliValue. */
export function quantityMilliValue(quantity: Quantity): number {
  return scaleUp(quantity.nanos, 1_000_000n);
}

function scaleUp(nanos: bigint, unit: bigint): number {
  return nanos < 0n ? -Number(divideUp(-nanos, unit)) : Number(divideUp(nanos, unit));
}

/** A quantity of so many whole units. */
export function quantityOf(value: number | bigint, format: QuantityFormat = 'DecimalSI'): Quantity {
  return { nanos: clamp(BigInt(value) * NANO), format };
}

/** A quantity of so many thousandths. */
export function quantityOfMilli(value: number | bigint, format: QuantityFormat = 'DecimalSI'): Quantity {
  return { nanos: clamp(BigInt(value) * 1_000_000n), format };
}
