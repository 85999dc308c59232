import { LineReader } from '../container/byte-pipe.ts';
import type { ContainerFiles, Task, Tool } from '../container/interface.ts';
import { utf8Decode, utf8Encode } from '../../network/byte-text.ts';
import type { NativeProgram, WindowsFiles, WindowsHost } from '../../powershell/interface.ts';
import { systemPrograms } from '../../powershell/programs/system-programs.ts';
import type { ShellStreams } from '../../powershell/run-shell.ts';
import { runCmd, runPowerShell } from '../../powershell/run-shell.ts';

/** The files of a container, which holds bytes, as Windows' programs see them: texts. */
class WindowsContainerFiles implements WindowsFiles {
  readonly #files: ContainerFiles;

  constructor(files: ContainerFiles) {
    this.#files = files;
  }

  stat(path: string): ReturnType<WindowsFiles['stat']> {
    const found = this.#files.stat(path);
    if (found === undefined) return undefined;
    return {
      kind: found.kind === 'file' ? 'file' : 'folder',
      size: found.kind === 'file' ? found.size : 0,
      modifiedAt: undefined,
    };
  }

  list(path: string): readonly string[] {
    return this.#files.list(path);
  }

  read(path: string): string {
    return utf8Decode(this.#files.read(path));
  }

  write(path: string, text: string): void {
    this.#files.write(path, utf8Encode(text));
  }

  makeFolder(path: string): void {
    this.#files.makeFolder(path);
  }

  remove(path: string): void {
    this.#files.remove(path);
  }

  rename(from: string, to: string): void {
    this.#files.write(to, this.#files.read(from));
    this.#files.remove(from);
  }

  watch(path: string, changed: () => void): () => void {
    const watch = this.#files.watch(path, changed);
    return () => watch.dispose();
  }
}

/** `C:\Windows\System32\ping.exe` and `ping` are `ping`. */
export function windowsProgramName(file: string): string {
  return file
    .slice(Math.max(file.lastIndexOf('\\'), file.lastIndexOf('/')) + 1)
    .toLowerCase()
    .replace(/\.exe$/, '');
}

function hostOf(task: Task, user: string, programs: () => ReadonlyMap<string, NativeProgram>): WindowsHost {
  const { process, world } = task;
  const { machine, kernel } = process;
  const who = world.windowsUser ?? user;
  const environment = new Map([...task.env].map(([name, value]) => [name, utf8Decode(value)]));
  // What runc adds on Linux.
  if (/^\/(root)?$/.test(environment.get('HOME') ?? '')) environment.delete('HOME');
  environment.delete('HOSTNAME');
  environment.set('COMPUTERNAME', world.hostname.toUpperCase());
  environment.set('USERNAME', who);
  environment.set('ProgramFiles', 'C:\\Program Files');
  environment.set('SystemDrive', 'C:');
  environment.set('SystemRoot', 'C:\\Windows');
  return {
    computerName: world.hostname,
    user: `user manager\\${who.toLowerCase()}`,
    home: `/Users/${who}`,
    osVersion: machine.osVersion ?? '10.0.20348',
    ip: process.ip,
    memory: { total: kernel.memory.capacity, available: kernel.memory.available },
    processors: machine.cpus,
    bootedAt: world.processes()[0]?.startedAt ?? process.clock.now(),
    files: new WindowsContainerFiles(world.files),
    environment,
    now: () => process.clock.now(),
    sleep: (ms) => process.clock.sleep(ms),
    processes: () =>
      world.processes().map(({ pid, argv, startedAt, kill }) => ({
        pid,
        name: windowsProgramName(argv[0] ?? ''),
        startedAt,
        kill: () => kill('SIGKILL'),
      })),
    get programs() {
      return programs();
    },
  };
}

function streamsOf(task: Task, interrupts: { next: () => void }): ShellStreams {
  const lines = LineReader.of(task.stdin);
  const { isTty } = task.stdout;
  return {
    width: task.terminal?.size.columns ?? 120,
    isInteractive: isTty,
    out: (text) => task.stdout.write(utf8Encode(text)),
    err: (text) => task.stderr.write(utf8Encode(text)),
    line: async (prompt) => {
      if (isTty) task.stdout.write(utf8Encode(prompt));
      const line = await lines.next();
      return line === undefined ? undefined : utf8Decode(line).replace(/\r$/, '');
    },
    interrupt: () => new Promise<void>((resolve) => (interrupts.next = resolve)),
  };
}

function shell(run: typeof runCmd, user: string, programs: ReadonlyMap<string, NativeProgram>): Tool {
  return async (task) => {
    const interrupts = { next: (): void => undefined };
    const release = task.terminal?.onInterrupt(() => interrupts.next());
    const host = hostOf(task, user, () => nested(programs, task, user));
    try {
      return await run(task.argv.slice(1).map(utf8Decode), host, streamsOf(task, interrupts), task.cwd);
    } finally {
      release?.();
    }
  };
}

/** A program of Windows outside its shells. */
function plain(name: string, user: string, programs: ReadonlyMap<string, NativeProgram>): Tool {
  return async (task) => {
    let interrupt = (): void => undefined;
    const interrupted = new Promise<void>((resolve) => (interrupt = resolve));
    const release = task.terminal?.onInterrupt(interrupt);
    const own = nested(programs, task, user).get(name);
    try {
      return (
        (await own?.(task.argv.slice(1).map(utf8Decode), {
          stdin: '',
          cwd: task.cwd,
          out: (text) => task.stdout.write(utf8Encode(text)),
          err: (text) => task.stderr.write(utf8Encode(text)),
          interrupted,
        })) ?? 1
      );
    } finally {
      release?.();
    }
  };
}

/** Programs of the image as a shell in it starts them: those that it has, and what every Windows has. */
function nested(
  shells: ReadonlyMap<string, NativeProgram>,
  task: Task,
  user: string,
): ReadonlyMap<string, NativeProgram> {
  const system = systemPrograms(() => hostOf(task, user, () => nested(shells, task, user)));
  const started = [...shells.keys()].map((name): [string, NativeProgram] => [
    name,
    (args, io) =>
      (name === 'cmd' ? runCmd : runPowerShell)(
        args,
        hostOf(task, user, () => nested(shells, task, user)),
        {
          width: task.terminal?.size.columns ?? 120,
          isInteractive: false,
          out: (text) => io.out(text),
          err: (text) => io.err(text),
          line: () => Promise.resolve(undefined),
          interrupt: () => io.interrupted,
        },
        io.cwd,
      ),
  ]);
  return new Map([...system, ...started]);
}

/** Programs of a Windows image by name: cmd, what every Windows has, and PowerShell where the image brings it. */
export function windowsTools(user: string, withPowerShell: boolean): ReadonlyMap<string, Tool> {
  const nothing: NativeProgram = () => 0;
  const shells = new Map([
    ['cmd', nothing],
    ...(withPowerShell ? [['powershell', nothing] as const] : []),
  ]);
  const system = [...systemPrograms(() => { throw new Error('asked for its names only'); }).keys()];
  return new Map<string, Tool>([
    ...system.map((name): [string, Tool] => [name, plain(name, user, shells)]),
    ['cmd', shell(runCmd, user, shells)],
    ...(withPowerShell ? [['powershell', shell(runPowerShell, user, shells)] as [string, Tool]] : []),
  ]);
} // prettier-ignore

/** Folders that every Windows image has. */
export const WINDOWS_FOLDERS: readonly string[] = [
  '/Program Files',
  '/ProgramData',
  '/Users/ContainerAdministrator',
  '/Users/ContainerUser',
  '/Windows/System32',
];
