import type { FileStat, Machine, MountedFolder } from '../machine/interface.ts';
import { KERNEL, KERNEL_BUILD, memoryOf, mountsOf } from './commands/system.ts';

interface ProcProcess {
  readonly pid: number;
  readonly parent: number;
  readonly argv: readonly string[];
  readonly startedAt: number;
}

const KIB = 1024;
/** The kernel's ticks of a second, in which it says times. */
const HERTZ = 100;
const SYSTEMD = ['/usr/lib/systemd/systemd', '--system', '--deserialize=50'];

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
/** The kernel keeps 15 characters of a name. */
const nameOf = ({ argv }: ProcProcess): string => baseName(argv[0] ?? '').slice(0, 15);

/** One line of `/proc/PID/status` or `/proc/meminfo`. */
const field = (name: string, value: string): string => `${name}:\t${value}\n`;
const kib = (name: string, bytes: number): string =>
  `${`${name}:`.padEnd(15)}${String(Math.floor(bytes / KIB)).padStart(9)} kB\n`;

/**
 * A Linux machine's `/proc`, made when somebody looks. Models fs/proc: what an administrator reads there; processor time and
 * memory of single processes are not modelled and 0. What is set below `sys` is written beside it.
 */
export class ProcFolder implements MountedFolder {
  readonly #machine: Machine;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  stat(path: string): FileStat | undefined {
    if (path === '' || this.#processOf(path)?.file === '') return this.#of('folder', 0o555);
    if (this.readLink(path) !== undefined) return this.#of('link', 0o777);
    return this.#text(path) === undefined ? undefined : this.#of('file', 0o444);
  }

  list(path: string): readonly string[] {
    if (path === '')
      return [...Object.keys(FILES), 'self/', ...this.#processes.map(({ pid }) => `${pid}/`)].sort();
    return this.#processOf(path)?.file === '' ? Object.keys(OF_PROCESS) : [];
  }

  read(path: string): string {
    return this.#text(path) ?? '';
  }

  readLink(path: string): string | undefined {
    return path === 'mounts' ? 'self/mounts' : undefined;
  }

  #text(path: string): string | undefined {
    const whole = FILES[path];
    if (whole !== undefined) return whole(this.#machine);
    const found = this.#processOf(path);
    return found === undefined ? undefined : OF_PROCESS[found.file]?.(found.process, this.#machine);
  }

  /** `self` is the first process: the lab shell that reads is none of the machine. */
  #processOf(path: string): { readonly process: ProcProcess; readonly file: string } | undefined {
    const [, name = '', file = ''] = /^(\d+|self)(?:\/(.*))?$/.exec(path) ?? [];
    const pid = name === 'self' ? 1 : Number(name);
    const process = this.#processes.find((candidate) => candidate.pid === pid);
    return name === '' || process === undefined ? undefined : { process, file };
  }

  get #processes(): readonly ProcProcess[] {
    const first = { pid: 1, parent: 0, argv: SYSTEMD, startedAt: this.#machine.bootedAt };
    return [first, ...this.#machine.processes.map((process) => ({ ...partOf(process), parent: 1 }))];
  }

  #of(kind: FileStat['kind'], mode: number): FileStat {
    return { kind, size: 0, mode, owner: 'root', group: 'root', modifiedAt: this.#machine.now() };
  }
}

function partOf({ pid, argv, startedAt }: Machine['processes'][number]): Omit<ProcProcess, 'parent'> {
  return { pid, argv, startedAt };
}

const seconds = (milliseconds: number): string => (Math.max(0, milliseconds) / 1000).toFixed(2);

function cpuinfo({ spec: { cpus } }: Machine): string {
  const one = (number: number): string =>
    [
      `processor\t: ${number}`,
      'vendor_id\t: AuthenticAMD',
      'cpu family\t: 25',
      'model\t\t: 1',
      'model name\t: AMD EPYC 7J13 64-Core Processor',
      'cpu MHz\t\t: 2545.214',
      'cache size\t: 512 KB',
      `physical id\t: 0`,
      `siblings\t: ${cpus}`,
      `core id\t\t: ${number}`,
      `cpu cores\t: ${cpus}`,
      '',
    ].join('\n');
  return `${Array.from({ length: cpus }, (_, number) => one(number)).join('\n')}\n`;
}

function meminfo(machine: Machine): string {
  const { total, used, cache } = memoryOf({ machine });
  return [
    kib('MemTotal', total),
    kib('MemFree', total - used - cache),
    kib('MemAvailable', total - used),
    kib('Buffers', cache * 0.05),
    kib('Cached', cache * 0.95),
    kib('SwapCached', 0),
    kib('SwapTotal', 0),
    kib('SwapFree', 0),
  ].join('');
}

function mounts({ spec, files }: Machine): string {
  const own = mountsOf(spec.memory).map((parts) => parts.join(' '));
  const disks = files.mounts().map(({ device, folder }) => `${device} ${folder} ext4 rw,relatime`);
  return [...own, ...disks].map((line) => `${line} 0 0\n`).join('');
}

/** Files of the machine as a whole. */
const FILES: Readonly<Record<string, (machine: Machine) => string>> = {
  cmdline: () => `BOOT_IMAGE=/vmlinuz-${KERNEL} root=/dev/vda1 ro console=tty1\n`,
  cpuinfo,
  loadavg: ({ processes }) =>
    `0.00 0.00 0.00 1/${processes.length + 1} ${Math.max(1, ...processes.map(({ pid }) => pid))}\n`,
  meminfo,
  mounts,
  uptime: (machine) => {
    const up = machine.now() - machine.bootedAt;
    return `${seconds(up)} ${seconds(up * machine.spec.cpus)}\n`;
  },
  version: () =>
    `Linux version ${KERNEL} (buildd@lcy02-amd64-054) (x86_64-linux-gnu-gcc-13) ${KERNEL_BUILD}\n`,
};

/** Files of a process. */
const OF_PROCESS: Readonly<Record<string, (process: ProcProcess, machine: Machine) => string>> = {
  cmdline: ({ argv }) => argv.map((word) => `${word}\0`).join(''),
  comm: (process) => `${nameOf(process)}\n`,
  mounts: (_process, machine) => mounts(machine),
  stat: (process, { bootedAt }) => {
    const ticks = Math.floor((Math.max(0, process.startedAt - bootedAt) * HERTZ) / 1000);
    const { pid, parent } = process;
    return `${pid} (${nameOf(process)}) S ${parent} ${pid} ${pid} 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 ${ticks} 0 0\n`;
  },
  status: (process) =>
    field('Name', nameOf(process)) +
    field('Umask', '0022') +
    field('State', 'S (sleeping)') +
    field('Tgid', String(process.pid)) +
    field('Pid', String(process.pid)) +
    field('PPid', String(process.parent)) +
    field('Uid', '0\t0\t0\t0') +
    field('Gid', '0\t0\t0\t0') +
    field('Threads', '1'),
};
