/** A run of lines: both sides equal, or what was removed and added. Indices are 0-based, ends exclusive. */
export interface Hunk {
  equal: boolean;
  aFrom: number;
  aTo: number;
  bFrom: number;
  bTo: number;
}

/** The shortest edit between two texts, as alternating equal and changed runs (Myers' greedy algorithm). */
export function diffLines(a: readonly string[], b: readonly string[]): Hunk[] {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let tail = 0;
  while (
    tail < a.length - start &&
    tail < b.length - start &&
    a[a.length - 1 - tail] === b[b.length - 1 - tail]
  )
    tail++;
  const pairs = matches(a.slice(start, a.length - tail), b.slice(start, b.length - tail));
  const common: [number, number][] = [];
  for (let at = 0; at < start; at++) common.push([at, at]);
  for (const [x, y] of pairs) common.push([x + start, y + start]);
  for (let at = tail; at > 0; at--) common.push([a.length - at, b.length - at]);
  common.push([a.length, b.length]);
  const out: Hunk[] = [];
  let x = 0;
  let y = 0;
  for (const [nextX, nextY] of common) {
    if (nextX > x || nextY > y) out.push({ equal: false, aFrom: x, aTo: nextX, bFrom: y, bTo: nextY });
    if (nextX < a.length || nextY < b.length) {
      const last = out.at(-1);
      if (last?.equal === true) {
        last.aTo = nextX + 1;
        last.bTo = nextY + 1;
      } else out.push({ equal: true, aFrom: nextX, aTo: nextX + 1, bFrom: nextY, bTo: nextY + 1 });
    }
    x = nextX + 1;
    y = nextY + 1;
  }
  return out;
}

function matches(a: readonly string[], b: readonly string[]): [number, number][] {
  const limit = a.length + b.length;
  let furthest = new Map<number, number>([[1, 0]]);
  const trace: Map<number, number>[] = [];
  for (let edits = 0; edits <= limit; edits++) {
    trace.push(new Map(furthest));
    const next = new Map(furthest);
    for (let k = -edits; k <= edits; k += 2) {
      const down = k === -edits || (k !== edits && (next.get(k - 1) ?? -1) < (next.get(k + 1) ?? -1));
      let x = down ? (next.get(k + 1) ?? 0) : (next.get(k - 1) ?? 0) + 1;
      while (x < a.length && x - k < b.length && x - k >= 0 && a[x] === b[x - k]) x++;
      next.set(k, x);
      if (x >= a.length && x - k >= b.length) return backtrack(trace, a.length, b.length);
    }
    furthest = next;
  }
  return [];
}

function backtrack(
  trace: readonly Map<number, number>[],
  aLength: number,
  bLength: number,
): [number, number][] {
  const out: [number, number][] = [];
  let x = aLength;
  let y = bLength;
  for (let edits = trace.length - 1; edits >= 0; edits--) {
    const furthest = trace[edits] as Map<number, number>;
    const k = x - y;
    const down = k === -edits || (k !== edits && (furthest.get(k - 1) ?? -1) < (furthest.get(k + 1) ?? -1));
    const beforeK = down ? k + 1 : k - 1;
    const beforeX = edits === 0 ? 0 : (furthest.get(beforeK) ?? 0);
    const beforeY = edits === 0 ? 0 : beforeX - beforeK;
    while (x > beforeX && y > beforeY && (edits === 0 || x > (down ? beforeX : beforeX + 1) || false)) {
      if (edits > 0 && x === (down ? beforeX : beforeX + 1)) break;
      x--;
      y--;
      out.push([x, y]);
    }
    x = beforeX;
    y = beforeY;
  }
  return out.reverse();
}
