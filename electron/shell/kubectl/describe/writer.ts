import { TabWriter } from '../printers/tab-writer.ts';

/** Collects the lines of a description: levels are two blanks each, tabs align values. Models describe's PrefixWriter. */
export class DescribeWriter {
  private readonly tabs = new TabWriter({ minWidth: 0, padding: 2 });

  /** One or more lines, as they are. */
  write(level: number, text: string): void {
    this.tabs.write('  '.repeat(level) + text);
  }

  line(level: number, text: string): void {
    this.write(level, `${text}\n`);
  }

  /** What was written, tabs as they are. */
  raw(): string {
    return this.tabs.raw();
  }

  finish(): string {
    return this.tabs.flush();
  }
}
