/** Lines around a change that are shown with it. */
const CONTEXT = 3;

interface Change {
  readonly sign: ' ' | '-' | '+';
  readonly line: string;
  /** Line numbers before this line, from 0. */
  readonly left: number;
  readonly right: number;
}

/** A unified diff of two texts given as lines, without file names. Empty when they are equal. */
export function unifiedDiff(left: readonly string[], right: readonly string[]): string {
  const changes = diffLines(left, right);
  const out: string[] = [];
  let index = 0;
  while (index < changes.length) {
    if (changes[index]?.sign === ' ') {
      index += 1;
      continue;
    }
    const start = Math.max(0, index - CONTEXT);
    let end = index;
    for (let next = index; next < changes.length && next <= end + 2 * CONTEXT; next += 1) {
      if (changes[next]?.sign !== ' ') end = next;
    }
    const stop = Math.min(changes.length, end + CONTEXT + 1);
    const hunk = changes.slice(start, stop);
    const first = hunk[0] as Change;
    const count = (sign: '-' | '+'): number =>
      hunk.filter((change) => change.sign === ' ' || change.sign === sign).length;
    out.push(`@@ -${first.left + 1},${count('-')} +${first.right + 1},${count('+')} @@`);
    out.push(...hunk.map((change) => `${change.sign}${change.line}`));
    index = stop;
  }
  return out.length === 0 ? '' : `${out.join('\n')}\n`;
}

function diffLines(left: readonly string[], right: readonly string[]): Change[] {
  let from = 0;
  while (from < left.length && from < right.length && left[from] === right[from]) from += 1;
  let leftEnd = left.length;
  let rightEnd = right.length;
  while (leftEnd > from && rightEnd > from && left[leftEnd - 1] === right[rightEnd - 1]) {
    leftEnd -= 1;
    rightEnd -= 1;
  }
  const changes: Change[] = [];
  for (let index = 0; index < from; index += 1)
    changes.push({ sign: ' ', line: left[index] as string, left: index, right: index });
  changes.push(...diffMiddle(left, right, from, leftEnd, rightEnd));
  for (let offset = 0; leftEnd + offset < left.length; offset += 1) {
    changes.push({
      sign: ' ',
      line: left[leftEnd + offset] as string,
      left: leftEnd + offset,
      right: rightEnd + offset,
    });
  }
  return changes;
}

/** Longest common subsequence of what lies between the equal beginning and end. */
function diffMiddle(
  left: readonly string[],
  right: readonly string[],
  from: number,
  leftEnd: number,
  rightEnd: number,
): Change[] {
  const rows = leftEnd - from;
  const columns = rightEnd - from;
  const lengths: Uint32Array[] = Array.from({ length: rows + 1 }, () => new Uint32Array(columns + 1));
  const cell = (row: number, column: number): number => (lengths[row] as Uint32Array)[column] as number;
  for (let row = rows - 1; row >= 0; row -= 1) {
    for (let column = columns - 1; column >= 0; column -= 1) {
      (lengths[row] as Uint32Array)[column] =
        left[from + row] === right[from + column]
          ? cell(row + 1, column + 1) + 1
          : Math.max(cell(row + 1, column), cell(row, column + 1));
    }
  }
  const changes: Change[] = [];
  let row = 0;
  let column = 0;
  while (row < rows || column < columns) {
    const at = { left: from + row, right: from + column };
    if (row < rows && column < columns && left[at.left] === right[at.right]) {
      changes.push({ sign: ' ', line: left[at.left] as string, ...at });
      row += 1;
      column += 1;
    } else if (row < rows && (column >= columns || cell(row + 1, column) >= cell(row, column + 1))) {
      changes.push({ sign: '-', line: left[at.left] as string, ...at });
      row += 1;
    } else {
      changes.push({ sign: '+', line: right[at.right] as string, ...at });
      column += 1;
    }
  }
  return changes;
}
