import type { Cursor } from './interface.ts';

/** A pattern as vi takes it (`\(`, `\|`, `\+` are special, their bare forms are not). @throws SyntaxError */
export function viPattern(pattern: string, flags = ''): RegExp {
  const source = pattern
    .replace(/\\([<>])/g, '\\b')
    .replace(/\\([(){}|+?=])|([(){}|+?])/g, (_all, special?: string, plain?: string) =>
      special !== undefined ? (special === '=' ? '?' : special) : `\\${plain ?? ''}`,
    );
  return new RegExp(source, flags);
}

/** The next place that matches, around the end of the text if need be; undefined when there is none. */
export function searchFrom(
  lines: readonly string[],
  from: Cursor,
  pattern: RegExp,
  step: 1 | -1,
): { readonly at: Cursor; readonly wrapped: boolean } | undefined {
  const all = new RegExp(pattern.source, `${pattern.flags.replace('g', '')}g`);
  for (let turn = 0; turn <= lines.length; turn += 1) {
    const row = (((from.row + step * turn) % lines.length) + lines.length) % lines.length;
    const columns = [...(lines[row] ?? '').matchAll(all)].map((match) => match.index);
    const within = columns.filter((column) => {
      if (turn === 0) return step > 0 ? column > from.column : column < from.column;
      if (turn === lines.length) return step > 0 ? column <= from.column : column >= from.column;
      return true;
    });
    const column = step > 0 ? within[0] : within.at(-1);
    if (column !== undefined)
      return {
        at: { row, column },
        wrapped:
          step > 0
            ? row < from.row || (row === from.row && column <= from.column)
            : row > from.row || (row === from.row && column >= from.column),
      };
  }
  return undefined;
}
