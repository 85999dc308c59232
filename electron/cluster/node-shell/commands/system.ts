import type { CommandContext, MachineCommand } from '../interface.ts';
import { systemdAgo } from '../human.ts';

/** When the oldest process of this boot began. */
function bootedAt(context: CommandContext): number {
  return Math.min(
    context.process.clock.now(),
    ...context.machine.processes.map((process) => process.startedAt),
  );
}

const hostname: MachineCommand = (args, context) => {
  context.out(
    `${args.includes('-I') || args.includes('-i') ? context.machine.spec.ip : context.machine.spec.name}\n`,
  );
  return 0;
};

const uname: MachineCommand = (args, context) => {
  const { name } = context.machine.spec;
  const flags = args.join('').replaceAll('-', '');
  if (flags.includes('a'))
    context.out(`Linux ${name} 6.8.0-60-generic #63-Ubuntu SMP x86_64 x86_64 x86_64 GNU/Linux\n`);
  else
    context.out(
      `${flags.includes('r') ? '6.8.0-60-generic' : flags.includes('m') ? 'x86_64' : flags.includes('n') ? name : 'Linux'}\n`,
    );
  return 0;
};

const uptime: MachineCommand = (_args, context) => {
  const now = context.process.clock.now();
  const up = systemdAgo(now - bootedAt(context)).replace(' ago', '');
  context.out(` ${new Date(now).toISOString().slice(11, 19)} up ${up},  1 user\n`);
  return 0;
};

const date: MachineCommand = (args, context) => {
  const now = new Date(context.process.clock.now());
  if (args.includes('-Iseconds') || args.includes('--iso-8601=seconds'))
    context.out(`${now.toISOString().slice(0, 19)}+00:00\n`);
  else if (args.includes('+%s')) context.out(`${Math.floor(now.getTime() / 1000)}\n`);
  else {
    const [day = '', dayOfMonth = '', month = '', year = ''] = now.toUTCString().replace(',', '').split(' ');
    context.out(
      `${day} ${month} ${dayOfMonth.replace(/^0/, ' ')} ${now.toISOString().slice(11, 19)} UTC ${year}\n`,
    );
  }
  return 0;
};

const ip: MachineCommand = (args, context) => {
  if (!['addr', 'a', 'address'].includes(args[0] ?? '')) {
    context.err(`leme: "ip ${args.join(' ')}" is not modelled yet; "ip addr" is\n`);
    return 1;
  }
  context.out(
    '1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000\n    inet 127.0.0.1/8 scope host lo\n' +
      `2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq_codel state UP group default qlen 1000\n    inet ${context.machine.spec.ip}/24 scope global eth0\n`,
  );
  return 0;
};

const whoami: MachineCommand = (_args, context) => {
  context.out('root\n');
  return 0;
};

const pwd: MachineCommand = (_args, context) => {
  context.out(`${context.cwd}\n`);
  return 0;
};

const sleep: MachineCommand = async (args, context) => {
  const seconds = Number((args[0] ?? '').replace(/s$/, ''));
  if (args[0] === undefined || !Number.isFinite(seconds)) {
    context.err(
      args[0] === undefined ? 'sleep: missing operand\n' : `sleep: invalid time interval '${args[0]}'\n`,
    );
    return 1;
  }
  await context.process.clock.sleep(seconds * 1000);
  return 0;
};

export const systemCommands: Readonly<Record<string, MachineCommand>> = {
  hostname,
  uname,
  uptime,
  date,
  ip,
  whoami,
  pwd,
  sleep,
  true: () => 0,
  false: () => 1,
};
