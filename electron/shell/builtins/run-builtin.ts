import { FsError } from '../errors.ts';
import type { Executor } from '../exec/executor.ts';
import { sinkOf, type Frame } from '../exec/frame.ts';
import type { Builtin } from './interface.ts';

/** Calls a builtin with the streams of the frame. */
export async function runBuiltin(
  shell: Executor,
  builtin: Builtin,
  argv: readonly string[],
  frame: Frame,
): Promise<number> {
  const fail = async (text: string, code = 1): Promise<number> => {
    await sinkOf(frame, 2).write(`${shell.prefix()}${argv[0] ?? builtin.name}: ${text}\n`);
    return code;
  };
  try {
    return await builtin.run({ argv, shell, frame, out: (text) => sinkOf(frame, 1).write(text), fail });
  } catch (error) {
    if (error instanceof FsError)
      return fail(error.code === 'ENOSPC' ? `write error: ${error.text}` : error.message);
    throw error;
  }
}
