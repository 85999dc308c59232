import { FsError } from '../errors.ts';
import type { ByteSource, CommandIo } from '../interface.ts';

/** Opens each operand in turn (`-` and none at all mean standard input); unreadable ones are told and skipped. */
export async function* inputs(
  io: CommandIo,
  operands: readonly string[],
  failed: () => void,
): AsyncGenerator<{ name: string; source: ByteSource }> {
  for (const operand of operands.length === 0 ? ['-'] : operands) {
    if (operand === '-') {
      yield { name: '-', source: io.stdin };
      continue;
    }
    let source: ByteSource;
    try {
      source = await io.fs.open(io.path(operand), { signal: io.signal });
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      failed();
      await io.stderr.write(`${io.argv[0] ?? ''}: ${operand}: ${error.text}\n`);
      continue;
    }
    try {
      yield { name: operand, source };
    } finally {
      source.cancel();
    }
  }
}
