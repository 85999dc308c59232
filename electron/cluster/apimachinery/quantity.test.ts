import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  QuantityError,
  addQuantities,
  canonicalQuantity,
  compareQuantities,
  formatQuantity,
  isQuantity,
  parseQuantity,
  quantityMilliValue,
  quantityOf,
  quantityValue,
  subtractQuantities,
} from './quantity.ts';

describe('canonical form', () => {
  test.each([
    ['0', '0'], ['0.1', '100m'], ['1000m', '1'], ['1500m', '1500m'], ['1.5', '1500m'], ['1048576', '1048576'],
    ['2048Ki', '2Mi'], ['1024Mi', '1Gi'], ['1.5Gi', '1536Mi'], ['0.5Ki', '512'], ['1000k', '1M'], ['1e9', '1e9'],
    ['1E3', '1e3'], ['12e4', '120e3'], ['1e-3', '1e-3'], ['-0.5', '-500m'], ['+3', '3'], ['0.0000000001', '1n'],
    ['100n', '100n'], ['1Ei', '1Ei'], ['9223372036854775807', '9223372036854775807'],
    ['99999999999999999999', '9223372036854775807'], ['1023Ki', '1023Ki'], ['.5', '500m'], ['5.', '5'], ['000', '0'],
  ])('%s is %s', (text, canonical) => {
    expect(canonicalQuantity(text)).toBe(canonical);
  }); // prettier-ignore

  test('numbers are read as their text', () => {
    expect(formatQuantity(parseQuantity(2))).toBe('2');
    expect(formatQuantity(parseQuantity(0.25))).toBe('250m');
  });

  test('a canonical text stays as it is', () => {
    const suffix = fc.constantFrom('', 'n', 'u', 'm', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi', 'e3', 'e6');
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), suffix, (number, unit) => {
        const once = formatQuantity(parseQuantity(`${number}${unit}`));
        const again = parseQuantity(once);
        expect(formatQuantity(again)).toBe(once);
        expect(compareQuantities(again, parseQuantity(`${number}${unit}`))).toBe(0);
      }),
    );
  });
});

describe('malformed', () => {
  const shape = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
  test.each([
    ['', shape], ['lots', shape], ['1 Gi', shape], ['1.2.3', shape], ['1GiB', shape],
    ['1Kii', "unable to parse quantity's suffix"], ['1e', "unable to parse quantity's suffix"],
    ['m', 'unable to parse numeric part of quantity'], ['.', 'unable to parse numeric part of quantity'],
  ])('%s', (text, message) => {
    expect(isQuantity(text)).toBe(false);
    expect(() => parseQuantity(text)).toThrow(new QuantityError(message));
  }); // prettier-ignore

  test('an absurd exponent does not take for ever', () => {
    expect(canonicalQuantity('1e999999999')).toBe('9223372036854775807');
    expect(canonicalQuantity('1e-999999999')).toBe('1e-9');
  });
});

describe('arithmetic', () => {
  test('the sum is written as the left one', () => {
    expect(formatQuantity(addQuantities(parseQuantity('1Gi'), parseQuantity('512Mi')))).toBe('1536Mi');
    expect(formatQuantity(addQuantities(parseQuantity('0'), parseQuantity('1Ki')))).toBe('1Ki');
    expect(formatQuantity(subtractQuantities(parseQuantity('1'), parseQuantity('250m')))).toBe('750m');
  });

  test('whole units and thousandths are rounded up', () => {
    expect(quantityValue(parseQuantity('1.5Ki'))).toBe(1536);
    expect(quantityValue(parseQuantity('1100m'))).toBe(2);
    expect(quantityMilliValue(parseQuantity('0.1001'))).toBe(101);
    expect(quantityValue(quantityOf(7))).toBe(7);
  });

  test('adding what was subtracted gives the same again', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 0, max: 1e6 }), (left, right) => {
        const a = parseQuantity(`${left}m`);
        const b = parseQuantity(`${right}m`);
        expect(compareQuantities(addQuantities(subtractQuantities(a, b), b), a)).toBe(0);
      }),
    );
  });
});
