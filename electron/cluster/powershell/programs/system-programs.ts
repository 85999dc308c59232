import { windowsPathOf } from '../../../base/windows-path.ts';
import type { NativeIo, NativeProgram, WindowsHost } from '../interface.ts';
import { windowsRelease } from '../release.ts';
import { dateText } from '../values.ts';
import { PsDate } from '../interface.ts';

const MEGABYTE = 1024 ** 2;

function ipconfig(host: WindowsHost): string {
  const gateway = host.ip.replace(/\.\d+$/, '.1');
  return `
Windows IP Configuration


Ethernet adapter vEthernet (Ethernet):

   Connection-specific DNS Suffix  . : 
   IPv4 Address. . . . . . . . . . . : ${host.ip}
   Subnet Mask . . . . . . . . . . . : 255.255.255.0
   Default Gateway . . . . . . . . . : ${gateway}
`;
}

function systeminfo(host: WindowsHost): string {
  const megabytes = (bytes: number): string => `${Math.round(bytes / MEGABYTE).toLocaleString('en-US')} MB`;
  const rows = [
    ['Host Name', host.computerName.toUpperCase()],
    ['OS Name', `Microsoft Windows Server ${windowsRelease(host.osVersion)} Datacenter`],
    ['OS Version', `${host.osVersion} N/A Build ${host.osVersion.split('.').at(-1) ?? ''}`],
    ['OS Manufacturer', 'Microsoft Corporation'],
    ['OS Configuration', 'Standalone Server'],
    ['System Boot Time', dateText(new PsDate(host.bootedAt)).replace(' ', ', ')],
    ['System Type', 'x64-based PC'],
    ['Processor(s)', `${host.processors} Processor(s) Installed.`],
    ['Windows Directory', 'C:\\Windows'],
    ['Total Physical Memory', megabytes(host.memory.total)],
    ['Available Physical Memory', megabytes(host.memory.available)],
  ];
  return `\n${rows.map(([name, value]) => `${`${name}:`.padEnd(27)}${value}\n`).join('')}`;
}

function tasklist(host: WindowsHost): string {
  const rows = host
    .processes()
    .map(
      ({ name, pid }) =>
        `${`${name}.exe`.slice(0, 25).padEnd(25)} ${String(pid).padStart(8)} ${'Services'.padEnd(16)} ${'0'.padStart(11)}\n`,
    );
  return `\n${'Image Name'.padEnd(25)} ${'PID'.padStart(8)} ${'Session Name'.padEnd(16)} ${'Session#'.padStart(11)}\n${'='.repeat(25)} ${'='.repeat(8)} ${'='.repeat(16)} ${'='.repeat(11)}\n${rows.join('')}`;
}

/** `ping [-t] [-n COUNT] localhost`: only the machine itself answers, as no packets between Pods are modelled. */
const ping =
  (host: WindowsHost): NativeProgram =>
  async (args, io) => {
    const forever = args.includes('-t');
    const count = args.includes('-n') ? Number(args[args.indexOf('-n') + 1]) || 4 : 4;
    const target = args.filter((arg, at) => !arg.startsWith('-') && args[at - 1] !== '-n').at(-1) ?? '';
    const own = [host.computerName, 'localhost', '127.0.0.1', host.ip].find(
      (name) => name.toLowerCase() === target.toLowerCase(),
    );
    if (own === undefined) {
      io.out(`leme: ping is modelled for the machine itself only, not for "${target}"\n`);
      return 1;
    }
    let isOver = false;
    void io.interrupted.then(() => (isOver = true));
    io.out(`\nPinging ${host.computerName} [127.0.0.1] with 32 bytes of data:\n`);
    for (let sent = 0; !isOver && (forever || sent < count); sent++) {
      io.out('Reply from 127.0.0.1: bytes=32 time<1ms TTL=128\n');
      if (forever || sent + 1 < count) await Promise.race([host.sleep(1_000), io.interrupted]);
    }
    return 0;
  };

/** `findstr [/i] [/c:TEXT] TEXT`, of what comes through a pipe. */
const findstr: NativeProgram = (args, io) => {
  const options = args.filter((arg) => arg.startsWith('/')).map((arg) => arg.toLowerCase());
  const text = args.find((arg) => arg.toLowerCase().startsWith('/c:'))?.slice(3);
  const words =
    text === undefined ? (args.find((arg) => !arg.startsWith('/')) ?? '').split(' ') : [text.replaceAll('"', '')];
  const fold = (one: string): string => (options.includes('/i') ? one.toLowerCase() : one);
  const found = io.stdin
    .split('\n')
    .filter((line) => line !== '' && words.some((word) => fold(line).includes(fold(word))));
  io.out(found.map((line) => `${line}\n`).join(''));
  return found.length > 0 ? 0 : 1;
}; // prettier-ignore

const where =
  (host: () => ReadonlyMap<string, NativeProgram>): NativeProgram =>
  (args, io) => {
    const name = (args[0] ?? '').toLowerCase().replace(/\.exe$/, '');
    if (host().has(name)) io.out(`${windowsPathOf(`/Windows/System32/${name}.exe`)}\n`);
    else io.err('INFO: Could not find files for the given pattern(s).\n');
    return host().has(name) ? 0 : 1;
  };

const writing =
  (text: () => string): NativeProgram =>
  (_args, io: NativeIo) => {
    io.out(text());
    return 0;
  };

/** Programs that every Windows has. `host` is asked when they run. */
export function systemPrograms(host: () => WindowsHost): ReadonlyMap<string, NativeProgram> {
  return new Map<string, NativeProgram>([
    ['hostname', writing(() => `${host().computerName}\n`)],
    ['whoami', writing(() => `${host().user}\n`)],
    ['ipconfig', writing(() => ipconfig(host()))],
    ['systeminfo', writing(() => systeminfo(host()))],
    ['tasklist', writing(() => tasklist(host()))],
    ['ping', (args, io) => ping(host())(args, io)],
    ['findstr', findstr],
    ['where', where(() => host().programs)],
  ]);
}
