import { readContainerLog } from '../../../cri/container-log.ts';
import type { Container } from '../../../cri/interface.ts';
import type { CommandContext } from '../../interface.ts';
import { CommandError } from '../../interface.ts';
import { parseOptions } from '../options.ts';

/** One line of a CRI log without its head: `<time> stdout F <text>`. */
const LINE = /^(\S+) (stdout|stderr) [FP] (.*)$/s;

/** `crictl logs [-f] [--tail N] [-t] ID` */
export async function crictlLogs(
  args: readonly string[],
  container: Container,
  context: CommandContext,
): Promise<number> {
  const { flags, values } = parseOptions('crictl', args, {
    flags: { '-f': 'f', '--follow': 'f', '-t': 't', '--timestamps': 't', '-p': 'p', '--previous': 'p' },
    values: { '--tail': 'tail', '-n': 'tail' },
  });
  const print = (lines: readonly string[]): void => {
    for (const line of lines) {
      const [, time = '', stream = 'stdout', text = line] = LINE.exec(line) ?? [];
      (stream === 'stderr' ? context.err : context.out)(`${flags.has('t') ? `${time} ` : ''}${text}\n`);
    }
  };
  const { files } = context.machine;
  const lines = readContainerLog(files, container.logPath);
  const wanted = values.has('tail') ? Number(values.get('tail')) : lines.length;
  if (!Number.isInteger(wanted))
    throw new CommandError(`invalid value "${values.get('tail') ?? ''}" for flag -tail: parse error\n`);
  print(wanted === 0 ? [] : lines.slice(-wanted));
  if (!flags.has('f') || container.state !== 'CONTAINER_RUNNING') return 0;
  let last = lines.at(-1);
  const folder = container.logPath.slice(0, container.logPath.lastIndexOf('/'));
  context.process.files.watch(folder, () => {
    const now = readContainerLog(files, container.logPath);
    const from = last === undefined ? 0 : now.lastIndexOf(last) + 1;
    print(now.slice(from));
    last = now.at(-1) ?? last;
  });
  await context.interrupted;
  return 130;
}
