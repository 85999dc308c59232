/** What the two sides of a diff are called in its first two lines. */
export interface DiffNames {
  readonly left: string;
  readonly right: string;
}

const CONTEXT = 3;
/** Beyond this many line pairs the sides are shown as wholly different: nobody reads such a diff. */
const MAX_CELLS = 25_000_000;

interface Line {
  readonly mark: ' ' | '-' | '+';
  readonly text: string;
}

/** A unified diff as `diff -u` writes it; '' when the texts are equal. Texts end in a newline or are empty. */
export function unifiedDiff(left: string, right: string, names: DiffNames): string {
  if (left === right) return '';
  const script = editScript(linesOf(left), linesOf(right));
  return `--- ${names.left}\n+++ ${names.right}\n${hunks(script).join('')}`;
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** All lines of both sides in order: by the longest common subsequence, removals before additions. */
function editScript(left: readonly string[], right: readonly string[]): Line[] {
  let start = 0;
  while (start < left.length && start < right.length && left[start] === right[start]) start += 1;
  let end = 0;
  while (
    end < Math.min(left.length, right.length) - start &&
    left[left.length - 1 - end] === right[right.length - 1 - end]
  )
    end += 1;
  const same = (text: string): Line => ({ mark: ' ', text });
  return [
    ...left.slice(0, start).map(same),
    ...middle(left.slice(start, left.length - end), right.slice(start, right.length - end)),
    ...left.slice(left.length - end).map(same),
  ];
}

function middle(left: readonly string[], right: readonly string[]): Line[] {
  const removed = (text: string): Line => ({ mark: '-', text });
  const added = (text: string): Line => ({ mark: '+', text });
  const width = right.length + 1;
  if (left.length * width > MAX_CELLS) return [...left.map(removed), ...right.map(added)];
  // common[i * width + j]: length of what is common from line i of the left and j of the right on.
  const common = new Uint32Array((left.length + 1) * width);
  const at = (i: number, j: number): number => common[i * width + j] as number;
  for (let i = left.length - 1; i >= 0; i -= 1) {
    for (let j = right.length - 1; j >= 0; j -= 1) {
      common[i * width + j] =
        left[i] === right[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const script: Line[] = [];
  let [i, j] = [0, 0];
  while (i < left.length || j < right.length) {
    const [mine, theirs] = [left[i], right[j]];
    if (mine !== undefined && mine === theirs) {
      script.push({ mark: ' ', text: mine });
      i += 1;
      j += 1;
    } else if (mine !== undefined && (theirs === undefined || at(i + 1, j) >= at(i, j + 1))) {
      script.push(removed(mine));
      i += 1;
    } else {
      script.push(added(theirs as string));
      j += 1;
    }
  }
  return script;
}

/** Changes with three lines around them; those whose surroundings touch are one hunk. */
function hunks(script: readonly Line[]): string[] {
  const changed = script.flatMap(({ mark }, index) => (mark === ' ' ? [] : [index]));
  const groups: [number, number][] = [];
  for (const index of changed) {
    const last = groups.at(-1);
    if (last !== undefined && index - last[1] - 1 <= 2 * CONTEXT) last[1] = index;
    else groups.push([index, index]);
  }
  return groups.map(([first, last]) =>
    hunk(script, Math.max(0, first - CONTEXT), Math.min(script.length, last + CONTEXT + 1)),
  );
}

function hunk(script: readonly Line[], from: number, to: number): string {
  const count = (lines: readonly Line[], mark: '-' | '+'): number =>
    lines.filter((line) => line.mark === ' ' || line.mark === mark).length;
  const shown = script.slice(from, to);
  const before = script.slice(0, from);
  const range = (mark: '-' | '+'): string => {
    const lines = count(shown, mark);
    // An empty side is named by the line before it.
    const begin = count(before, mark) + (lines === 0 ? 0 : 1);
    return lines === 1 ? String(begin) : `${begin},${lines}`;
  };
  const body = shown.map(({ mark, text }) => `${mark}${text}\n`).join('');
  return `@@ -${range('-')} +${range('+')} @@\n${body}`;
}
