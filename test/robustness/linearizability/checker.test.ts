import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkLinearizable, type Model, type Operation } from './checker.testing.ts';
import { type RegisterInput, registerModel, type RegisterOutput } from './register-model.testing.ts';

type Op = Operation<RegisterInput, RegisterOutput>;

const read = (called: number, returned: number, output: string, key = 'k'): Op => ({
  client: 'c',
  input: { op: 'read', key },
  output,
  called,
  returned,
});
const write = (called: number, returned: number | undefined, value: string, key = 'k'): Op => ({
  client: 'c',
  input: { op: 'write', key, value },
  output: returned === undefined ? undefined : 'ok',
  called,
  returned,
});
const cas = (
  called: number,
  returned: number | undefined,
  from: string,
  value: string,
  output?: string,
): Op => ({
  client: 'c',
  input: { op: 'cas', key: 'k', from, value },
  output,
  called,
  returned,
});

const LINEARIZABLE: readonly [string, readonly Op[]][] = [
  ['nothing', []],
  ['one after the other', [write(0, 1, 'a'), read(2, 3, 'a'), write(4, 5, 'b'), read(6, 7, 'b')]],
  ['a read during a write sees the old value', [write(0, 1, 'a'), write(2, 9, 'b'), read(3, 4, 'a')]],
  ['a read during a write sees the new value', [write(0, 1, 'a'), write(2, 9, 'b'), read(3, 4, 'b')]],
  [
    'two reads during a write see old, then new',
    [write(0, 1, 'a'), write(2, 9, 'b'), read(3, 4, 'a'), read(5, 6, 'b')],
  ],
  ['a write without an answer has happened', [write(0, undefined, 'a'), read(5, 6, 'a')]],
  ['a write without an answer has not happened yet', [write(0, undefined, 'a'), read(5, 6, '')]],
  ['a write without an answer happens late', [write(0, undefined, 'a'), read(5, 6, ''), read(7, 8, 'a')]],
  ['one of two swaps wins', [write(0, 1, 'a'), cas(2, 5, 'a', 'b', 'ok'), cas(3, 6, 'a', 'c', 'failed')]],
  ['a chain of swaps that overlap', [cas(0, 9, 'b', 'c', 'ok'), cas(1, 8, 'a', 'b', 'ok'), write(2, 7, 'a')]],
  ['keys are apart', [write(0, 1, 'a', 'x'), read(2, 3, '', 'y')]],
  ['touching times overlap', [write(0, 2, 'a'), read(2, 3, '')]],
];

const NOT_LINEARIZABLE: readonly [string, readonly Op[]][] = [
  ['a stale read', [write(0, 1, 'a'), write(2, 3, 'b'), read(4, 5, 'a')]],
  ['a value from nowhere', [read(0, 1, 'z')]],
  [
    'two reads during a write see new, then old',
    [write(0, 1, 'a'), write(2, 9, 'b'), read(3, 4, 'b'), read(5, 6, 'a')],
  ],
  ['a write is lost', [write(0, 1, 'a'), read(2, 3, '')]],
  [
    'an unanswered write happens twice',
    [write(0, undefined, 'a'), read(2, 3, 'a'), write(4, 5, 'b'), read(6, 7, 'a'), read(8, 9, 'b')],
  ],
  ['two swaps win', [write(0, 1, 'a'), cas(2, 5, 'a', 'b', 'ok'), cas(3, 6, 'a', 'c', 'ok')]],
  ['a swap fails for no reason', [write(0, 1, 'a'), cas(2, 3, 'a', 'b', 'failed')]],
  ['a write is seen before it was called', [read(0, 1, 'a'), write(2, 3, 'a')]],
  [
    'only one of the keys',
    [write(0, 1, 'a', 'x'), write(0, 1, 'a', 'y'), read(2, 3, 'a', 'x'), read(2, 3, '', 'y')],
  ],
];

test.each(LINEARIZABLE)('linearizable: %s', (_, operations) => {
  expect(checkLinearizable(registerModel, operations)).toEqual({ linearizable: true });
});

test.each(NOT_LINEARIZABLE)('not linearizable: %s', (_, operations) => {
  expect(checkLinearizable(registerModel, operations).linearizable).toBe(false);
});

test('the partition that fails is named', () => {
  const operations = [write(0, 1, 'a', 'x'), read(2, 3, 'a', 'x'), read(2, 3, 'q', 'y')];
  expect(checkLinearizable(registerModel, operations)).toEqual({
    linearizable: false,
    partition: 'y',
    operations: [operations[2]],
  });
});

/** Histories of a real register: each operation happens at a moment between its call and its return. */
const history = fc.array(
  fc.record({
    at: fc.integer({ min: 0, max: 60 }),
    before: fc.integer({ min: 0, max: 15 }),
    after: fc.integer({ min: 0, max: 15 }),
    op: fc.constantFrom('read' as const, 'write' as const, 'cas' as const),
    value: fc.constantFrom('a', 'b', 'c'),
    from: fc.constantFrom('', 'a', 'b'),
    lost: fc.boolean(),
  }),
  { maxLength: 14 },
);

test('what a register did is linearizable, whatever overlaps and whoever did not hear the answer', () => {
  fc.assert(
    fc.property(history, (raw) => {
      let state = '';
      const operations = raw
        .toSorted((left, right) => left.at - right.at)
        .map((each, index): Op => {
          const input: RegisterInput =
            each.op === 'read'
              ? { op: 'read', key: 'k' }
              : each.op === 'write'
                ? { op: 'write', key: 'k', value: each.value }
                : { op: 'cas', key: 'k', from: each.from, value: each.value };
          const swaps = input.op === 'cas' && state === input.from;
          const output = input.op === 'read' ? state : input.op === 'write' || swaps ? 'ok' : 'failed';
          if (input.op === 'write' || (input.op === 'cas' && swaps)) state = input.value;
          const time = each.at * 100 + index;
          const lost = each.lost && input.op !== 'read';
          return {
            client: `${index}`,
            input,
            output: lost ? undefined : output,
            called: time - each.before * 100,
            returned: lost ? undefined : time + each.after * 100,
          };
        });
      return checkLinearizable(registerModel, operations).linearizable === true;
    }),
    { numRuns: 300, seed: 7 },
  );
});

/** All orders, tried one by one. */
function naive(operations: readonly Op[], state = ''): boolean {
  if (operations.every(({ returned }) => returned === undefined)) return true;
  const firstReturn = Math.min(...operations.map(({ returned }) => returned ?? Infinity));
  return operations.some((operation) => {
    if (operation.called > firstReturn) return false;
    const next = registerModel.step(state, operation.input, operation.output);
    return (
      next !== undefined &&
      naive(
        operations.filter((other) => other !== operation),
        next.state,
      )
    );
  });
}

test('the checker agrees with trying all orders, on histories of which many are impossible', () => {
  const arbitrary = fc.array(
    fc.oneof(
      fc.record({ op: fc.constant('read' as const), output: fc.constantFrom('', 'a', 'b', 'c') }),
      fc.record({ op: fc.constant('write' as const), output: fc.constantFrom('a', 'b', 'lost a', 'lost b') }),
      fc.record({
        op: fc.constant('cas' as const),
        output: fc.constantFrom('ok', 'failed', 'lost'),
        from: fc.constantFrom('a', 'b', 'c'),
        value: fc.constantFrom('a', 'b', 'c'),
      }),
    ),
    { maxLength: 7 },
  );
  let impossible = 0;
  let possible = 0;
  fc.assert(
    fc.property(arbitrary, fc.infiniteStream(fc.integer({ min: 0, max: 12 })), (raw, numbers) => {
      const operations = raw.map((each): Op => {
        const { op, output } = each;
        const called = numbers.next().value as number;
        const returned = called + (numbers.next().value as number);
        if (op === 'read') return read(called, returned, output);
        if (op === 'write')
          return write(called, output.startsWith('lost') ? undefined : returned, output.replace('lost ', ''));
        return cas(
          called,
          output === 'lost' ? undefined : returned,
          each.from,
          each.value,
          output === 'lost' ? undefined : output,
        );
      });
      const expected = naive(operations);
      if (expected) possible += 1;
      else impossible += 1;
      return checkLinearizable(registerModel, operations).linearizable === expected;
    }),
    { numRuns: 3000, seed: 11 },
  );
  expect(Math.min(possible, impossible)).toBeGreaterThan(500);
});

test('a model whose operations do not replace the state: an unanswered append may stand between others', () => {
  const log: Model<string, string, string> = {
    initial: '',
    replaces: false,
    partition: () => '',
    key: (state) => state,
    step: (state, input, output) => {
      if (input !== 'read') return { state: state + input };
      return output === undefined || output === state ? { state } : undefined;
    },
  };
  const append = (
    called: number,
    returned: number | undefined,
    input: string,
  ): Operation<string, string> => ({
    client: 'c',
    input,
    output: returned === undefined ? undefined : 'ok',
    called,
    returned,
  });
  const seen = (output: string): Operation<string, string> => ({ ...append(9, 10, 'read'), output });
  const history = [append(0, 1, 'a'), append(2, undefined, 'x'), append(3, 4, 'b')];
  expect(checkLinearizable(log, [...history, seen('axb')]).linearizable).toBe(true);
  expect(checkLinearizable(log, [...history, seen('ab')]).linearizable).toBe(true);
  expect(checkLinearizable(log, [...history, seen('xab')]).linearizable).toBe(false);
});

test('a search that takes too long is given up, and says so', () => {
  const operations: Op[] = [];
  for (let index = 0; index < 12; index += 1) operations.push(write(0, 100, `v${index}`));
  const impossible = [...operations, read(200, 201, 'never written')];
  expect(checkLinearizable(registerModel, impossible, 500).linearizable).toBe('undecided');
  expect(checkLinearizable(registerModel, operations, 500).linearizable).toBe(true);
});

test('forty writers without answers do not blow up the search', () => {
  const operations: Op[] = [];
  for (let index = 0; index < 40; index += 1) operations.push(write(index, undefined, `v${index}`));
  for (let index = 0; index < 40; index += 1)
    operations.push(read(100 + 2 * index, 101 + 2 * index, `v${index}`));
  expect(checkLinearizable(registerModel, operations).linearizable).toBe(true);
});
