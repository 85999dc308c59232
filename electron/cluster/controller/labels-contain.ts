import type { Labels } from '../apimachinery/labels.ts';

/** True when every one of `wanted` is among `labels`. */
export function labelsContain(labels: Labels | undefined, wanted: Labels): boolean {
  return Object.entries(wanted).every(([key, value]) => labels?.[key] === value);
}
