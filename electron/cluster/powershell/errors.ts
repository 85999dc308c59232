import type { Extent } from './ast.ts';
import type { PsError } from './interface.ts';
import type { PsParseError } from './parse.ts';

/** Breaks a line between words where the terminal ends, as PowerShell does with its errors. */
function wrapped(text: string, width: number): string {
  const lines: string[] = [];
  for (const line of text.split('\n')) {
    let rest = line;
    while (rest.length > width - 1) {
      const space = rest.lastIndexOf(' ', width - 2);
      const at = space > 0 ? space + 1 : width - 1;
      lines.push(rest.slice(0, at));
      rest = rest.slice(at);
    }
    lines.push(rest);
  }
  return lines.join('\n');
}

function place(line: string, { start, end }: Extent): string {
  const before = line.slice(0, start).split('\n');
  const shown = line.split('\n')[before.length - 1] ?? '';
  const column = before.at(-1)?.length ?? 0;
  const length = Math.max(1, Math.min(end - start, shown.length - column));
  return `At line:${before.length} char:${column + 1}\n+ ${shown}\n+ ${' '.repeat(column)}${'~'.repeat(length)}\n`;
}

/** An error as Windows PowerShell 5.1 writes it. `command`: the cmdlet; `activity`: what stands in brackets. */
export function errorText(
  error: PsError,
  command: string,
  activity: string,
  line: string,
  extent: Extent,
  width: number,
): string {
  const head = command === '' ? error.message : `${command} : ${error.message}`;
  const category = `${error.category}: (${error.target === '' ? ':' : error.target}) [${activity}], ${error.exception}`;
  return `${wrapped(head, width)}\n${place(line, extent)}    + CategoryInfo          : ${category}\n    + FullyQualifiedErrorId : ${error.id}\n \n`;
}

export function parseErrorText({ at, message }: PsParseError, line: string, width: number): string {
  return `${place(line, { start: Math.min(at, Math.max(0, line.length - 1)), end: at + 1 })}${wrapped(message, width)}\n    + CategoryInfo          : ParserError: (:) [], ParentContainsErrorRecordException\n    + FullyQualifiedErrorId : UnexpectedToken\n \n`;
}
