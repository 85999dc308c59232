import type { CommandContext, MachineCommand } from '../interface.ts';
import { CommandError } from '../interface.ts';
import { systemdAgo } from '../human.ts';
import { gnuSize } from './file-listing.ts';
import { parseOptions } from './options.ts';
import { date, strftime, timedatectl } from './time.ts';

export const KERNEL = '6.8.0-60-generic';
export const KERNEL_BUILD = '#63-Ubuntu SMP PREEMPT_DYNAMIC Tue Apr 15 19:04:15 UTC 2025';
/** What the kernel and the programs of the system hold, in bytes; processes come on top. */
const SYSTEM_MEMORY = 380 * 1024 ** 2;
const PROCESS_MEMORY = 40 * 1024 ** 2;

const hostname: MachineCommand = (args, context) => {
  const { name, ip } = context.machine.spec;
  context.out(`${args.includes('-I') || args.includes('-i') ? ip : name}\n`);
  return 0;
};

const hostnamectl: MachineCommand = (_args, context) => {
  context.out(
    ` Static hostname: ${context.machine.spec.name}\n       Icon name: computer-vm\n         Chassis: vm\n  Virtualization: kvm\nOperating System: Ubuntu 24.04.3 LTS\n          Kernel: Linux ${KERNEL}\n    Architecture: x86-64\n`,
  );
  return 0;
};

const uname: MachineCommand = (args, context) => {
  const { name } = context.machine.spec;
  const letters =
    args.length === 0 ? 's' : args.map((arg) => (arg === '--all' ? 'a' : arg.replace(/^-/, ''))).join('');
  const parts = [
    ['s', 'Linux'],
    ['n', name],
    ['r', KERNEL],
    ['v', KERNEL_BUILD],
    ['m', 'x86_64'],
    ['p', 'x86_64'],
    ['i', 'x86_64'],
    ['o', 'GNU/Linux'],
  ] as const;
  const known = new Set(['a', ...parts.map(([letter]) => letter)]);
  const wrong = [...letters].find((letter) => !known.has(letter));
  if (wrong !== undefined)
    throw new CommandError(`uname: invalid option -- '${wrong}'\nTry 'uname --help' for more information.\n`);
  context.out(
    `${parts
      .filter(([letter]) => letters.includes('a') || letters.includes(letter))
      .map(([, text]) => text)
      .join(' ')}\n`,
  );
  return 0;
};

/** `17:07`, `5 min`, `3 days,  2:01`, as uptime and top write it. */
export function upFor(context: CommandContext): string {
  const minutes = Math.max(0, Math.floor((context.process.clock.now() - context.machine.bootedAt) / 60_000));
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor(minutes / 60) % 24;
  const rest = minutes % 60;
  const start = days === 0 ? '' : `${days} day${days === 1 ? '' : 's'}, `;
  return `${start}${hours === 0 ? `${rest} min` : `${String(hours).padStart(2)}:${String(rest).padStart(2, '0')}`}`;
}

const uptime: MachineCommand = (args, context) => {
  const now = context.process.clock.now();
  if (args.includes('-p'))
    context.out(`up ${systemdAgo(now - context.machine.bootedAt).replace(' ago', '')}\n`);
  else if (args.includes('-s')) context.out(`${strftime('%F %T', context.machine.bootedAt)}\n`);
  else
    context.out(` ${strftime('%T', now)} up ${upFor(context)},  1 user,  load average: 0.00, 0.00, 0.00\n`);
  return 0;
};

const MAC = (ip: string): string =>
  `02:42:${ip
    .split('.')
    .map((part) => Number(part).toString(16).padStart(2, '0'))
    .join(':')}`;

const ip: MachineCommand = (args, context) => {
  const words = args.filter((arg) => !arg.startsWith('-'));
  const brief = args.includes('-br') || args.includes('-brief');
  const [what = '', verb = 'show'] = words;
  const own = context.machine.spec.ip;
  const gateway = own.replace(/\d+$/, '1');
  if (what !== '' && 'address'.startsWith(what) && 'show'.startsWith(verb)) {
    if (brief) {
      context.out(
        `lo               UNKNOWN        127.0.0.1/8 \neth0             UP             ${own}/24 \n`,
      );
      return 0;
    }
    const eth0 = `2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq_codel state UP group default qlen 1000\n    link/ether ${MAC(own)} brd ff:ff:ff:ff:ff:ff\n    inet ${own}/24 brd ${own.replace(/\d+$/, '255')} scope global eth0\n       valid_lft forever preferred_lft forever\n`;
    if (!words.includes('eth0'))
      context.out(
        '1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000\n    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n    inet 127.0.0.1/8 scope host lo\n       valid_lft forever preferred_lft forever\n',
      );
    context.out(eth0);
    return 0;
  }
  if (what !== '' && 'route'.startsWith(what) && 'show'.startsWith(verb)) {
    context.out(
      `default via ${gateway} dev eth0 proto static \n${own.replace(/\d+$/, '0')}/24 dev eth0 proto kernel scope link src ${own} \n`,
    );
    return 0;
  }
  context.err(`leme: "ip ${args.join(' ')}" is not modelled; "ip addr" and "ip route" are\n`);
  return 1;
};

const whoami: MachineCommand = (_args, context) => {
  context.out('root\n');
  return 0;
};

const id: MachineCommand = (args, context) => {
  const user = args.find((arg) => !arg.startsWith('-'));
  if (user !== undefined && user !== 'root') throw new CommandError(`id: ‘${user}’: no such user\n`);
  const flags = args.filter((arg) => arg.startsWith('-')).join('');
  if (/[ugG]/.test(flags)) context.out(`${flags.includes('n') ? 'root' : '0'}\n`);
  else context.out('uid=0(root) gid=0(root) groups=0(root)\n');
  return 0;
};

const sleep: MachineCommand = async (args, context) => {
  if (args.length === 0)
    throw new CommandError("sleep: missing operand\nTry 'sleep --help' for more information.\n");
  let seconds = 0;
  for (const text of args) {
    const match = /^(\d+(?:\.\d*)?|\.\d+)([smhd]?)$/.exec(text);
    if (text === 'infinity') return new Promise<number>(() => undefined);
    if (match === null)
      throw new CommandError(
        `sleep: invalid time interval ‘${text}’\nTry 'sleep --help' for more information.\n`,
      );
    seconds += Number(match[1]) * ({ m: 60, h: 3600, d: 86_400 }[match[2] ?? ''] ?? 1);
  }
  await context.process.clock.sleep(seconds * 1000);
  return 0;
};

/** What `free` says, in bytes. A model by the number of processes: memory of programs is not simulated one by one. */
export function memoryOf(context: Pick<CommandContext, 'machine'>): {
  readonly total: number;
  readonly used: number;
  readonly cache: number;
} {
  const total = context.machine.spec.memory;
  const used = Math.min(total * 0.9, SYSTEM_MEMORY + PROCESS_MEMORY * context.machine.processes.length);
  return { total, used, cache: Math.min((total - used) / 2, 900 * 1024 ** 2) };
}

const free: MachineCommand = (args, context) => {
  const { flags } = parseOptions('free', args, {
    flags: {
      '-m': 'm',
      '-g': 'g',
      '-h': 'h',
      '-b': 'b',
      '-k': 'k',
      '-t': 't',
      '-w': 'w',
      '--human': 'h',
      '--mebi': 'm',
    },
  });
  const { total, used, cache } = memoryOf(context);
  const divide = flags.has('b') ? 1 : flags.has('m') ? 1024 ** 2 : flags.has('g') ? 1024 ** 3 : 1024;
  const shown = (bytes: number): string =>
    (flags.has('h')
      ? `${gnuSize(bytes)}${bytes >= 1024 ? 'i' : 'B'}`
      : String(Math.floor(bytes / divide))
    ).padStart(12);
  context.out(
    `${'total'.padStart(20)}${['used', 'free', 'shared', 'buff/cache', 'available'].map((name) => name.padStart(12)).join('')}\n`,
  );
  context.out(
    `Mem:    ${[total, used, total - used - cache, 3 * 1024 ** 2, cache, total - used].map(shown).join('')}\n`,
  );
  context.out(`Swap:   ${[0, 0, 0].map(shown).join('')}\n`);
  return 0;
};

/** `swapoff -a`: there is no swap. */
const swapoff: MachineCommand = () => 0;

const mount: MachineCommand = (args, context) => {
  if (args.length > 0) throw new CommandError('leme: mount only lists what is mounted\n');
  context.out(
    mountsOf(context.machine.spec.memory)
      .map(([source, on, type, options]) => `${source} on ${on} type ${type} (${options})\n`)
      .join(''),
  );
  return 0;
};

/** What is mounted: source, place, type, options. */
export function mountsOf(memory: number): readonly (readonly [string, string, string, string])[] {
  return [
    ['sysfs', '/sys', 'sysfs', 'rw,nosuid,nodev,noexec,relatime'],
    ['proc', '/proc', 'proc', 'rw,nosuid,nodev,noexec,relatime'],
    ['udev', '/dev', 'devtmpfs', 'rw,nosuid,relatime,mode=755,inode64'],
    [
      'tmpfs',
      '/run',
      'tmpfs',
      `rw,nosuid,nodev,noexec,relatime,size=${Math.floor(memory / 10_240)}k,mode=755,inode64`,
    ],
    ['/dev/vda1', '/', 'ext4', 'rw,relatime,discard,errors=remount-ro'],
    ['tmpfs', '/dev/shm', 'tmpfs', 'rw,nosuid,nodev,inode64'],
    ['tmpfs', '/run/lock', 'tmpfs', 'rw,nosuid,nodev,noexec,relatime,size=5120k,inode64'],
    [
      'cgroup2',
      '/sys/fs/cgroup',
      'cgroup2',
      'rw,nosuid,nodev,noexec,relatime,nsdelegate,memory_recursiveprot',
    ],
  ];
}

const dmesg: MachineCommand = (_args, context) => {
  const { cpus, memory } = context.machine.spec;
  const pages = Math.floor(memory / 1024);
  context.out(
    `[    0.000000] Linux version ${KERNEL} (buildd@lcy02-amd64-054) (x86_64-linux-gnu-gcc-13) ${KERNEL_BUILD}\n` +
      `[    0.000000] Command line: BOOT_IMAGE=/vmlinuz-${KERNEL} root=/dev/vda1 ro console=tty1\n` +
      `[    0.000000] Memory: ${Math.floor(pages * 0.96)}K/${pages}K available\n` +
      `[    0.112000] smp: Brought up 1 node, ${cpus} CPU${cpus === 1 ? '' : 's'}\n` +
      `[    1.204000] EXT4-fs (vda1): mounted filesystem ro with ordered data mode.\n` +
      `[    1.611000] systemd[1]: Detected virtualization kvm.\n` +
      `[    1.618000] systemd[1]: Hostname set to <${context.machine.spec.name}>.\n`,
  );
  return 0;
};

/** `ss [-l] [-n] [-t] [-p] [-x] [-a]` */
const ss: MachineCommand = (args, context) => {
  const { flags } = parseOptions('ss', args, {
    flags: Object.fromEntries([...'lntpaxuH4'].map((letter) => [`-${letter}`, letter])),
  });
  const unix = flags.has('x') && !flags.has('t');
  const rows = context.machine
    .listeners()
    .filter(({ port }) => port.startsWith('/') === unix)
    .map(({ ip: address, port, process }) => {
      const users =
        flags.has('p') && process !== undefined
          ? `users:(("${(process.argv[0] ?? process.name).replace(/^.*\//, '').slice(0, 15)}",pid=${process.pid},fd=8))`
          : '';
      return unix
        ? [`u_str LISTEN 0      4096`, `${port} ${20_000 + (process?.pid ?? 0)}`, '* 0', users]
        : ['LISTEN 0      4096', `${address}:${port}`, '0.0.0.0:*', users];
    });
  const head = unix
    ? [
        'Netid State  Recv-Q Send-Q',
        'Local Address:Port',
        'Peer Address:Port',
        flags.has('p') ? 'Process' : '',
      ]
    : ['State  Recv-Q Send-Q', 'Local Address:Port', 'Peer Address:Port', flags.has('p') ? 'Process' : ''];
  if (!flags.has('l') && !flags.has('a')) {
    context.out(`${['State  Recv-Q Send-Q', 'Local Address:Port', 'Peer Address:Port'].join(' ')}\n`);
    return 0;
  }
  const table = [...(flags.has('H') ? [] : [head]), ...rows];
  const width = (column: number): number => Math.max(...table.map((row) => row[column]?.length ?? 0));
  const [first, local, peer] = [width(0), width(1), width(2)];
  for (const [state = '', where = '', other = '', users = ''] of table)
    context.out(
      `${state.padEnd(first)} ${where.padStart(local)} ${other.padStart(peer)} ${users}`.trimEnd() + '\n',
    );
  return 0;
};

const nproc: MachineCommand = (_args, context) => {
  context.out(`${context.machine.spec.cpus}\n`);
  return 0;
};

export const systemCommands: Readonly<Record<string, MachineCommand>> = {
  hostname,
  hostnamectl,
  uname,
  uptime,
  date,
  timedatectl,
  ip,
  whoami,
  id,
  sleep,
  free,
  swapoff,
  mount,
  dmesg,
  ss,
  nproc,
};
