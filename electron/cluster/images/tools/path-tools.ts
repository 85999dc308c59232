import { LineReader } from '../container/byte-pipe.ts';
import type { Tool } from '../container/interface.ts';
import { parseArguments, pathIn, ToolError } from './arguments.ts';

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

export const basename: Tool = (task) => {
  const { rest } = parseArguments(task, '');
  const [path, suffix = ''] = rest;
  if (path === undefined) throw new ToolError('basename: missing operand');
  const name = path.replace(/\/+$/, '').replace(/^.*\//, '') || '/';
  task.stdout.write(`${suffix !== '' && suffix !== name && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name}\n`);
  return 0;
}; // prettier-ignore

export const dirname: Tool = (task) => {
  const { rest } = parseArguments(task, '');
  if (rest.length === 0) throw new ToolError('dirname: missing operand');
  for (const path of rest) {
    const cut = path.replace(/\/+$/, '');
    const at = cut.lastIndexOf('/');
    task.stdout.write(`${at < 0 ? '.' : at === 0 ? '/' : cut.slice(0, at)}\n`);
  }
  return 0;
};

export const realpath: Tool = (task) => {
  const { rest } = parseArguments(task, 'e');
  let code = 0;
  for (const typed of rest) {
    const path = pathIn(task, typed);
    if (task.world.files.stat(path) !== undefined) task.stdout.write(`${path}\n`);
    else {
      task.stderr.write(`realpath: ${typed}: No such file or directory\n`);
      code = 1;
    }
  }
  return code;
};

/** `xargs [-n N] [-I REPLACE] COMMAND…` on words, or with `-I` on lines, of its input. */
export const xargs: Tool = async (task) => {
  let at = 1;
  let replace: string | undefined;
  let perRun = Infinity;
  for (; (task.argv[at] ?? '').startsWith('-'); at += 1) {
    const word = task.argv[at] ?? '';
    const [letter, attached] = [word.slice(0, 2), word.slice(2)];
    if (letter === '-I') replace = attached === '' ? task.argv[++at] : attached;
    else if (letter === '-n') perRun = Number(attached === '' ? task.argv[++at] : attached);
    else if (letter !== '-r') throw new ToolError(`xargs: unrecognized option: ${word.slice(1)}`);
  }
  const command = task.argv.slice(at);
  const argv = command.length === 0 ? ['echo'] : command;
  const lines = LineReader.of(task.stdin);
  const items: string[] = [];
  for (let line = await lines.next(); line !== undefined; line = await lines.next())
    items.push(...(replace === undefined ? line.split(/\s+/).filter((word) => word !== '') : [line]));
  let code = 0;
  const run = async (words: readonly string[]): Promise<void> => {
    const status = await task.run({ ...task, argv: words });
    if (status !== 0) code = status > 125 ? status : 123;
  };
  if (replace !== undefined) {
    const mark = replace;
    for (const item of items) await run(argv.map((word) => word.replaceAll(mark, item)));
    return code;
  }
  for (let from = 0; from < items.length; from += perRun) await run([...argv, ...items.slice(from, from + perRun)]);
  return code;
}; // prettier-ignore

/** `timeout SECONDS COMMAND…`: 143, as busybox has it, when the time was over. */
export const timeout: Tool = async (task) => {
  const words = task.argv.slice(1).filter((word, index, all) => !word.startsWith('-') && all[index - 1] !== '-s' && all[index - 1] !== '-k'); // prettier-ignore
  const [text = '', ...argv] = words;
  const match = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(text);
  if (match === null || argv.length === 0) throw new ToolError(`timeout: invalid number '${text}'`);
  const limit = Number(match[1]) * (SECONDS[match[2] || 's'] ?? 1) * 1000;
  const after = task.argv.slice(task.argv.indexOf(text) + 1);
  return Promise.race([task.run({ ...task, argv: after }), task.process.clock.sleep(limit).then(() => 143)]);
};
