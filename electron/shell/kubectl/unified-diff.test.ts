import fc from 'fast-check';
import { expect, test } from 'vitest';
import { unifiedDiff } from './unified-diff.ts';

const names = { left: 'a', right: 'b' };
const text = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

/** What is left of a diff when it is applied: the way `patch` reads it. */
function applied(left: string, diff: string): string {
  const lines = left.split('\n').slice(0, -1);
  const out: string[] = [];
  let next = 0;
  for (const line of diff.split('\n').slice(2, -1)) {
    const hunk = /^@@ -(\d+)(?:,(\d+))? /.exec(line);
    if (hunk !== null) {
      const begin = Number(hunk[1]) - (hunk[2] === '0' ? 0 : 1);
      while (next < begin) out.push(lines[next++] as string);
    } else if (line.startsWith('+')) out.push(line.slice(1));
    else {
      expect(lines[next]).toBe(line.slice(1));
      if (line.startsWith(' ')) out.push(lines[next] as string);
      next += 1;
    }
  }
  return text([...out, ...lines.slice(next)]);
}

test('a change is shown with three lines around it, as diff -u shows it', () => {
  const left = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12'];
  const right = left.map((line) => (line === '6' ? 'six' : line));
  expect(unifiedDiff(text(left), text(right), names)).toBe(
    '--- a\n+++ b\n@@ -3,7 +3,7 @@\n 3\n 4\n 5\n-6\n+six\n 7\n 8\n 9\n',
  );
});

test('an empty side is named by the line before it, one line without a count', () => {
  expect(unifiedDiff('', 'x\n', names)).toBe('--- a\n+++ b\n@@ -0,0 +1 @@\n+x\n');
  expect(unifiedDiff('x\ny\n', '', names)).toBe('--- a\n+++ b\n@@ -1,2 +0,0 @@\n-x\n-y\n');
  expect(unifiedDiff('x\n', 'x\n', names)).toBe('');
});

test('changes far from one another are hunks of their own, near ones are one', () => {
  const lines = Array.from({ length: 20 }, (_, index) => `l${index}`);
  const change = (...at: number[]): string =>
    text(lines.map((line, index) => (at.includes(index) ? 'x' : line)));
  const hunks = (other: string): number => unifiedDiff(text(lines), other, names).split('@@ -').length - 1;
  expect(hunks(change(3, 10))).toBe(1);
  expect(hunks(change(3, 11))).toBe(2);
});

test('applied to the left it gives the right', () => {
  const side = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 25 });
  fc.assert(
    fc.property(side, side, (left, right) => {
      const diff = unifiedDiff(text(left), text(right), names);
      if (diff !== '') expect(applied(text(left), diff)).toBe(text(right));
      else expect(left).toEqual(right);
    }),
  );
});
