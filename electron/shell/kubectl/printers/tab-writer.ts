export interface TabWriterOptions {
  /** Least width of a cell, padding included. */
  readonly minWidth: number;
  /** Blanks between columns. */
  readonly padding: number;
  /** Columns never get narrower than in what was written before (`get -w`). */
  readonly remember?: boolean;
}

/**
 * Aligns tab-separated cells. A column is a run of neighbouring lines that have that cell, the last cell of a line
 * (not ended by a tab) belongs to none. Models Go's text/tabwriter with blanks as padding.
 */
export class TabWriter {
  private readonly options: TabWriterOptions;
  private readonly remembered: number[] = [];
  private text = '';

  constructor(options: TabWriterOptions) {
    this.options = options;
  }

  write(text: string): void {
    this.text += text;
  }

  /** Everything written since the last flush, not aligned. */
  raw(): string {
    const text = this.text;
    this.text = '';
    return text;
  }

  /** Everything written since the last flush, aligned. */
  flush(): string {
    const lines = this.text.split('\n').map((line) => line.split('\t'));
    this.text = '';
    const out: string[] = [];
    this.format(lines, 0, lines.length, [], out);
    return out.join('\n');
  }

  private format(
    lines: readonly string[][],
    from: number,
    to: number,
    widths: readonly number[],
    out: string[],
  ): void {
    const column = widths.length;
    let line0 = from;
    for (let at = from; at < to; at++) {
      if (column >= cells(lines, at) - 1) continue;
      for (let i = line0; i < at; i++) out.push(render(lines[i] ?? [], widths));
      line0 = at;
      let width = this.options.minWidth;
      for (; at < to && column < cells(lines, at) - 1; at++) {
        width = Math.max(width, [...(lines[at]?.[column] ?? '')].length + this.options.padding);
      }
      if (this.options.remember) {
        width = Math.max(width, this.remembered[column] ?? 0);
        this.remembered[column] = width;
      }
      this.format(lines, line0, at, [...widths, width], out);
      line0 = at;
      at--;
    }
    for (let i = line0; i < to; i++) out.push(render(lines[i] ?? [], widths));
  }
}

function cells(lines: readonly string[][], at: number): number {
  return lines[at]?.length ?? 0;
}

function render(line: readonly string[], widths: readonly number[]): string {
  return line.map((cell, i) => cell + ' '.repeat(Math.max(0, (widths[i] ?? 0) - [...cell].length))).join('');
}

/** The settings of `kubectl get`. */
export const tableTabs: TabWriterOptions = { minWidth: 6, padding: 3, remember: true };
