import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';

const limit = 2000;
/** A line of the file that holds an entry with newlines, as JSON. */
const jsonMark = '\u0001';

/** The lines typed so far, kept in a file. Each is on its way to the disk before it runs, so a killed shell loses none. */
export class History {
  readonly lines: string[];
  readonly #file: string | null;

  /** Without a file the lines live in memory only. */
  constructor(file: string | null, lines: string[] = []) {
    this.#file = file;
    this.lines = lines;
    if (file === null || !existsSync(file)) return;
    const stored = readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map(decode);
    this.lines.push(...stored.slice(-limit));
    if (stored.length > limit * 2)
      writeFileSync(file, this.lines.map((line) => `${encode(line)}\n`).join(''), { mode: 0o600 });
  }

  /** Remembers a line; blank ones, repeats of the last one and those that begin with a blank are not kept. */
  add(line: string): void {
    if (line.trim() === '' || line.startsWith(' ') || line === this.lines.at(-1)) return;
    this.lines.push(line);
    if (this.#file === null) return;
    try {
      appendFileSync(this.#file, `${encode(line)}\n`, { mode: 0o600 });
    } catch {
      // A full or read-only disk must not take the prompt away; the line stays in memory.
    }
  }

  /** The newest entry before `from` that contains the text; -1 when there is none. */
  search(text: string, from: number): number {
    for (let at = Math.min(from, this.lines.length - 1); at >= 0; at--)
      if (this.lines[at]?.includes(text) === true) return at;
    return -1;
  }

  /** Replaces `!!`, `!$`, `!n`, `!-n` and `!text`; `undefined` when an event is not found. Nothing inside single quotes changes. */
  expand(line: string): { line: string; missing?: string } {
    let missing: string | undefined;
    const out = line.replace(/'[^']*'|\\.|!(?:!|\$|-?\d+|[A-Za-z][\w-]*)(?![(=])/g, (found) => {
      if (!found.startsWith('!')) return found;
      const last = this.lines.at(-1);
      const event = found.slice(1);
      const text =
        event === '!'
          ? last
          : event === '$'
            ? last?.trim().split(/\s+/).at(-1)
            : /^-?\d+$/.test(event)
              ? this.lines.at(Number(event) > 0 ? Number(event) - 1 : Number(event))
              : this.lines.findLast((item) => item.startsWith(event));
      if (text === undefined) missing ??= found;
      return text ?? found;
    });
    return missing === undefined ? { line: out } : { line, missing };
  }
}

function encode(line: string): string {
  return line.includes('\n') || line.startsWith(jsonMark) ? jsonMark + JSON.stringify(line) : line;
}

function decode(stored: string): string {
  if (!stored.startsWith(jsonMark)) return stored;
  try {
    return String(JSON.parse(stored.slice(1)));
  } catch {
    return stored.slice(1);
  }
}
