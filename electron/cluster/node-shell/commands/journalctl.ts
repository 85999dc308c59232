import type { MachineCommand } from '../interface.ts';
import { CommandError } from '../interface.ts';
import { journalTime } from '../human.ts';
import { parseOptions } from './options.ts';

/** `journalctl -u UNIT [-f] [-n N] [--no-pager]` */
export const journalctl: MachineCommand = async (args, context) => {
  const { flags, values } = parseOptions('journalctl', args, {
    flags: {
      '-f': 'f',
      '--follow': 'f',
      '--no-pager': 'p',
      '-e': 'e',
      '-x': 'x',
      '-r': 'r',
      '--reverse': 'r',
      '-b': 'b',
    },
    values: { '-u': 'u', '--unit': 'u', '-n': 'n', '--lines': 'n' },
  });
  const unit = values.get('u')?.replace(/\.service$/, '');
  const { units } = context.machine;
  const names = unit === undefined ? units.list.map(({ name }) => name) : [unit];
  const read = (): readonly { readonly time: number; readonly line: string }[] =>
    names
      .filter((name) => units.get(name) !== undefined)
      .flatMap((name) => units.journal(name))
      .sort((a, b) => a.time - b.time);
  const lines = read();
  const wanted = values.has('n') ? Number(values.get('n')) : flags.has('f') ? 10 : lines.length;
  if (!Number.isInteger(wanted) || wanted < 0)
    throw new CommandError(`Failed to parse lines '${values.get('n') ?? ''}'\n`);
  if (lines.length === 0 && !flags.has('f')) {
    context.out('-- No entries --\n');
    return 0;
  }
  const shown = wanted === 0 ? [] : lines.slice(-wanted);
  const print = (items: typeof lines): void => {
    for (const { time, line } of items) context.out(`${journalTime(time)} ${line}\n`);
  };
  print(flags.has('r') ? [...shown].reverse() : shown);
  if (!flags.has('f')) return 0;
  let last = lines.at(-1);
  // The journal is bounded, so what is new is what comes after the last line shown.
  const poll = context.process.clock.setInterval(() => {
    const now = read();
    const from = last === undefined ? 0 : now.lastIndexOf(last) + 1;
    print(now.slice(from));
    last = now.at(-1) ?? last;
  }, 200);
  await context.interrupted;
  poll.dispose();
  return 130;
};
