import type { ByteSource, Command, CommandIo } from '../interface.ts';
import { lineBatches, ReadableBase } from '../streams/readable-base.ts';
import { inputs } from './inputs.ts';
import { parseOptions, usageError } from './options.ts';

const newline = 10;

function amount(text: string): number {
  const match = /^([+-]?\d+)([kKmMgG]?)B?$/.exec(text);
  if (match === null) return NaN;
  const unit = { '': 1, k: 1024, m: 1_048_576, g: 1_073_741_824 }[match[2]?.toLowerCase() ?? ''] ?? 1;
  return Number(match[1]) * unit;
}

/** `-5` as `-n 5`, as both tools still take it. */
function modern(argv: readonly string[]): string[] {
  return argv.flatMap((word, at) =>
    at === 1 && /^[-+]\d+$/.test(word) ? ['-n', word.replace(/^-/, '')] : [word],
  );
}

export const head: Command = {
  name: 'head',
  summary: { en: 'Print the first lines', 'pt-BR': 'Mostra as primeiras linhas' },
  async run(io) {
    const options = parseOptions(modern(io.argv), 'n:c:qvz', {
      'lines:': 'n',
      'bytes:': 'c',
      quiet: 'q',
      silent: 'q',
      verbose: 'v',
    });
    if (options.problem !== undefined) return usageError(io, options.problem);
    const bytes = options.last('c');
    const typed = bytes ?? options.last('n') ?? '10';
    const count = amount(typed);
    if (Number.isNaN(count)) {
      await io.stderr.write(
        `head: invalid number of ${bytes === undefined ? 'lines' : 'bytes'}: ‘${typed}’\n`,
      );
      return 1;
    }
    let code = 0;
    let first = true;
    const titles = (options.operands.length > 1 || options.has('v')) && !options.has('q');
    for await (const { name, source } of inputs(io, options.operands, () => (code = 1))) {
      if (titles)
        await io.stdout.write(`${first ? '' : '\n'}==> ${name === '-' ? 'standard input' : name} <==\n`);
      first = false;
      if (count < 0) await allButLast(io, source, -count, bytes !== undefined);
      else if (bytes !== undefined) await firstBytes(io, source, count);
      else await firstLines(io, source, count);
    }
    return code;
  },
};

async function firstLines(io: CommandIo, source: ByteSource, count: number): Promise<void> {
  let left = count;
  while (left > 0) {
    const chunk = await source.read();
    if (chunk === null) return;
    let end = 0;
    while (left > 0) {
      const at = chunk.indexOf(newline, end);
      if (at < 0) break;
      end = at + 1;
      left--;
    }
    if (left > 0) await io.stdout.write(chunk);
    else {
      if (source instanceof ReadableBase) source.unread(chunk.subarray(end));
      await io.stdout.write(chunk.subarray(0, end));
    }
  }
}

async function firstBytes(io: CommandIo, source: ByteSource, count: number): Promise<void> {
  let left = count;
  while (left > 0) {
    const chunk = await source.read();
    if (chunk === null) return;
    await io.stdout.write(chunk.subarray(0, left));
    if (source instanceof ReadableBase) source.unread(chunk.subarray(left));
    left -= chunk.length;
  }
}

async function allButLast(io: CommandIo, source: ByteSource, count: number, bytes: boolean): Promise<void> {
  const held: string[] = [];
  if (bytes) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of source) chunks.push(chunk);
    const whole = Buffer.concat(chunks);
    await io.stdout.write(whole.subarray(0, Math.max(0, whole.length - count)));
    return;
  }
  for await (const batch of lineBatches(source)) {
    held.push(
      ...batch.lines.map((line, at) => (batch.open && at === batch.lines.length - 1 ? line : `${line}\n`)),
    );
    if (held.length > count) await io.stdout.write(held.splice(0, held.length - count).join(''));
  }
}

export const tail: Command = {
  name: 'tail',
  summary: {
    en: 'Print the last lines, or follow a file',
    'pt-BR': 'Mostra as últimas linhas ou acompanha um arquivo',
  },
  async run(io) {
    const options = parseOptions(modern(io.argv), 'n:c:fFqvs:', {
      'lines:': 'n',
      'bytes:': 'c',
      follow: 'f',
      quiet: 'q',
      silent: 'q',
      verbose: 'v',
      'pid:': 'p',
      retry: 'r',
    });
    if (options.problem !== undefined) return usageError(io, options.problem);
    const bytes = options.last('c');
    const typed = bytes ?? options.last('n') ?? '10';
    const count = amount(typed);
    if (Number.isNaN(count)) {
      await io.stderr.write(
        `tail: invalid number of ${bytes === undefined ? 'lines' : 'bytes'}: ‘${typed}’\n`,
      );
      return 1;
    }
    let code = 0;
    let first = true;
    const titles = (options.operands.length > 1 || options.has('v')) && !options.has('q');
    for await (const { name, source } of inputs(io, options.operands, () => (code = 1))) {
      if (titles)
        await io.stdout.write(`${first ? '' : '\n'}==> ${name === '-' ? 'standard input' : name} <==\n`);
      first = false;
      await lastPart(io, source, {
        count: Math.abs(count),
        from: typed.startsWith('+'),
        bytes: bytes !== undefined,
      });
    }
    const file = options.operands.findLast((operand) => operand !== '-');
    if (options.has('f', 'F') && file !== undefined && code === 0) return follow(io, file);
    return code;
  },
};

async function lastPart(
  io: CommandIo,
  source: ByteSource,
  want: { count: number; from: boolean; bytes: boolean },
): Promise<void> {
  if (want.from) {
    let skip = want.count - 1;
    for await (const chunk of source) {
      let start = 0;
      while (skip > 0 && start < chunk.length) {
        const at = want.bytes ? start : chunk.indexOf(newline, start);
        start = at < 0 ? chunk.length : at + 1;
        if (at >= 0) skip--;
      }
      if (start < chunk.length) await io.stdout.write(chunk.subarray(start));
    }
    return;
  }
  if (want.bytes) {
    let kept = Buffer.alloc(0);
    for await (const chunk of source) kept = Buffer.concat([kept, chunk]).subarray(-want.count);
    if (want.count > 0) await io.stdout.write(kept);
    return;
  }
  let held: string[] = [];
  for await (const batch of lineBatches(source)) {
    for (const [at, line] of batch.lines.entries())
      held.push(batch.open && at === batch.lines.length - 1 ? line : `${line}\n`);
    if (held.length > want.count) held = held.slice(held.length - want.count);
  }
  if (want.count > 0) await io.stdout.write(held.join(''));
}

/** Prints what is appended until interrupted or nobody reads; starts again when the file shrinks. */
async function follow(io: CommandIo, file: string): Promise<number> {
  const path = io.path(file);
  let known = (await io.fs.stat(path)).size;
  while (!io.signal.aborted && !io.stdout.closed.aborted) {
    await io.sleep(200);
    const size = (await io.fs.stat(path).catch(() => null))?.size;
    if (size === undefined || size === known) continue;
    if (size < known) {
      await io.stderr.write(`tail: ${file}: file truncated\n`);
      known = 0;
    }
    const content = await io.fs.readFile(path);
    await io.stdout.write(content.subarray(known));
    known = content.length;
  }
  return io.signal.aborted ? 130 : 141;
}
