import type { Process } from '../../machine/interface.ts';
import type { CommandContext, MachineCommand } from '../interface.ts';
import { listingTime } from './file-listing.ts';

/** A row of the process table: those of the simulation, and the one that began it all. */
export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly startedAt: number;
  readonly command: string;
  readonly tty: string;
}

export function processRows(context: CommandContext): readonly ProcessRow[] {
  const { machine, process: own, terminal } = context;
  const rows = machine.processes.map((process: Process) => ({
    pid: process.pid,
    parent: 1,
    startedAt: process.startedAt,
    command: process.argv.join(' '),
    tty: process.pid === own.pid && terminal !== undefined ? 'pts/0' : '?',
  }));
  return [
    {
      pid: 1,
      parent: 0,
      startedAt: machine.bootedAt,
      command: '/usr/lib/systemd/systemd --system --deserialize=50',
      tty: '?',
    },
    ...rows.sort((a, b) => a.pid - b.pid),
  ];
}

function startOf(time: number, now: number): string {
  const iso = new Date(time).toISOString();
  return iso.slice(0, 10) === new Date(now).toISOString().slice(0, 10)
    ? iso.slice(11, 16)
    : listingTime(time, now).slice(0, 6).replace(' ', '').replace(' ', '0');
}

/** `ps`, `ps aux`, `ps -ef`. Time of the processor and memory of a process are not modelled: they are 0. */
export const ps: MachineCommand = (args, context) => {
  const now = context.process.clock.now();
  const rows = processRows(context);
  const letters = args.join('').replaceAll('-', '');
  const wanted = /[aexA]/.test(letters) ? rows : rows.filter(({ pid }) => pid === context.process.pid);
  const pid = args[args.indexOf('-p') + 1];
  const shown = args.includes('-p') ? rows.filter((row) => String(row.pid) === pid) : wanted;
  if (/u/.test(letters) && !letters.includes('ef')) {
    context.out('USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n');
    for (const row of shown)
      context.out(
        `root     ${String(row.pid).padStart(7)}  0.0  0.0      0     0 ${row.tty.padEnd(8)} Ssl  ${startOf(row.startedAt, now).padStart(5)}   0:00 ${row.command}\n`,
      );
  } else if (letters.includes('f')) {
    context.out('UID          PID    PPID  C STIME TTY          TIME CMD\n');
    for (const row of shown)
      context.out(
        `root     ${String(row.pid).padStart(7)} ${String(row.parent).padStart(7)}  0 ${startOf(row.startedAt, now)} ${row.tty.padEnd(8)} 00:00:00 ${row.command}\n`,
      );
  } else {
    context.out('    PID TTY          TIME CMD\n');
    for (const row of shown) {
      const name = (row.command.split(' ')[0] ?? '').replace(/^.*\//, '').slice(0, 15);
      context.out(`${String(row.pid).padStart(7)} ${row.tty.padEnd(8)} 00:00:00 ${name}\n`);
    }
  }
  return shown.length > 0 ? 0 : 1;
};
