import { readFileSync } from 'node:fs';
import nodePath from 'node:path';
import { commandLines } from './command-lines.ts';
import { historyReporter } from './editor/host-report.ts';
import { linkKubeconfig } from './fs/link-kubeconfig.ts';
import type { Streams } from './lab-shell.ts';
import { LabShell } from './lab-shell.ts';
import { NodeSink } from './streams/sinks.ts';
import { IterableSource } from './streams/sources.ts';

/**
 * The lab shell as a program: interactive on a terminal, else a script from `-c TEXT`, a file or standard input.
 * `--ssh MACHINE` is a terminal on a machine. `LEME_HOME` is the folder that is `/` (default: `.leme/console` in the current folder).
 */
async function main(argv: readonly string[]): Promise<number> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const root = nodePath.resolve(env['LEME_HOME'] ?? nodePath.join('.leme', 'console'));
  const inherited = linkKubeconfig(
    root,
    Object.fromEntries(
      Object.entries(env).filter(([name]) =>
        /^(LEME_|KUBECONFIG$|KUBECTL_|ETCDCTL_|TERM$|COLORTERM$|LANG$|LC_|TZ$)/.test(name),
      ),
    ),
  );
  const script = scriptOf(argv);
  if (script === null) {
    const { runInteractive } = await import('./editor/repl.ts');
    const machine = argv[0] === '--ssh' ? argv[1] : undefined;
    return runInteractive(
      root,
      inherited,
      machine === undefined ? undefined : `ssh '${machine.replace(/'/g, '')}'`,
    );
  }
  const shell = new LabShell({ root, env: inherited, name: script.name, args: script.args });
  if (script.errexit) shell.state.options.errexit = true;
  const stop = new AbortController();
  process.on('SIGINT', () => stop.abort(2));
  process.on('SIGTERM', () => stop.abort(15));
  const streams = {
    stdin: new IterableSource(() => process.stdin, process.stdin.isTTY),
    stdout: new NodeSink(process.stdout, process.stdout.isTTY),
    stderr: new NodeSink(process.stderr, process.stderr.isTTY),
  };
  const text = script.text ?? (await streams.stdin.text());
  const code =
    argv[0] === '--as-typed'
      ? await runAsTyped(shell, text, streams, stop.signal, inherited)
      : await shell.run(text, streams, stop.signal);
  shell.close();
  return code;
}

/** A script as if a person typed it: line by line, each reported to the host like a line of the console. */
async function runAsTyped(
  shell: LabShell,
  text: string,
  streams: Streams,
  signal: AbortSignal,
  env: Readonly<Record<string, string>>,
): Promise<number> {
  const { report, sent } = historyReporter(env);
  let code = 0;
  for (const line of await commandLines(text)) {
    const startedAt = Date.now();
    code = await shell.run(line, streams, signal);
    report({ line, exit: code, startedAt });
    // What the next line asks about the lab must know of this one.
    await sent();
  }
  return code;
}

interface Script {
  text: string | null;
  name: string;
  args: string[];
  errexit: boolean;
}

/** What to run; `null` means: talk with a person. */
function scriptOf(argv: readonly string[]): Script | null {
  const args = [...argv];
  let errexit = false;
  while (args[0]?.startsWith('-') === true) {
    const option = args.shift() as string;
    if (option === '--as-typed') continue;
    if (option === '-e') errexit = true;
    else if (option === '-i' || option === '--ssh') return null;
    else if (option === '-c')
      return { text: args.shift() ?? '', name: args.shift() ?? 'bash', args, errexit };
    else if (option === '-s') return { text: null, name: 'bash', args, errexit };
  }
  const file = args.shift();
  if (file !== undefined) return { text: readFileSync(file, 'utf8'), name: file, args, errexit };
  return process.stdin.isTTY ? null : { text: null, name: 'bash', args: [], errexit };
}

main(process.argv.slice(2)).then(
  (code) => {
    const end = (): void => process.exit(code);
    if (process.stdout.writableLength > 0) process.stdout.write('', end);
    else end();
  },
  (error: unknown) => {
    process.stderr.write(
      `bash: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exit(70);
  },
);
