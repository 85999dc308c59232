import type { MachineCommand } from '../interface.ts';
import { CommandError } from '../interface.ts';
import { parseOptions } from './options.ts';
import { ps } from './ps.ts';
import { top } from './top.ts';

const pgrep: MachineCommand = (args, context) => {
  const { flags, rest } = parseOptions('pgrep', args, { flags: { '-f': 'f', '-l': 'l', '-a': 'a' } });
  const pattern = new RegExp(rest[0] ?? '');
  const found = context.machine.processes.filter(
    (process) =>
      process.pid !== context.process.pid &&
      pattern.test(flags.has('f') ? process.argv.join(' ') : (process.argv[0] ?? '')),
  );
  for (const process of found) {
    context.out(
      `${process.pid}${flags.has('a') ? ` ${process.argv.join(' ')}` : flags.has('l') ? ` ${process.argv[0] ?? ''}` : ''}\n`,
    );
  }
  return found.length > 0 ? 0 : 1;
};

/** SIGTERM, or SIGKILL: the others are not modelled. */
function signalOf(text: string): 'SIGTERM' | 'SIGKILL' {
  const name = text
    .replace(/^-(s)?/, '')
    .replace(/^SIG/, '')
    .toUpperCase();
  if (name === '9' || name === 'KILL') return 'SIGKILL';
  if (name === '15' || name === 'TERM' || name === '') return 'SIGTERM';
  throw new CommandError(`-bash: kill: ${text.replace(/^-/, '')}: only TERM and KILL are modelled\n`);
}

const kill: MachineCommand = (args, context) => {
  const signal = args[0]?.startsWith('-') === true ? signalOf(args[0]) : 'SIGTERM';
  const pids = args.filter((arg) => !arg.startsWith('-'));
  if (pids.length === 0)
    throw new CommandError(
      'kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n',
      2,
    );
  let code = 0;
  for (const pid of pids) {
    const target = context.machine.processes.find((process) => String(process.pid) === pid);
    if (target === undefined) {
      context.err(`-bash: kill: (${pid}) - No such process\n`);
      code = 1;
    } else target.kill(signal);
  }
  return code;
};

const killall: MachineCommand = (args, context) => {
  const signal = args[0]?.startsWith('-') === true ? signalOf(args[0]) : 'SIGTERM';
  let code = 0;
  for (const name of args.filter((arg) => !arg.startsWith('-'))) {
    const targets = context.machine.processes.filter(
      (process) =>
        (process.argv[0] ?? '').replace(/^.*\//, '') === name && process.pid !== context.process.pid,
    );
    if (targets.length === 0) {
      context.err(`${name}: no process found\n`);
      code = 1;
    }
    for (const target of targets) target.kill(signal);
  }
  return code;
};

export const processCommands: Readonly<Record<string, MachineCommand>> = {
  ps,
  top,
  pgrep,
  kill,
  killall,
  pkill: killall,
};
