import type { Machine, ProcessContext } from '../../machine/interface.ts';
import type { NativeProgram, WindowsFiles, WindowsHost, WindowsProcess } from '../../powershell/interface.ts';
import type { CommandContext } from '../interface.ts';
import { powerOff, reboot } from '../commands/power.ts';

const HOME = '/Users/Administrator';

/** A machine's files as Windows' programs see them. */
class WindowsMachineFiles implements WindowsFiles {
  readonly #files: ProcessContext['files'];

  constructor(files: ProcessContext['files']) {
    this.#files = files;
  }

  stat(path: string): ReturnType<WindowsFiles['stat']> {
    const found = this.#files.stat(path);
    if (found === undefined) return undefined;
    const isFolder = found.kind === 'folder';
    return {
      kind: isFolder ? 'folder' : 'file',
      size: isFolder ? 0 : found.size,
      modifiedAt: found.modifiedAt,
    };
  }

  list(path: string): readonly string[] {
    return this.#files.list(path).map((name) => name.replace(/\/$/, ''));
  }

  read(path: string): string {
    return this.#files.read(path);
  }

  write(path: string, text: string): void {
    this.#files.write(path, text);
  }

  makeFolder(path: string): void {
    this.#files.makeFolder(path);
  }

  remove(path: string): void {
    this.#files.remove(path);
  }

  rename(from: string, to: string): void {
    this.#files.rename(from, to);
  }

  watch(path: string, changed: () => void): () => void {
    const watch = this.#files.watch(path, changed);
    return () => watch.dispose();
  }
}

/** Every process of the machine; of a container's the last part of its name. */
function processes(machine: Machine): WindowsProcess[] {
  const system: WindowsProcess = {
    pid: 4,
    name: 'System',
    startedAt: machine.bootedAt,
    kill: () => undefined,
  };
  const own = machine.processes.map((process) => {
    const name = process.argv[0] ?? process.name;
    const base = name.slice(Math.max(name.lastIndexOf('\\'), name.lastIndexOf('/')) + 1);
    // nssm is the service, and the kubelet what it runs.
    const shown = process.name === 'kubelet' ? 'kubelet' : base.replace(/\.exe$/i, '');
    return {
      pid: process.pid,
      name: shown,
      startedAt: process.startedAt,
      kill: () => process.kill('SIGKILL'),
    };
  });
  return [system, ...own];
}

/** A Windows machine, as PowerShell and cmd on it see it in the name of a process. */
export function windowsHost(
  context: Pick<CommandContext, 'machine' | 'process' | 'afterPowerLoss'>,
  programs: () => ReadonlyMap<string, NativeProgram>,
): WindowsHost {
  const { machine, process } = context;
  const { spec, kernel } = machine;
  const commandContext = context as CommandContext;
  return {
    computerName: spec.name,
    user: `${spec.name.toLowerCase()}\\administrator`,
    home: HOME,
    osVersion: spec.osVersion ?? '10.0.20348',
    ip: spec.ip,
    memory: { total: kernel.memory.capacity, available: kernel.memory.available },
    processors: spec.cpus,
    bootedAt: machine.bootedAt,
    files: new WindowsMachineFiles(process.files),
    environment: new Map([
      ['COMPUTERNAME', spec.name.toUpperCase()],
      ['HOMEDRIVE', 'C:'],
      ['Path', 'C:\\Windows\\system32;C:\\Windows;C:\\k;C:\\Program Files\\containerd;C:\\Program Files\\nssm'],
      ['ProgramData', 'C:\\ProgramData'],
      ['ProgramFiles', 'C:\\Program Files'],
      ['SystemDrive', 'C:'],
      ['SystemRoot', 'C:\\Windows'],
      ['USERNAME', 'Administrator'],
      ['USERPROFILE', 'C:\\Users\\Administrator'],
    ]),
    now: () => process.clock.now(),
    sleep: (ms) => process.clock.sleep(ms),
    processes: () => processes(machine),
    services: machine.units,
    power: async (action) => {
      await (action === 'restart' ? reboot(commandContext) : powerOff(commandContext));
    },
    get programs() {
      return programs();
    },
  };
} // prettier-ignore
