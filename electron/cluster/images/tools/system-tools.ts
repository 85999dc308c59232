import type { Tool } from '../container/interface.ts';
import { parseArguments, ToolError } from './arguments.ts';

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

export const sleep: Tool = async (task) => {
  if (task.argv.length < 2) throw new ToolError('sleep: missing operand');
  let seconds = 0;
  for (const text of task.argv.slice(1)) {
    if (text === 'infinity' || text === 'inf') return new Promise<number>(() => undefined);
    const match = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(text);
    if (match === null) throw new ToolError(`sleep: invalid number '${text}'`);
    seconds += Number(match[1]) * (UNITS[match[2] || 's'] ?? 1);
  }
  await task.process.clock.sleep(seconds * 1000);
  return 0;
};

export const date: Tool = (task) => {
  const now = new Date(task.process.clock.now());
  const iso = now.toISOString();
  const [day = '', dayOfMonth = '', month = '', year = ''] = now.toUTCString().replace(',', '').split(' ');
  const format = task.argv.find((arg) => arg.startsWith('+'))?.slice(1) ?? '%a %b %e %T UTC %Y';
  const fields: Readonly<Record<string, string>> = {
    a: day, b: month, e: dayOfMonth.replace(/^0/, ' '), Y: year, m: iso.slice(5, 7), d: iso.slice(8, 10), H: iso.slice(11, 13),
    M: iso.slice(14, 16), S: iso.slice(17, 19), T: iso.slice(11, 19), F: iso.slice(0, 10), Z: 'UTC', n: '\n',
    s: String(Math.floor(now.getTime() / 1000)), N: `${iso.slice(20, 23)}000000`, '%': '%',
  }; // prettier-ignore
  task.stdout.write(`${format.replace(/%([A-Za-z%])/g, (all, letter: string) => fields[letter] ?? all)}\n`);
  return 0;
};

export const env: Tool = (task) => {
  const variables = new Map(task.env);
  const args = task.argv.slice(1);
  while (/^\w+=/.test(args[0] ?? '')) {
    const word = args.shift() ?? '';
    variables.set(word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1));
  }
  if (args.length > 0) return task.run({ ...task, argv: args, env: variables });
  for (const [name, value] of variables) task.stdout.write(`${name}=${value}\n`);
  return 0;
};

export const printenv: Tool = (task) => {
  const [name] = task.argv.slice(1);
  if (name === undefined) return env({ ...task, argv: ['env'] });
  const value = task.env.get(name);
  if (value === undefined) return 1;
  task.stdout.write(`${value}\n`);
  return 0;
};

export const hostname: Tool = (task) => {
  const { flags } = parseArguments(task, 'isfd');
  task.stdout.write(
    `${flags.has('i') ? task.process.ip : task.world.hostname || task.process.machine.name}\n`,
  );
  return 0;
};

export const uname: Tool = (task) => {
  const { flags } = parseArguments(task, 'asnrmvo');
  const parts = {
    s: 'Linux',
    n: task.world.hostname,
    r: '6.8.0-60-generic',
    v: '#63-Ubuntu SMP',
    m: 'x86_64',
    o: 'GNU/Linux',
  };
  const wanted = Object.entries(parts).filter(
    ([letter]) => flags.has('a') || flags.has(letter) || (flags.size === 0 && letter === 's'),
  );
  task.stdout.write(`${wanted.map(([, text]) => text).join(' ')}\n`);
  return 0;
};

export const id: Tool = (task) => {
  const { flags } = parseArguments(task, 'ugGn');
  const { uid, gid, name, groupName } = task.world.user;
  const called = (number: number, text: string): string =>
    text === '' ? String(number) : `${number}(${text})`;
  const one = (number: number, text: string): string =>
    flags.has('n') && text !== '' ? text : String(number);
  if (flags.has('u')) task.stdout.write(`${one(uid, name)}\n`);
  else if (flags.has('g') || flags.has('G')) task.stdout.write(`${one(gid, groupName)}\n`);
  else
    task.stdout.write(
      `uid=${called(uid, name)} gid=${called(gid, groupName)} groups=${called(gid, groupName)}\n`,
    );
  return 0;
};

export const whoami: Tool = (task) => {
  const { uid, name } = task.world.user;
  if (name === '') throw new ToolError(`whoami: unknown uid ${uid}`);
  task.stdout.write(`${name}\n`);
  return 0;
};

export const which: Tool = (task) => {
  let code = 0;
  for (const name of task.argv.slice(1)) {
    const path = task.find(name);
    if (path === undefined) code = 1;
    else task.stdout.write(`${path}\n`);
  }
  return code;
};

export const ps: Tool = (task) => {
  const { name, uid } = task.world.user;
  const who = (name === '' ? String(uid) : name).slice(0, 8);
  task.stdout.write('PID   USER     TIME  COMMAND\n');
  for (const { pid, argv } of task.world.processes())
    task.stdout.write(`${String(pid).padStart(5)} ${who.padEnd(8)}  0:00 ${argv.join(' ')}\n`);
  return 0;
};

export const kill: Tool = (task) => {
  let signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM';
  let code = 0;
  for (const word of task.argv.slice(1)) {
    if (word.startsWith('-')) {
      const name = word
        .slice(1)
        .replace(/^(s|SIG)/, '')
        .toUpperCase();
      if (name === '9' || name === 'KILL') signal = 'SIGKILL';
      else if (name !== '15' && name !== 'TERM' && name !== '')
        throw new ToolError(`kill: ${word.slice(1)}: only TERM and KILL are modelled`);
      continue;
    }
    const target = task.world.processes().find(({ pid }) => String(pid) === word);
    if (target === undefined) {
      task.stderr.write(`sh: can't kill pid ${word}: No such process\n`);
      code = 1;
    } else if (signal === 'SIGTERM' || target.pid !== 1) target.kill(signal);
    // The kernel does not deliver SIGKILL from within to process 1.
  }
  return code;
};

export const nproc: Tool = (task) => (task.stdout.write(`${task.process.machine.cpus}\n`), 0);

export const uptime: Tool = (task) => {
  const time = new Date(task.process.clock.now()).toISOString().slice(11, 19);
  task.stdout.write(` ${time} up  load average: 0.00, 0.00, 0.00\n`);
  return 0;
};

/** `stty size`: rows, then columns; the settings themselves are not modelled. */
export const stty: Tool = (task) => {
  if (task.terminal === undefined) {
    task.stderr.write("stty: 'standard input': Inappropriate ioctl for device\n");
    return 1;
  }
  const { columns, rows } = task.terminal.size;
  const [word] = task.argv.slice(1);
  if (word === 'size') task.stdout.write(`${rows} ${columns}\n`);
  else if (word === undefined) task.stdout.write('speed 38400 baud; line = 0;\n');
  else {
    task.stderr.write('leme: of "stty" only "size" is modelled\n');
    return 127;
  }
  return 0;
};

/** `tput cols`, `tput lines`: what the terminal's window says, 80 by 24 without one. */
export const tput: Tool = (task) => {
  const { columns, rows } = task.terminal?.size ?? { columns: 80, rows: 24 };
  const [word = ''] = task.argv.slice(1);
  if (word === 'cols') task.stdout.write(`${columns}\n`);
  else if (word === 'lines') task.stdout.write(`${rows}\n`);
  else {
    task.stderr.write('leme: of "tput" only "cols" and "lines" are modelled\n');
    return 127;
  }
  return 0;
};
