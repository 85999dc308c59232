const COLUMN = 30;

/** A table as olekukonko/tablewriter draws it with right-aligned cells; the head in capitals, centred. */
export function drawTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const title = head.map((cell) => cell.replaceAll('_', ' ').toUpperCase());
  const cells = rows.map((row) => row.map(wrap));
  const widths = title.map((cell, column) =>
    Math.max(cell.length, ...cells.flatMap((row) => (row[column] ?? ['']).map((line) => line.length))),
  );
  const rule = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+\n`;
  const line = (parts: readonly string[]): string => `| ${parts.join(' | ')} |\n`;
  const centre = (text: string, width: number): string => {
    const left = Math.floor((width - text.length) / 2);
    return ' '.repeat(left) + text.padEnd(width - left);
  };
  let out = rule + line(title.map((cell, column) => centre(cell, widths[column] ?? 0))) + rule;
  for (const row of cells) {
    const height = Math.max(...row.map((lines) => lines.length));
    for (let index = 0; index < height; index += 1) {
      out += line(row.map((lines, column) => (lines[index] ?? '').padStart(widths[column] ?? 0)));
    }
  }
  return out + rule;
}

/** Breaks a long cell at blanks so that its lines are about equally long. */
function wrap(text: string): readonly string[] {
  const words = text.split(/\s+/).filter((word) => word !== '');
  if (words.length === 0) return [''];
  const limit = Math.max(COLUMN, ...words.map((word) => word.length));
  if (text.length <= limit) return [words.join(' ')];
  const best: { cost: number; next: number }[] = [];
  best[words.length] = { cost: 0, next: words.length };
  for (let from = words.length - 1; from >= 0; from -= 1) {
    let length = -1;
    let found = { cost: Infinity, next: words.length };
    for (let to = from + 1; to <= words.length; to += 1) {
      length += 1 + (words[to - 1] as string).length;
      if (length > limit) break;
      const rest = best[to] as { cost: number };
      const cost = (to === words.length ? 0 : (limit - length) ** 2) + rest.cost;
      if (cost < found.cost) found = { cost, next: to };
    }
    best[from] = found;
  }
  const lines: string[] = [];
  for (let from = 0; from < words.length; from = (best[from] as { next: number }).next) {
    lines.push(words.slice(from, (best[from] as { next: number }).next).join(' '));
  }
  return lines;
}
