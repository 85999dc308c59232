import { structuredPatch } from 'diff';

export interface DiffLine {
  readonly kind: 'same' | 'added' | 'removed' | 'gap';
  readonly text: string;
  /** Line numbers before and after; undefined where the line is not. */
  readonly before?: number;
  readonly after?: number;
}

/** Unchanged lines shown around each change. */
const CONTEXT = 3;
/** Real milliseconds after which two texts count as wholly different. */
const TIMEOUT = 400;

/** What changed between two texts, line by line, with a little around it. Empty: nothing did. Undefined: too much to say. */
export function diffLines(before: string, after: string): DiffLine[] | undefined {
  if (before === after) return [];
  // A text's last line ends like any other.
  const patch = structuredPatch('', '', `${before}\n`, `${after}\n`, undefined, undefined, {
    context: CONTEXT,
    timeout: TIMEOUT,
  });
  if (patch === undefined) return undefined;
  const lines: DiffLine[] = [];
  let seen = 0;
  for (const hunk of patch.hunks) {
    let old = hunk.oldStart;
    let now = hunk.newStart;
    if (old > seen + 1) lines.push({ kind: 'gap', text: String(old - seen - 1) });
    for (const line of hunk.lines) {
      const text = line.slice(1);
      if (line.startsWith('+')) lines.push({ kind: 'added', text, after: now++ });
      else if (line.startsWith('-')) lines.push({ kind: 'removed', text, before: old++ });
      else if (line.startsWith(' ')) lines.push({ kind: 'same', text, before: old++, after: now++ });
    }
    seen = old - 1;
  }
  const rest = before.split('\n').length - seen;
  if (rest > 0) lines.push({ kind: 'gap', text: String(rest) });
  return lines;
}
