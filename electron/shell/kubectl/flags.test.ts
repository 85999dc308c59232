import { expect, test } from 'vitest';
import type { FlagSpec } from './flags.ts';
import { FlagSet, splitCsv } from './flags.ts';

const help = { en: '', 'pt-BR': '' };
const specs: readonly FlagSpec[] = [
  { name: 'output', short: 'o', kind: 'string', help },
  { name: 'watch', short: 'w', kind: 'bool', help },
  { name: 'all-namespaces', short: 'A', kind: 'bool', help },
  { name: 'replicas', short: 'r', kind: 'int', help },
  { name: 'timeout', kind: 'duration', initial: '30s', help },
  { name: 'label-columns', short: 'L', kind: 'slice', help },
  { name: 'from-literal', kind: 'array', help },
  { name: 'dry-run', kind: 'string', initial: 'none', alone: 'unchanged', help },
];

test('long, short, joined, bundled and after arguments', () => {
  const flags = new FlagSet(specs);
  expect(
    flags.parse(['pods', '-wA', '--output', 'wide', 'web', '-r=3', '--dry-run', '-Lapp,tier', '-L', 'x']),
  ).toEqual(['pods', 'web']);
  expect([
    flags.bool('watch'),
    flags.bool('all-namespaces'),
    flags.string('output'),
    flags.number('replicas'),
  ]).toEqual([true, true, 'wide', 3]);
  expect(flags.list('label-columns')).toEqual(['app', 'tier', 'x']);
  expect([flags.string('dry-run'), flags.number('timeout'), flags.changed('timeout')]).toEqual([
    'unchanged',
    30_000,
    false,
  ]);
});

test('what follows -- is left alone', () => {
  const flags = new FlagSet(specs);
  expect(flags.parse(['pod', '--', 'ls', '-o'])).toEqual(['pod', 'ls', '-o']);
  expect(flags.dashAt).toBe(1);
});

test('an array keeps commas, a slice splits them as CSV', () => {
  const flags = new FlagSet(specs);
  flags.parse(['--from-literal=a=1,2', '--from-literal', 'b=3']);
  expect(flags.list('from-literal')).toEqual(['a=1,2', 'b=3']);
  expect(splitCsv('a,"b,c",d')).toEqual(['a', 'b,c', 'd']);
});

test.each([
  [['--nope'], 'unknown flag: --nope'],
  [['--nope=1'], 'unknown flag: --nope'],
  [['-z'], "unknown shorthand flag: 'z' in -z"],
  [['-wz'], "unknown shorthand flag: 'z' in -z"],
  [['--output'], 'flag needs an argument: --output'],
  [['-o'], "flag needs an argument: 'o' in -o"],
  [['--=x'], 'bad flag syntax: --=x'],
  [
    ['--replicas=x'],
    'invalid argument "x" for "-r, --replicas" flag: strconv.ParseInt: parsing "x": invalid syntax',
  ],
  [
    ['--watch=maybe'],
    'invalid argument "maybe" for "-w, --watch" flag: strconv.ParseBool: parsing "maybe": invalid syntax',
  ],
  [['--timeout=5'], 'invalid argument "5" for "--timeout" flag: time: missing unit in duration "5"'],
  [['--timeout=x'], 'invalid argument "x" for "--timeout" flag: time: invalid duration "x"'],
])('%j is refused', (words, message) => {
  expect(() => new FlagSet(specs).parse(words)).toThrow(message);
});
