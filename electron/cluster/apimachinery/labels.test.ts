import { describe, expect, test } from 'vitest';
import { FieldSelectorError, formatFieldSelector, matchesFields, parseFieldSelector } from './fields.ts';
import { parseLabelSelector } from './label-parser.ts';
import {
  LabelSelectorError,
  NOTHING,
  formatLabelSelector,
  formatSelector,
  matchesLabels,
  selectorFromLabelSelector,
} from './labels.ts';

const labels = { app: 'web', env: 'prod', n: '5' };

describe('label selectors', () => {
  test.each([
    ['', true], ['app=web', true], ['app==web', true], ['app!=web', false], ['env in (prod,test)', true],
    ['env notin (prod)', false], ['none notin (prod)', true], ['app', true], ['!app', false], ['!none', true],
    ['n>4', true], ['n<4', false], ['app=web,env=test', false], ['none=', false], ['app = web , env in ( prod )', true],
  ])('%s', (text, matches) => {
    expect(matchesLabels(parseLabelSelector(text), labels)).toBe(matches);
  }); // prettier-ignore

  const nameRule =
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
  const long = 'this-value-is-far-too-long-for-a-label-value-because-it-has-more-than-63';
  test.each([
    ['env in prod', "unable to parse requirement: found 'prod' expected: '('"],
    ['env=a b', "found 'b', expected: ',' or 'end of string'"],
    ['a=b,,c', "found ',', expected: identifier after ','"],
    ['-x=y', `unable to parse requirement: <nil>: Invalid value: "-x": ${nameRule}`],
    ['env in (a', "unable to parse requirement: found '', expected: ',' or ')'"],
    [
      `k=${long}`,
      `unable to parse requirement: values[0][k]: Invalid value: "${long}": must be no more than 63 characters`,
    ],
    ['(', "found '(', expected: !, identifier, or 'end of string'"],
    ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    [
      'n>x',
      `unable to parse requirement: values[0]: Invalid value: "x": for 'Gt', 'Lt' operators, the value must be an integer`,
    ],
  ])('refuses %s', (text, message) => {
    expect(() => parseLabelSelector(text)).toThrow(new LabelSelectorError(message));
  });

  test('text of a selector', () => {
    expect(formatSelector(parseLabelSelector('env in (b,a),!x,app=web,y'))).toBe('app=web,env in (a,b),!x,y');
  });

  test('LabelSelector objects: absent matches nothing, empty everything', () => {
    expect(selectorFromLabelSelector(undefined)).toBe(NOTHING);
    expect(matchesLabels(selectorFromLabelSelector(undefined), labels)).toBe(false);
    expect(matchesLabels(selectorFromLabelSelector({}), labels)).toBe(true);
    const selector = {
      matchLabels: { app: 'web' },
      matchExpressions: [{ key: 'env', operator: 'In', values: ['prod'] }],
    };
    expect(matchesLabels(selectorFromLabelSelector(selector), labels)).toBe(true);
    expect(formatLabelSelector(selector)).toBe('app=web,env in (prod)');
    expect(formatLabelSelector(undefined)).toBe('<none>');
    expect(() => selectorFromLabelSelector({ matchExpressions: [{ key: 'a', operator: 'Near' }] })).toThrow(
      '"Near" is not a valid label selector operator',
    );
  });
});

describe('field selectors', () => {
  test('terms', () => {
    const parsed = parseFieldSelector('status.phase!=Running,metadata.name=a\\,b');
    expect(parsed).toEqual([
      { field: 'status.phase', negated: true, value: 'Running' },
      { field: 'metadata.name', negated: false, value: 'a,b' },
    ]);
    expect(formatFieldSelector(parsed)).toBe('status.phase!=Running,metadata.name=a\\,b');
    expect(matchesFields(parsed, { 'status.phase': 'Pending', 'metadata.name': 'a,b' })).toBe(true);
    expect(matchesFields(parsed, { 'status.phase': 'Running', 'metadata.name': 'a,b' })).toBe(false);
    expect(matchesFields(parseFieldSelector('spec.nodeName='), { 'spec.nodeName': '' })).toBe(true);
  });

  test('refuses what is no term', () => {
    expect(() => parseFieldSelector('nonsense')).toThrow(
      new FieldSelectorError("invalid selector: 'nonsense'; can't understand 'nonsense'"),
    );
  });
});
