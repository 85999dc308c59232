import { CmdSession } from './cmd.ts';
import { filePathOf } from '../../base/windows-path.ts';
import type { ShellIo, WindowsHost } from './interface.ts';
import { isIncomplete, PowerShellSession, PsExit } from './session.ts';

/** Standard streams of a shell that is started as a program. */
export interface ShellStreams extends ShellIo {
  /** The next line, without its end; undefined at the end of input. `prompt` is shown where somebody types. */
  line(prompt: string): Promise<string | undefined>;
  /** Somebody types: there are a banner and prompts. */
  readonly isInteractive: boolean;
  /** A promise that resolves on the next Ctrl-C. */
  interrupt(): Promise<void>;
}

/** Both shells as their loops see them. */
interface Session {
  readonly prompt: string;
  run(line: string, interrupted: Promise<void>): Promise<number>;
}

/** Ends with the code of `exit`. */
async function untilExit(work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof PsExit) return error.code;
    throw error;
  }
}

async function converse(
  session: Session,
  streams: ShellStreams,
  goesOn: (text: string) => boolean,
): Promise<number> {
  let code = 0;
  let text = '';
  for (;;) {
    const line = await streams.line(text === '' ? session.prompt : '>> ');
    if (line === undefined) return code;
    text = text === '' ? line : `${text}\n${line}`;
    if (text.trim() === '') {
      text = '';
      continue;
    }
    // An empty line ends what was to go on.
    if (line !== '' && goesOn(text)) continue;
    const whole = text;
    text = '';
    code = await session.run(whole, streams.interrupt());
  }
}

async function allLines(streams: ShellStreams): Promise<string[]> {
  const lines: string[] = [];
  for (;;) {
    const line = await streams.line('');
    if (line === undefined) return lines;
    lines.push(line);
  }
}

/** Options of powershell.exe that take a value. */
const VALUED = /^-(executionpolicy|ep|ex|version|windowstyle|outputformat|inputformat|configurationname)$/i;

/** `powershell.exe [-NoProfile …] [-Command TEXT | -File PATH]`: without either it reads lines. */
export async function runPowerShell(
  args: readonly string[],
  host: WindowsHost,
  streams: ShellStreams,
  cwd?: string,
): Promise<number> {
  const session = new PowerShellSession(host, streams, cwd);
  const rest = [...args];
  while (rest[0]?.startsWith('-') === true && !/^-(c|command|f|file)$/i.test(rest[0])) {
    const option = rest.shift() ?? '';
    if (VALUED.test(option)) rest.shift();
  }
  const option = /^-(c|command|f|file)$/i.test(rest[0] ?? '') ? (rest.shift() ?? '') : '';
  if (/^-f/i.test(option)) {
    const path = filePathOf(rest[0] ?? '') ?? '';
    if (host.files.stat(path)?.kind !== 'file') {
      streams.err(
        `The argument '${rest[0] ?? ''}' to the -File parameter does not exist. Provide the path to an existing '.ps1' file as an argument to the -File parameter.\n`,
      );
      return 1;
    }
    return untilExit(() => session.run(host.files.read(path), streams.interrupt()));
  }
  const text = rest.join(' ');
  if (text !== '' && text !== '-') {
    if (/\$input\b/i.test(text)) session.give('input', await allLines(streams));
    return untilExit(() => session.run(text, streams.interrupt()));
  }
  if (streams.isInteractive)
    streams.out(
      'Windows PowerShell\nCopyright (C) Microsoft Corporation. All rights reserved.\n\nleme: a small part of PowerShell; Get-Help says what is modelled.\n\n',
    );
  return untilExit(() => converse(session, streams, isIncomplete));
}

/** `cmd.exe [/c TEXT | /k TEXT]`: without `/c` it reads lines. */
export async function runCmd(
  args: readonly string[],
  host: WindowsHost,
  streams: ShellStreams,
  cwd?: string,
): Promise<number> {
  const session = new CmdSession(host, streams, cwd);
  const at = args.findIndex((arg) => /^\/[ck]$/i.test(arg));
  const [, ...words] = at < 0 ? [] : args.slice(at);
  const only = /^\/c$/i.test(args[at] ?? '');
  return untilExit(async () => {
    const text = words.length === 1 ? (words[0] ?? '') : words.map((word) => (/\s/.test(word) ? `"${word}"` : word)).join(' ');
    const code = text === '' ? 0 : await session.run(text, streams.interrupt());
    if (only) return code;
    if (streams.isInteractive)
      streams.out(`Microsoft Windows [Version ${host.osVersion}]\n(c) Microsoft Corporation. All rights reserved.\n\n`);
    return converse(session, streams, () => false);
  });
} // prettier-ignore
