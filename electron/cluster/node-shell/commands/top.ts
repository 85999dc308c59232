import type { CommandContext, MachineCommand } from '../interface.ts';
import { parseOptions } from './options.ts';
import { processRows } from './ps.ts';
import { memoryOf, upFor } from './system.ts';
import { strftime } from './time.ts';

const MIB = 1024 ** 2;

function screen(context: CommandContext): readonly string[] {
  const rows = processRows(context);
  const { total, used, cache } = memoryOf(context);
  const mib = (bytes: number): string => (bytes / MIB).toFixed(1).padStart(8);
  return [
    `top - ${strftime('%T', context.process.clock.now())} up ${upFor(context)},  1 user,  load average: 0.00, 0.00, 0.00`,
    `Tasks: ${String(rows.length).padStart(3)} total,   1 running, ${String(rows.length - 1).padStart(3)} sleeping,   0 stopped,   0 zombie`,
    '%Cpu(s):  0.0 us,  0.0 sy,  0.0 ni,100.0 id,  0.0 wa,  0.0 hi,  0.0 si,  0.0 st ',
    `MiB Mem : ${mib(total)} total, ${mib(total - used - cache)} free, ${mib(used)} used, ${mib(cache)} buff/cache     `,
    `MiB Swap: ${mib(0)} total, ${mib(0)} free, ${mib(0)} used. ${mib(total - used)} avail Mem `,
    '',
    '    PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND',
    ...rows.map(({ pid, command }) => {
      const name = (command.split(' ')[0] ?? '').replace(/^.*\//, '').slice(0, 15);
      return `${String(pid).padStart(7)} root      20   0       0      0      0 S   0.0   0.0   0:00.00 ${name}`;
    }),
  ];
}

/** `top [-b] [-n N] [-d SECONDS]`: at a terminal until `q`. Processor and memory of a process are not modelled: they are 0. */
export const top: MachineCommand = async (args, context) => {
  const { flags, values } = parseOptions('top', args, {
    flags: { '-b': 'b', '-c': 'c', '-H': 'H', '-i': 'i' },
    values: { '-n': 'n', '-d': 'd', '-o': 'o', '-p': 'p', '-w': 'w' },
  });
  const times = Number(values.get('n') ?? Infinity);
  const delay = Math.max(100, Number(values.get('d') ?? 3) * 1000);
  const { clock } = context.process;
  if (flags.has('b')) {
    for (let turn = 0; turn < times; turn += 1) {
      if (turn > 0) await clock.sleep(delay);
      context.out(`${turn > 0 ? '\n' : ''}${screen(context).join('\n')}\n`);
    }
    return 0;
  }
  const { terminal } = context;
  if (terminal === undefined) {
    context.err('top: failed tty get\n');
    return 1;
  }
  const draw = (): void => {
    const { rows, columns } = terminal.size;
    const lines = screen(context).slice(0, rows);
    context.out(`\x1b[H${lines.map((line) => `${line.slice(0, columns)}\x1b[K`).join('\r\n')}\x1b[J`);
  };
  context.out('\x1b[?1049h\x1b[?25l');
  await new Promise<void>((resolve) => {
    let turns = 1;
    draw();
    if (turns >= times) return resolve();
    const timer = clock.setInterval(() => {
      draw();
      turns += 1;
      if (turns < times) return;
      timer.dispose();
      resolve();
    }, delay);
    terminal.onKeys((keys) => {
      if (!/[qQ\x03]/.test(keys)) return draw();
      timer.dispose();
      resolve();
    }, draw);
    void context.interrupted.then(resolve);
  });
  context.out('\x1b[?25h\x1b[?1049l');
  return 0;
};
