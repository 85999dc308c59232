import type { Cmdlet } from '../cmdlet.ts';
import { allOf, commandClass, numberArgument, textArgument, textsOf } from '../cmdlet.ts';
import type { WindowsProcess } from '../interface.ts';
import { PsDate, PsError, PsFormatted, PsObject } from '../interface.ts';
import { propertyOf, textOf, wildcard } from '../values.ts';
import { windowsRelease } from '../release.ts';

const processObject = ({ pid, name, startedAt }: WindowsProcess): PsObject =>
  new PsObject('process', { Id: pid, StartTime: new PsDate(startedAt), ProcessName: name, Name: name });

function noProcess(what: string, cmdlet: string): PsError {
  const isId = /^\d+$/.test(what);
  return new PsError(
    isId
      ? `Cannot find a process with the process identifier ${what}.`
      : `Cannot find a process with the name "${what}". Verify the process name and call the cmdlet again.`,
    'ObjectNotFound',
    `${what}:${isId ? 'Int32' : 'String'}`,
    'ProcessCommandException',
    `${isId ? 'NoProcessFoundForGivenId' : 'NoProcessFoundForGivenName'},${commandClass(cmdlet)}`,
  );
}

const getProcess: Cmdlet = {
  name: 'Get-Process',
  parameters: ['Name', 'Id'],
  positions: 1,
  async *run(call) {
    const all = [...call.session.host.processes()].sort((a, b) => (a.name < b.name ? -1 : 1));
    const asked = [...textsOf(call, 'Name'), ...textsOf(call, 'Id')];
    if (asked.length === 0) yield* all.map(processObject);
    for (const what of asked) {
      const found = all.filter(({ name, pid }) => String(pid) === what || wildcard(what).test(name));
      if (found.length === 0) call.error(noProcess(what, this.name));
      yield* found.map(processObject);
    }
  },
};

const stopProcess: Cmdlet = {
  name: 'Stop-Process',
  parameters: ['Id', 'Name'],
  positions: 1,
  switches: ['Force', 'PassThru'],
  async run(call) {
    const piped = (await allOf(call.input)).map((item) => textOf(propertyOf(item, 'Id') ?? item));
    for (const what of [...textsOf(call, 'Id'), ...textsOf(call, 'Name'), ...piped]) {
      const found = call.session.host
        .processes()
        .filter(({ name, pid }) => String(pid) === what || wildcard(what).test(name));
      if (found.length === 0) call.error(noProcess(what, this.name));
      for (const process of found) process.kill();
    }
  },
};

const getNetIPAddress: Cmdlet = {
  name: 'Get-NetIPAddress',
  parameters: ['IPAddress', 'AddressFamily', 'InterfaceAlias'],
  positions: 1,
  async *run(call) {
    const family = textArgument(call, 'AddressFamily');
    if (family !== undefined && family.toLowerCase() !== 'ipv4') return;
    const address = (ip: string, index: number, alias: string, length: number): PsObject =>
      new PsObject('address', {
        IPAddress: ip,
        InterfaceIndex: index,
        InterfaceAlias: alias,
        AddressFamily: 'IPv4',
        Type: 'Unicast',
        PrefixLength: length,
        PrefixOrigin: index === 1 ? 'WellKnown' : 'Dhcp',
        SuffixOrigin: index === 1 ? 'WellKnown' : 'Dhcp',
        AddressState: 'Preferred',
      });
    yield address(call.session.host.ip, 4, 'vEthernet (Ethernet)', 24);
    yield address('127.0.0.1', 1, 'Loopback Pseudo-Interface 1', 8);
  },
};

const getComputerInfo: Cmdlet = {
  name: 'Get-ComputerInfo',
  parameters: ['Property'],
  positions: 1,
  async *run(call) {
    const { host } = call.session;
    const all: readonly (readonly [string, PsObject['values'][string]])[] = [
      ['WindowsProductName', `Windows Server ${windowsRelease(host.osVersion)} Datacenter`],
      ['WindowsInstallationType', 'Server Core'],
      ['CsName', host.computerName.toUpperCase()],
      ['CsNumberOfLogicalProcessors', host.processors],
      ['CsTotalPhysicalMemory', host.memory.total],
      ['OsName', `Microsoft Windows Server ${windowsRelease(host.osVersion)} Datacenter`],
      ['OsVersion', host.osVersion],
      ['OsBuildNumber', host.osVersion.split('.').at(-1) ?? ''],
      ['OsLastBootUpTime', new PsDate(host.bootedAt)],
      ['OsFreePhysicalMemory', Math.floor(host.memory.available / 1024)],
      ['OsArchitecture', '64-bit'],
    ];
    const wanted = textsOf(call, 'Property').map(wildcard);
    const shown = all.filter(([name]) => wanted.length === 0 || wanted.some((one) => one.test(name)));
    yield new PsObject('computer', Object.fromEntries(shown));
  },
};

const getDate: Cmdlet = {
  name: 'Get-Date',
  async *run({ session }) {
    yield new PsDate(session.host.now());
  },
};

const startSleep: Cmdlet = {
  name: 'Start-Sleep',
  parameters: ['Seconds', 'Milliseconds'],
  positions: 1,
  async run(call) {
    const seconds = numberArgument(call, this.name, 'Seconds') ?? 0;
    const ms = seconds * 1000 + (numberArgument(call, this.name, 'Milliseconds') ?? 0);
    await Promise.race([call.session.host.sleep(ms), call.session.interrupted]);
  },
};

const getCommand: Cmdlet = {
  name: 'Get-Command',
  parameters: ['Name', 'CommandType'],
  positions: 1,
  async *run(call) {
    const names = textsOf(call, 'Name');
    const all = [...call.session.commands].sort((a, b) => (a.name < b.name ? -1 : 1));
    const found = all.filter(
      ({ name }) =>
        names.length === 0 ||
        names.some((one) => wildcard(one).test(name) || wildcard(`${one}.exe`).test(name)),
    );
    if (found.length === 0)
      throw new PsError(
        `The term '${names.join(' ')}' is not recognized as the name of a cmdlet, function, script file, or operable program. Check the spelling of the name, or if a path was included, verify that the path is correct and try again.`,
        'ObjectNotFound',
        `${names.join(' ')}:String`,
        'CommandNotFoundException',
        `CommandNotFoundException,${commandClass(this.name)}`,
      );
    yield* found.map(
      ({ type, name, source }) => new PsObject('command', { CommandType: type, Name: name, Source: source }),
    );
  },
};

const HELP = `leme: this is a small part of Windows PowerShell 5.1.

Modelled: pipelines, variables, strings, comparisons, -replace, -match, -like, -split, -join, if and while;
the cmdlets of Get-Command with the parameters that they name themselves; programs of this machine.
Not modelled: functions, scripts, modules, methods of .NET, jobs, remoting, the registry, and everything
that Get-Command does not list.
`;

const getHelp: Cmdlet = {
  name: 'Get-Help',
  parameters: ['Name'],
  positions: 1,
  switches: ['Full', 'Examples'],
  async *run() {
    yield new PsFormatted(HELP);
  },
};

/** Restart-Computer and Stop-Computer. */
function power(name: string, action: 'restart' | 'stop'): Cmdlet {
  return {
    name,
    switches: ['Force'],
    async run({ session }) {
      if (session.host.power === undefined)
        throw new PsError('leme: a container cannot switch its machine off.', 'PermissionDenied', '', 'UnauthorizedAccessException', `AccessDenied,${commandClass(name)}`);
      await session.host.power(action);
    },
  };
} // prettier-ignore

const clearHost: Cmdlet = {
  name: 'Clear-Host',
  async run({ session }) {
    session.io.out('\u001b[H\u001b[2J');
  },
};

export const systemCmdlets: readonly Cmdlet[] = [
  getProcess,
  stopProcess,
  getNetIPAddress,
  getComputerInfo,
  getDate,
  startSleep,
  getCommand,
  getHelp,
  power('Restart-Computer', 'restart'),
  power('Stop-Computer', 'stop'),
  clearHost,
];
