import type { ProcessContext, Program } from '../../machine/interface.ts';
import { runScript } from './mini-shell.ts';

/** What a command comes to: an exit code, and what it printed (for `$(…)` and redirections, hence not direct). */
export interface ToolIo {
  readonly process: ProcessContext;
  readonly env: ReadonlyMap<string, string>;
  out(line: string): void;
  err(line: string): void;
}

type Tool = (argv: readonly string[], io: ToolIo) => Promise<number> | number;

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

async function sleep(argv: readonly string[], io: ToolIo): Promise<number> {
  if (argv.length < 2) {
    io.err('sleep: missing operand');
    return 1;
  }
  let seconds = 0;
  for (const text of argv.slice(1)) {
    if (text === 'infinity' || text === 'inf') return new Promise<number>(() => undefined);
    const match = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(text);
    if (match === null) {
      io.err(`sleep: invalid number '${text}'`);
      return 1;
    }
    seconds += Number(match[1]) * (UNITS[match[2] || 's'] ?? 1);
  }
  await io.process.clock.sleep(seconds * 1000);
  return 0;
}

function echo(argv: readonly string[], io: ToolIo): number {
  const flags = argv[1] === '-n' || argv[1] === '-e' ? 2 : 1;
  io.out(argv.slice(flags).join(' '));
  return 0;
}

function date(argv: readonly string[], io: ToolIo): number {
  const now = new Date(io.process.clock.now());
  const format = argv.find((arg) => arg.startsWith('+'))?.slice(1);
  if (format === undefined) {
    const [day = '', dayOfMonth = '', month = '', year = ''] = now.toUTCString().replace(',', '').split(' ');
    io.out(`${day} ${month} ${dayOfMonth.replace(/^0/, ' ')} ${now.toISOString().slice(11, 19)} UTC ${year}`);
    return 0;
  }
  const iso = now.toISOString();
  const fields: Readonly<Record<string, string>> = {
    Y: iso.slice(0, 4),
    m: iso.slice(5, 7),
    d: iso.slice(8, 10),
    H: iso.slice(11, 13),
    M: iso.slice(14, 16),
    S: iso.slice(17, 19),
    s: String(Math.floor(now.getTime() / 1000)),
    T: iso.slice(11, 19),
    F: iso.slice(0, 10),
    '%': '%',
  };
  io.out(format.replace(/%([A-Za-z%])/g, (all, letter: string) => fields[letter] ?? all));
  return 0;
}

function tail(argv: readonly string[], io: ToolIo): Promise<number> | number {
  const follows = argv.some((arg) => /^-\w*[fF]/.test(arg));
  if (follows && argv.at(-1) === '/dev/null') return new Promise<number>(() => undefined);
  io.err(`leme: "${argv.join(' ')}" is not modelled; tail -f /dev/null is`);
  return 127;
}

const TOOLS: ReadonlyMap<string, Tool> = new Map<string, Tool>([
  ['sleep', sleep],
  ['echo', echo],
  ['date', date],
  ['tail', tail],
  ['true', () => 0],
  [':', () => 0],
  ['false', () => 1],
  ['hostname', (_argv, io) => (io.out(io.env.get('HOSTNAME') ?? io.process.machine.name), 0)],
  ['env', (_argv, io) => ([...io.env].forEach(([key, value]) => io.out(`${key}=${value}`)), 0)],
  [
    'printenv',
    (argv, io) => (
      argv[1] === undefined
        ? [...io.env].forEach(([k, v]) => io.out(`${k}=${v}`))
        : io.out(io.env.get(argv[1]) ?? ''),
      0
    ),
  ],
]);

const SHELLS: ReadonlySet<string> = new Set(['sh', 'bash', 'ash', 'zsh']);

/** Exist in such images, but what they do is not modelled: they say so and end with 127. */
const UNMODELLED: ReadonlySet<string> = new Set(
  (
    'awk base64 cat chmod chown cp curl cut dd df dig find free grep gzip head httpd id ip kill ln ls md5sum mkdir mv nc netstat nohup ' +
    'nslookup ping pgrep printf ps pwd rm sed seq sha256sum sort stat stress sync tar tee test timeout top touch tr uname uniq uptime vi watch wc wget ' +
    'which whoami xargs yes'
  ).split(' '),
);

/** True for what the small programs below run, or know but do not model. */
export function isKnownTool(name: string): boolean {
  return TOOLS.has(name) || SHELLS.has(name) || UNMODELLED.has(name);
}

/** Runs one command. A shell as its own child is a script of its own. */
export async function runTool(argv: readonly string[], io: ToolIo): Promise<number> {
  const file = argv[0] ?? '';
  const name = file.slice(file.lastIndexOf('/') + 1);
  const tool = TOOLS.get(name);
  if (tool !== undefined) return tool(argv, io);
  if (SHELLS.has(name)) return shell(argv, io);
  if (UNMODELLED.has(name)) io.err(`leme: "${name}" is not modelled in simulated containers yet`);
  else io.err(`sh: ${file}: not found`);
  return 127;
}

async function shell(argv: readonly string[], io: ToolIo): Promise<number> {
  const index = argv.findIndex((arg) => /^-[a-z]*c$/.test(arg));
  const script = index < 0 ? undefined : argv[index + 1];
  if (script !== undefined) return runScript(script, io, runTool);
  if (argv.slice(1).every((arg) => arg.startsWith('-'))) return 0;
  io.err(`${argv[0] ?? 'sh'}: can't open '${argv[1] ?? ''}': No such file or directory`);
  return 2;
}

/** Main program of a container that runs a shell or a small tool. */
export const toolProgram: Program = async (process) => {
  // Process 1 of a container has no default action for SIGTERM: only SIGKILL ends it.
  process.onTerminate(() => undefined);
  return runTool(process.argv, {
    process,
    env: new Map(Object.entries(process.env)),
    out: (line) => process.stdout(line),
    err: (line) => process.stderr(line),
  });
};
