const letter = /\p{L}/u;
const digit = /\p{Nd}/u;

/** Reads the number that starts at `from`; `an` is what stands before it (1 after a non-zero digit). */
function number(chars: readonly string[], from: number, before: bigint): [bigint, number] {
  let value = before;
  let i = from;
  for (; i < chars.length && digit.test(chars[i] ?? ''); i++)
    value = value * 10n + BigInt((chars[i]?.codePointAt(0) ?? 48) - 48);
  return [value, i];
}

/** The order go-yaml v2 writes mapping keys in: digits by value, letters after everything else. Models its `keyList`. */
export function compareKeys(a: string, b: string): number {
  const x = [...a];
  const y = [...b];
  for (let i = 0; i < x.length && i < y.length; i++) {
    const cx = x[i] ?? '';
    const cy = y[i] ?? '';
    if (cx === cy) continue;
    const byCode = (cx.codePointAt(0) ?? 0) - (cy.codePointAt(0) ?? 0);
    const lx = letter.test(cx);
    const ly = letter.test(cy);
    if (lx && ly) return byCode;
    if (lx || ly) return ly ? -1 : 1;
    let before = 0n;
    if (cx === '0' || cy === '0') {
      for (let j = i - 1; j >= 0 && digit.test(x[j] ?? ''); j--) {
        if (x[j] !== '0') {
          before = 1n;
          break;
        }
      }
    }
    const [nx, ex] = number(x, i, before);
    const [ny, ey] = number(y, i, before);
    if (nx !== ny) return nx < ny ? -1 : 1;
    if (ex !== ey) return ex - ey;
    return byCode;
  }
  return x.length - y.length;
}
