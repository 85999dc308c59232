import type { Command } from '../interface.ts';
import { inputs } from './inputs.ts';
import { parseOptions, usageError } from './options.ts';

/** `paste`, with `-s` and `-d`. */
export const paste: Command = {
  name: 'paste',
  summary: { en: 'Join lines side by side', 'pt-BR': 'Junta linhas lado a lado' },
  async run(io) {
    const options = parseOptions(io.argv, 'sd:', { serial: 's', 'delimiters:': 'd' });
    if (options.problem !== undefined) return usageError(io, options.problem);
    const delimiters = [
      ...(options.last('d') ?? '\t').replaceAll('\\n', '\n').replaceAll('\\t', '\t').replaceAll('\\0', '\0'),
    ];
    const glue = (at: number): string => (delimiters[at % delimiters.length] ?? '').replace('\0', '');
    let code = 0;
    const columns: string[][] = [];
    for await (const { source } of inputs(io, options.operands, () => (code = 1))) {
      const lines: string[] = [];
      for await (const line of source.lines()) lines.push(line);
      columns.push(lines);
    }
    const join = (cells: readonly string[]): string =>
      cells.map((cell, at) => (at === 0 ? cell : glue(at - 1) + cell)).join('');
    const rows = options.has('s')
      ? columns
      : Array.from({ length: Math.max(0, ...columns.map((lines) => lines.length)) }, (_, row) =>
          columns.map((lines) => lines[row] ?? ''),
        );
    for (const row of rows) await io.stdout.write(`${join(row)}\n`);
    return code;
  },
};
