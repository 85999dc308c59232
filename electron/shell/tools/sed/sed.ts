import { FsError } from '../../errors.ts';
import type { ByteSource, Command, CommandIo } from '../../interface.ts';
import { LineReader } from '../../streams/line-reader.ts';
import { BytesSource } from '../../streams/sources.ts';
import { parseOptions, usageError } from '../options.ts';
import { SedMachine } from './machine.ts';
import { parseSed, SedError, type SedCommand } from './program.ts';

/** `sed`, streaming: `-n -e -f -E -r -i[SUFFIX] -s -u -z`. */
export const sed: Command = {
  name: 'sed',
  summary: { en: 'Edit text as it streams', 'pt-BR': 'Edita texto conforme ele passa' },
  async run(io) {
    let suffix: string | null = null;
    const argv = io.argv.flatMap((word, at) => {
      const match = at > 0 ? /^(?:-i|--in-place=?)(.*)$/.exec(word) : null;
      if (match === null) return [word];
      suffix = match[1] ?? '';
      return [];
    });
    const options = parseOptions(argv, 'ne:f:Ersuz', {
      quiet: 'n',
      silent: 'n',
      'expression:': 'e',
      'file:': 'f',
      'regexp-extended': 'E',
      separate: 's',
      unbuffered: 'u',
      'null-data': 'z',
    });
    if (options.problem !== undefined) return usageError(io, options.problem);
    const operands = [...options.operands];
    const scripts = (options.values.get('e') ?? []).filter((value) => typeof value === 'string');
    const file = options.last('f');
    if (file !== undefined) scripts.push(await io.fs.readText(io.path(file)));
    if (scripts.length === 0) {
      const first = operands.shift();
      if (first === undefined) {
        await io.stderr.write('Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...\n');
        return 1;
      }
      scripts.push(first);
    }
    const parse = (): SedCommand[] => parseSed(scripts.join('\n'), options.has('E', 'r'));
    const separator = options.has('z') ? '\0' : '\n';
    const quiet = options.has('n');
    try {
      if (suffix !== null) return await inPlace(io, operands, parse, { quiet, separator, suffix });
      const program = parse();
      let code = 0;
      const reader = new LineReader(
        sources(io, operands, () => (code = 2)),
        separator,
      );
      const machine = new SedMachine(io, program, { quiet, reader, write: (text) => io.stdout.write(text) });
      await machine.run();
      return machine.exit ?? code;
    } catch (error) {
      if (!(error instanceof SedError)) throw error;
      await io.stderr.write(`sed: ${error.message}\n`);
      return 1;
    }
  },
};

async function* sources(
  io: CommandIo,
  operands: readonly string[],
  failed: () => void,
): AsyncGenerator<ByteSource> {
  for (const operand of operands.length === 0 ? ['-'] : operands) {
    if (operand === '-') yield io.stdin;
    else {
      const source = await open(io, operand);
      if (source === null) failed();
      else yield source;
    }
  }
}

async function open(io: CommandIo, operand: string): Promise<ByteSource | null> {
  try {
    return await io.fs.open(io.path(operand));
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    await io.stderr.write(
      error.code === 'EISDIR'
        ? `sed: couldn't edit ${operand}: not a regular file\n`
        : `sed: can't read ${operand}: ${error.text}\n`,
    );
    return null;
  }
}

async function inPlace(
  io: CommandIo,
  operands: readonly string[],
  parse: () => SedCommand[],
  options: { quiet: boolean; separator: string; suffix: string },
): Promise<number> {
  if (operands.length === 0) {
    await io.stderr.write('sed: no input files\n');
    return 1;
  }
  let code = 0;
  for (const operand of operands) {
    const source = await open(io, operand);
    if (source === null) {
      code = 2;
      continue;
    }
    const content = Buffer.from(await source.text());
    let out = '';
    const one = async function* (): AsyncGenerator<ByteSource> {
      yield await Promise.resolve(new BytesSource(content));
    };
    const machine = new SedMachine(io, parse(), {
      quiet: options.quiet,
      reader: new LineReader(one(), options.separator),
      write: (text) => {
        out += text;
        return Promise.resolve();
      },
    });
    await machine.run();
    if (options.suffix !== '') await io.fs.writeFile(io.path(operand + options.suffix), content);
    await io.fs.writeFile(io.path(operand), out);
    if (machine.exit !== null) return machine.exit;
  }
  return code;
}
