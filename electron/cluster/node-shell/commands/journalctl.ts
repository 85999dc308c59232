import type { JournalEntry } from '../../machine/interface.ts';
import type { CommandContext, MachineCommand } from '../interface.ts';
import { CommandError } from '../interface.ts';
import { parseOptions } from './options.ts';
import { journalLine } from './systemctl-status.ts';
import { parseTime, strftime } from './time.ts';

const PRIORITIES = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'];

interface Line extends JournalEntry {
  readonly unit: string;
}

type Format = (line: Line, machine: string) => string;

const FORMATS: Readonly<Record<string, Format>> = {
  short: journalLine,
  cat: ({ message }) => message,
  'short-iso': (line, machine) =>
    `${strftime('%FT%T+00:00', line.time)} ${journalLine(line, machine).slice(16)}`,
  'short-precise': (line, machine) =>
    `${strftime('%b %d %T', line.time)}.${strftime('%N', line.time).slice(0, 6)} ${journalLine(line, machine).slice(16)}`,
  json: (line, machine) => JSON.stringify(fields(line, machine)),
  'json-pretty': (line, machine) => JSON.stringify(fields(line, machine), null, '\t'),
};

function fields(line: Line, machine: string): Record<string, string> {
  return {
    __REALTIME_TIMESTAMP: String(Math.floor(line.time * 1000)),
    _HOSTNAME: machine,
    PRIORITY: String(line.priority),
    SYSLOG_IDENTIFIER: line.identifier,
    _PID: String(line.pid),
    _SYSTEMD_UNIT: line.identifier === 'systemd' ? 'init.scope' : `${line.unit}.service`,
    MESSAGE: line.message,
  };
}

function priorityOf(text: string): number {
  const at = /^[0-7]$/.test(text) ? Number(text) : PRIORITIES.indexOf(text === 'error' ? 'err' : text);
  if (at < 0) throw new CommandError(`Unknown log level ${text}\n`);
  return at;
}

function timeOf(text: string | undefined, context: CommandContext): number | undefined {
  if (text === undefined) return undefined;
  const time = parseTime(text, context.process.clock.now());
  if (time === undefined) throw new CommandError(`Failed to parse timestamp: ${text}\n`);
  return time;
}

/** `journalctl [-u UNIT] [-f] [-n N] [-r] [-b] [-p LEVEL] [--since T] [--until T] [-o FORMAT] [-g PATTERN] [--no-pager]` */
export const journalctl: MachineCommand = async (args, context) => {
  const { flags, values } = parseOptions('journalctl', args.map((arg) => (arg === '-b' || /^-b-?\d+$/.test(arg) ? '--boot' : arg)), {
    flags: {
      '-f': 'f', '--follow': 'f', '--no-pager': 'N', '-e': 'e', '--pager-end': 'e', '-x': 'x', '--catalog': 'x', '-r': 'r', '--reverse': 'r',
      '--boot': 'b', '-q': 'q', '--quiet': 'q', '-a': 'a', '-k': 'k', '--utc': 'z', '--no-hostname': 'h', '-l': 'l', '--full': 'l',
    },
    values: {
      '-u': 'u', '--unit': 'u', '-n': 'n', '--lines': 'n', '-p': 'p', '--priority': 'p', '-S': 'since', '--since': 'since', '-U': 'until',
      '--until': 'until', '-o': 'o', '--output': 'o', '-t': 't', '--identifier': 't', '-g': 'g', '--grep': 'g',
    },
  }); // prettier-ignore
  const format = FORMATS[values.get('o') ?? 'short'];
  if (format === undefined) throw new CommandError(`Unknown output format '${values.get('o') ?? ''}'.\n`);
  const read = reader(context, values, flags.has('b'));
  const lines = flags.has('k') ? [] : read();
  const asked = values.get('n');
  const wanted =
    asked === undefined ? (flags.has('f') ? 10 : flags.has('e') ? 1000 : lines.length) : Number(asked);
  if (asked !== 'all' && (!Number.isInteger(wanted) || wanted < 0))
    throw new CommandError(`Failed to parse lines '${asked ?? ''}'\n`);
  if (lines.length === 0 && !flags.has('f')) {
    if (!flags.has('q')) context.out('-- No entries --\n');
    return 0;
  }
  const shown = wanted === 0 ? [] : asked === 'all' ? lines : lines.slice(-wanted);
  const { name } = context.machine.spec;
  const print = (items: readonly Line[]): void => {
    for (const line of items) context.out(`${format(line, name)}\n`);
  };
  print(flags.has('r') ? [...shown].reverse() : shown);
  if (!flags.has('f')) return 0;
  let last = lines.at(-1);
  // The journal is bounded, so what is new is what comes after the last line shown.
  const poll = context.process.clock.setInterval(() => {
    const now = read();
    const at =
      last === undefined
        ? -1
        : now.findLastIndex((line) => line.time === last?.time && line.message === last.message);
    print(now.slice(at + 1));
    last = now.at(-1) ?? last;
  }, 200);
  await context.interrupted;
  poll.dispose();
  return 130;
};

/** Entries that are asked for, oldest first. */
function reader(
  context: CommandContext,
  values: ReadonlyMap<string, string>,
  boot: boolean,
): () => readonly Line[] {
  const { units, bootedAt } = context.machine;
  const unit = values.get('u')?.replace(/\.service$/, '');
  const names = (): readonly string[] => (unit === undefined ? units.list.map(({ name }) => name) : [unit]);
  const since = Math.max(timeOf(values.get('since'), context) ?? -Infinity, boot ? bootedAt : -Infinity);
  const until = timeOf(values.get('until'), context) ?? Infinity;
  const worst = priorityOf(values.get('p')?.split('..').at(-1) ?? '7');
  const pattern = values.has('g') ? new RegExp(values.get('g') ?? '') : undefined;
  const identifier = values.get('t');
  return () =>
    names()
      .filter((name) => units.get(name) !== undefined)
      .flatMap((name) => units.journal(name).map((entry) => ({ ...entry, unit: name })))
      .filter(
        ({ time, priority, message, identifier: who }) =>
          time >= since &&
          time <= until &&
          priority <= worst &&
          (pattern === undefined || pattern.test(message)) &&
          (identifier === undefined || identifier === who),
      )
      .sort((a, b) => a.time - b.time);
}
