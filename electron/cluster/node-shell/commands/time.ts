import type { CommandContext, MachineCommand } from '../interface.ts';
import { CommandError } from '../interface.ts';
import { parseOptions } from './options.ts';

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']; // prettier-ignore
const UNITS: Readonly<Record<string, number>> = {
  sec: 1000, second: 1000, min: 60_000, minute: 60_000, hour: 3_600_000, day: 86_400_000, week: 604_800_000, month: 2_592_000_000, year: 31_536_000_000,
}; // prettier-ignore

/** As strftime writes a time, in UTC. */
export function strftime(format: string, time: number): string {
  const at = new Date(time);
  const iso = at.toISOString();
  const day = DAYS[at.getUTCDay()] ?? '';
  const month = MONTHS[at.getUTCMonth()] ?? '';
  const fields: Readonly<Record<string, string>> = {
    Y: iso.slice(0, 4), m: iso.slice(5, 7), d: iso.slice(8, 10), H: iso.slice(11, 13), M: iso.slice(14, 16), S: iso.slice(17, 19),
    y: iso.slice(2, 4), e: String(at.getUTCDate()).padStart(2), F: iso.slice(0, 10), T: iso.slice(11, 19), R: iso.slice(11, 16),
    a: day.slice(0, 3), A: day, b: month.slice(0, 3), h: month.slice(0, 3), B: month, Z: 'UTC', z: '+0000', n: '\n', t: '\t', '%': '%',
    s: String(Math.floor(time / 1000)), N: `${String(Math.floor(time) % 1000).padStart(3, '0')}000000`, u: String(at.getUTCDay() || 7),
    j: String(Math.floor((time - Date.UTC(at.getUTCFullYear(), 0, 1)) / 86_400_000) + 1).padStart(3, '0'),
    I: String(at.getUTCHours() % 12 || 12).padStart(2, '0'), p: at.getUTCHours() < 12 ? 'AM' : 'PM',
    c: `${day.slice(0, 3)} ${month.slice(0, 3)} ${String(at.getUTCDate()).padStart(2)} ${iso.slice(11, 19)} ${iso.slice(0, 4)}`,
  }; // prettier-ignore
  return format.replace(/%([a-zA-Z%])/g, (all, letter: string) => fields[letter] ?? all);
}

/** A time that a person writes: a date, `@SECONDS`, `now`, `yesterday`, `+5 days`, `10 min ago`. Undefined for what is none. */
export function parseTime(text: string, now: number): number | undefined {
  const clean = text.trim();
  if (clean.startsWith('@') && /^@\d+$/.test(clean)) return Number(clean.slice(1)) * 1000;
  const midnight = now - (now % 86_400_000);
  const named: Readonly<Record<string, number>> = {
    now, today: midnight, yesterday: midnight - 86_400_000, tomorrow: midnight + 86_400_000,
  }; // prettier-ignore
  if (named[clean] !== undefined) return named[clean];
  const relative =
    /^([+-]?)\s*(\d+)\s*(s|m|h|d|w|y|sec|min|second|minute|hour|day|week|month|year)s?( ago)?$/i.exec(clean);
  if (relative !== null) {
    const [, sign, amount, unit = '', ago] = relative;
    const long =
      { s: 'sec', m: 'min', h: 'hour', d: 'day', w: 'week', y: 'year' }[unit.toLowerCase()] ??
      unit.toLowerCase();
    const ms = Number(amount) * (UNITS[long] ?? 0);
    return sign === '-' || ago !== undefined ? now - ms : now + ms;
  }
  const clock = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(clean);
  if (clock !== null)
    return midnight + Number(clock[1]) * 3_600_000 + Number(clock[2]) * 60_000 + Number(clock[3] ?? 0) * 1000;
  const parsed = Date.parse(
    /([zZ]|UTC|GMT|[+-]\d\d:?\d\d)$/.test(clean)
      ? clean
      : `${clean.replace(' ', 'T')}${clean.includes(':') ? 'Z' : ''}`,
  );
  const other = Number.isNaN(parsed) ? Date.parse(`${clean} UTC`) : parsed;
  return Number.isNaN(other) ? undefined : other;
}

/** `date [+FORMAT] [-u] [-d TEXT] [-s TEXT] [-I[seconds]] [-R]` */
export const date: MachineCommand = (args, context) => {
  const format = args.find((arg) => arg.startsWith('+'))?.slice(1);
  const { flags, values } = parseOptions(
    'date',
    args.filter((arg) => !arg.startsWith('+')),
    {
      flags: {
        '-u': 'u',
        '--utc': 'u',
        '-R': 'R',
        '-I': 'I',
        '--iso-8601': 'I',
        '-Iseconds': 'Is',
        '--iso-8601=seconds': 'Is',
      },
      values: { '-d': 'd', '--date': 'd', '-s': 's', '--set': 's' },
    },
  );
  const now = context.process.clock.now();
  const typed = values.get('s') ?? values.get('d');
  const time = typed === undefined ? now : parseTime(typed, now);
  if (time === undefined) throw new CommandError(`date: invalid date ‘${typed ?? ''}’\n`);
  if (values.has('s')) context.machine.setClock(time);
  const shown = flags.has('Is')
    ? '%FT%T+00:00'
    : flags.has('I')
      ? '%F'
      : flags.has('R')
        ? '%a, %d %b %Y %T +0000'
        : (format ?? '%a %b %e %T UTC %Y');
  context.out(`${strftime(shown, time)}\n`);
  return 0;
};

function showTime({ machine, out, process }: CommandContext): void {
  const now = process.clock.now();
  const line = (label: string, text: string): void => out(`${label.padStart(26)}: ${text}\n`);
  line('Local time', strftime('%a %F %T UTC', now));
  line('Universal time', strftime('%a %F %T UTC', now));
  line('RTC time', strftime('%a %F %T', now));
  line('Time zone', 'Etc/UTC (UTC, +0000)');
  line('System clock synchronized', machine.clockSkew === 0 ? 'yes' : 'no');
  line('NTP service', 'inactive');
  line('RTC in local TZ', 'no');
}

/** `timedatectl [status|show|set-time TEXT|set-ntp BOOL]` */
export const timedatectl: MachineCommand = (args, context) => {
  const [verb = 'status', text] = args.filter((arg) => !arg.startsWith('-'));
  const { machine, process } = context;
  switch (verb) {
    case 'status':
      showTime(context);
      return 0;
    case 'show':
      context.out(
        `Timezone=Etc/UTC\nLocalRTC=no\nCanNTP=yes\nNTP=no\nNTPSynchronized=${machine.clockSkew === 0 ? 'yes' : 'no'}\n`,
      );
      return 0;
    case 'set-time': {
      if (text === undefined) throw new CommandError('Too few arguments.\n');
      const time = parseTime(text, process.clock.now());
      if (time === undefined)
        throw new CommandError(`Failed to parse time specification '${text}': Invalid argument\n`);
      machine.setClock(time);
      return 0;
    }
    case 'set-ntp':
      // A time server is not modelled as one: synchronized is what has no error.
      if (/^(1|y|yes|t|true|on)$/.test(text ?? '')) machine.setClock(machine.now() - machine.clockSkew);
      return 0;
    default:
      throw new CommandError(`Unknown command verb '${verb}'.\n`);
  }
};
