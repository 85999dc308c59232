import type { Labels } from '../apimachinery/labels.ts';

/** True when every one of `wanted` is among `labels`. */
export function labelsContain(labels: Labels | undefined, wanted: Labels): boolean {
  return Object.entries(wanted).every(([key, value]) => labels?.[key] === value);
}

/** True when both have the same labels. */
export function sameLabels(a: Labels | undefined, b: Labels | undefined): boolean {
  if (a === b) return true;
  const [left, right] = [a ?? {}, b ?? {}];
  return Object.keys(left).length === Object.keys(right).length && labelsContain(left, right);
}
