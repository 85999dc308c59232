import { describe, expect, it } from 'vitest';
import { numberText, prometheusText } from './prometheus-text.ts';

describe('Prometheus’ text', () => {
  it.each([
    [0, '0'],
    [-1, '-1'],
    [123456, '123456'],
    [1234567, '1.234567e+06'],
    [2147483648, '2.147483648e+09'],
    [0.0001, '0.0001'],
    [0.00001, '1e-05'],
    [0.0236, '0.0236'],
    [Infinity, '+Inf'],
  ])('writes %d as Go does', (value, text) => {
    expect(numberText(value)).toBe(text);
  });

  it('has families by name, with labels escaped', () => {
    const metric = (name: string) =>
      ({ name, help: 'Help.', type: 'gauge', samples: [{ labels: { l: 'a"b\\' }, value: 1 }] }) as const;
    expect(prometheusText([metric('b'), metric('a')])).toBe(
      [
        '# HELP a Help.\n# TYPE a gauge\na{l="a\\"b\\\\"} 1\n',
        '# HELP b Help.\n# TYPE b gauge\nb{l="a\\"b\\\\"} 1\n',
      ].join(''),
    );
  });
});
