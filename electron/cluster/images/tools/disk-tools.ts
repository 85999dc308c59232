import type { Task, Tool } from '../container/interface.ts';
import { FileError } from '../container/interface.ts';
import { pathIn, ToolError } from './arguments.ts';

const UNITS: Readonly<Record<string, number>> = {
  '': 1, c: 1, w: 2, b: 512, k: 1024, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4,
  kB: 1000, KB: 1000, MB: 1000 ** 2, GB: 1000 ** 3, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3,
}; // prettier-ignore
/** Bytes a millisecond that a disk takes. */
const PACE = 400_000;
/** Bytes after which a file is seen to have grown. */
const STEP = 64 * 1024 ** 2;
/** Devices without an end; what they give is not kept. */
const ENDLESS = ['/dev/zero', '/dev/urandom', '/dev/random'];

/** Bytes of `500M`; undefined for what is no size. */
export function sizeOf(text: string): number | undefined {
  const [, number, unit = ''] = /^(\d+)([a-zA-Z]*)$/.exec(text) ?? [];
  const factor = UNITS[unit];
  return number === undefined || factor === undefined ? undefined : Number(number) * factor;
}

/** Lets a file grow by zeros as fast as a disk is. Resolves to the bytes that were written. @throws FileError */
async function grow(task: Task, path: string, from: number, bytes: number): Promise<void> {
  for (let written = 0; written < bytes;) {
    const next = Math.min(bytes, written + STEP);
    await task.process.clock.sleep((next - written) / PACE);
    written = next;
    task.world.files.allocate(path, from + written);
  }
}

function operands(task: Task): ReadonlyMap<string, string> {
  const known = ['if', 'of', 'bs', 'count', 'conv', 'oflag', 'iflag', 'status', 'seek'];
  return new Map(
    task.argv.slice(1).map((arg) => {
      const name = arg.slice(0, arg.indexOf('='));
      if (!known.includes(name)) throw new ToolError(`dd: unrecognized operand '${arg}'`);
      return [name, arg.slice(arg.indexOf('=') + 1)];
    }),
  );
}

function number(name: string, text: string): number {
  const value = sizeOf(text);
  if (value === undefined || (name === 'bs' && value === 0))
    throw new ToolError(`dd: invalid number '${text}'`);
  return value;
}

/** `dd if=FILE of=FILE bs=N count=N`: copies, or writes zeros of which only the number is kept; without `count` until the disk is full. */
export const dd: Tool = async (task) => {
  const values = operands(task);
  const { files } = task.world;
  const { clock } = task.process;
  const block = number('bs', values.get('bs') ?? '512');
  const count = values.has('count') ? number('count', values.get('count') ?? '') : Infinity;
  const from = values.get('if') ?? '';
  const to = values.get('of') ?? '';
  const since = clock.now();
  let bytes = block * count;
  let code = 0;
  try {
    if (ENDLESS.includes(from)) {
      if (to === '') throw new ToolError('dd: writing zeros to a pipe is not modelled; use of=FILE');
      if (to === '/dev/null') await clock.sleep(Number.isFinite(bytes) ? bytes / PACE / 10 : Infinity);
      else {
        files.write(pathIn(task, to), '');
        await grow(task, pathIn(task, to), 0, bytes);
      }
    } else {
      if (from === '') throw new ToolError('dd: reading standard input is not modelled; use if=FILE');
      const text = files.read(pathIn(task, from)).slice(0, bytes);
      bytes = text.length;
      if (to === '') task.stdout.write(text);
      else if (to !== '/dev/null') files.write(pathIn(task, to), text);
    }
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    if (error.code !== 'ENOSPC')
      throw new ToolError(`dd: failed to open '${from === '' ? to : from}': ${error.message}`);
    task.stderr.write(`dd: error writing '${to}': ${error.message}\n`);
    bytes = files.stat(pathIn(task, to))?.size ?? 0;
    code = 1;
  }
  const records = `${Math.floor(bytes / block)}+${bytes % block > 0 ? 1 : 0}`;
  const took = Math.max(1, clock.now() - since) / 1000;
  task.stderr.write(
    `${records} records in\n${records} records out\n${bytes} bytes copied, ${took.toFixed(6)} seconds\n`,
  );
  return code;
};

/** `fallocate -l SIZE FILE` */
export const fallocate: Tool = (task) => {
  const at = task.argv.indexOf('-l');
  const bytes = at < 0 ? undefined : sizeOf(task.argv[at + 1] ?? '');
  const file = task.argv.slice(1).find((arg, index) => !arg.startsWith('-') && index !== at);
  if (bytes === undefined || bytes === 0) throw new ToolError('fallocate: invalid length value specified');
  if (file === undefined) throw new ToolError('fallocate: no filename specified');
  try {
    task.world.files.allocate(pathIn(task, file), bytes);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    throw new ToolError(`fallocate: fallocate failed: ${error.message}`);
  }
  return 0;
};
