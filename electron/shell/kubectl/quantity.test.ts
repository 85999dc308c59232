import { expect, test } from 'vitest';
import { canonicalQuantity } from './quantity.ts';

// As `kubectl create quota --dry-run=client -o yaml` of the stock client writes them.
test.each([
  ['0.1', '100m'],
  ['1500m', '1500m'],
  ['1024Mi', '1Gi'],
  ['512Ki', '512Ki'],
  ['1000', '1k'],
  ['0', '0'],
  ['1e3', '1e3'],
  ['-2', '-2'],
])('%s is written %s', (typed, written) => {
  expect(canonicalQuantity(typed)).toBe(written);
});

test('what is no quantity has no form', () => {
  expect(canonicalQuantity('1Z')).toBeUndefined();
});
