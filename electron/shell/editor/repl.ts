import nodePath from 'node:path';
import { commands } from '../commands.ts';
import { ExitShell, Interrupted, ReturnFromFunction } from '../exec/control-flow.ts';
import { ExitLine } from '../exec/executor.ts';
import { finishedJobs } from '../exec/jobs.ts';
import { LabShell } from '../lab-shell.ts';
import { loadGrammar } from '../parse/grammar.ts';
import { parseScript } from '../parse/parse-script.ts';
import { converse } from './converse.ts';
import { completeLine } from './completion.ts';
import { History } from './history.ts';
import { historyReporter, type FinishedLine } from './host-report.ts';
import { Keyboard } from './keyboard.ts';
import { LineEditor } from './line-editor.ts';
import { defaultPrompt, expandPrompt } from './prompt.ts';
import { NodeTerminal, TerminalSink } from './terminal.ts';

const marks = {
  prompt: '\x1b]133;A\x07',
  command: '\x1b]133;B\x07',
  output: '\x1b]133;C\x07',
  end: (code: number): string => `\x1b]133;D;${String(code)}\x07`,
  folder: (path: string): string => `\x1b]7;file://leme${encodeURI(path)}\x07`,
};

/** Talks with a person on the terminal until they leave; answers the exit code of the shell. */
/** `first`: a command that is the whole session (`ssh cp-1` for a terminal on a machine). */
export function runInteractive(
  root: string,
  env: Readonly<Record<string, string>>,
  first?: string,
): Promise<number> {
  const keyboard = new Keyboard(process.stdin, (text) => void process.stdout.write(text));
  const out = new TerminalSink(process.stdout);
  const terminal = new NodeTerminal(process.stdout, keyboard);
  const shell = new LabShell({
    root,
    env: { TERM: 'xterm-256color', ...env },
    commands,
    tty: terminal,
    interactive: true,
  });
  const { report } = historyReporter(env);
  terminal.converse = (session) => converse(session, { keyboard, out, terminal, report });
  return new Repl({ shell, keyboard, out, terminal, report, root, first }).run();
}

interface ReplParts {
  shell: LabShell;
  keyboard: Keyboard;
  out: TerminalSink;
  terminal: NodeTerminal;
  report: (finished: FinishedLine) => void;
  root: string;
  first?: string | undefined;
}

class Repl {
  readonly #parts: ReplParts;
  readonly #history: History;
  readonly #editor: LineEditor;
  #running: AbortController | null = null;
  #lastExit: number | null = null;
  #hangUp: () => void = () => undefined;

  constructor(parts: ReplParts) {
    this.#parts = parts;
    this.#history = new History(nodePath.join(parts.root, '.leme_history'), parts.shell.state.shared.history);
    this.#editor = new LineEditor({
      keyboard: parts.keyboard,
      history: this.#history,
      write: (text) => void process.stdout.write(text),
      columns: () => parts.terminal.columns,
      rows: () => parts.terminal.rows,
      onResize: (listener) => parts.terminal.onResize(listener),
      complete: (line, cursor) => completeLine(parts.shell.executor, line, cursor),
    });
    parts.keyboard.cooked.onSignal((signal) => this.#running?.abort(signal));
  }

  async run(): Promise<number> {
    // After the first prompt is on the screen.
    setImmediate(() => void loadGrammar());
    const { shell, keyboard } = this.#parts;
    const gone = new Promise<number>((resolve) => {
      this.#hangUp = () => {
        this.#running?.abort(1);
        resolve(129);
      };
    });
    keyboard.onEnd(() => this.#hangUp());
    process.on('SIGHUP', () => this.#hangUp());
    process.on('SIGTERM', () => this.#hangUp());
    await this.#startupFile();
    const { first } = this.#parts;
    const code = await Promise.race([first === undefined ? this.#loop() : this.#only(first), gone]);
    await this.#exitTrap();
    shell.close();
    keyboard.close();
    return code;
  }

  async #only(line: string): Promise<number> {
    return (await this.#execute(line)) ?? this.#parts.shell.state.lastExit;
  }

  async #startupFile(): Promise<void> {
    const { shell } = this.#parts;
    if (await shell.executor.fs.exists('/home/learner/.bashrc'))
      await this.#execute('source /home/learner/.bashrc');
  }

  async #exitTrap(): Promise<void> {
    const trap = this.#parts.shell.state.traps.get('EXIT');
    if (trap === undefined || trap === '') return;
    this.#parts.shell.state.traps.delete('EXIT');
    await this.#execute(trap).catch(() => undefined);
  }

  async #loop(): Promise<number> {
    for (;;) {
      const line = await this.#readCommand();
      if (line === null) {
        process.stdout.write('exit\n');
        return this.#parts.shell.state.lastExit;
      }
      if (line.trim() === '') continue;
      const code = await this.#runLine(line);
      if (code !== null) return code;
    }
  }

  /** Reads until the text is a whole command; `null` at Ctrl-D. */
  async #readCommand(): Promise<string | null> {
    const { state } = this.#parts.shell;
    let text = '';
    for (;;) {
      const first = text === '';
      if (first) await this.#beforePrompt();
      const prompt = expandPrompt(
        state.variables.get(first ? 'PS1' : 'PS2') ?? (first ? defaultPrompt : '> '),
        state,
      );
      const finished = this.#lastExit === null ? '' : marks.end(this.#lastExit);
      const before = first ? `${finished}${marks.folder(state.cwd)}${marks.prompt}` : '';
      if (first) this.#lastExit = null;
      const result = await this.#editor.read(prompt, { before, after: first ? marks.command : '' });
      if (result.kind === 'interrupt') {
        text = '';
        state.lastExit = 130;
        continue;
      }
      if (result.kind === 'end') {
        if (first) return null;
        process.stdout.write('\nbash: syntax error: unexpected end of file\n');
        state.lastExit = 2;
        text = '';
        continue;
      }
      const expanded = this.#history.expand(result.text);
      if (expanded.missing !== undefined) {
        process.stdout.write(`bash: ${expanded.missing}: event not found\n`);
        text = '';
        continue;
      }
      if (expanded.line !== result.text) process.stdout.write(`${expanded.line}\n`);
      text += expanded.line;
      await loadGrammar();
      if (!this.#wantsMore(text)) return text;
      text += '\n';
    }
  }

  #wantsMore(text: string): boolean {
    if (text.trim() === '') return false;
    const parsed = parseScript(text);
    return parsed.kind === 'incomplete' || (parsed.kind === 'script' && parsed.openHereDoc !== undefined);
  }

  async #beforePrompt(): Promise<void> {
    const { shell, out } = this.#parts;
    const { lines, left } = finishedJobs(shell.state.jobs);
    shell.state.jobs = left;
    if (out.lineOpen) process.stdout.write('\n');
    out.lineOpen = false;
    if (lines !== '') process.stdout.write(lines);
    const command = shell.state.variables.get('PROMPT_COMMAND');
    if (command !== undefined && command !== '') {
      const code = shell.state.lastExit;
      await this.#execute(command);
      shell.state.lastExit = code;
    }
  }

  /** Runs one line; answers an exit code when the shell is to end. */
  async #runLine(line: string): Promise<number | null> {
    const { shell, report } = this.#parts;
    this.#history.add(line);
    process.stdout.write(marks.output);
    const startedAt = Date.now();
    const ended = await this.#execute(line);
    this.#lastExit = shell.state.lastExit;
    report({ line, exit: ended ?? shell.state.lastExit, startedAt });
    return ended;
  }

  async #execute(text: string): Promise<number | null> {
    const { shell, keyboard, out } = this.#parts;
    const { state } = shell;
    const controller = new AbortController();
    this.#running = controller;
    const stop = keyboard.listen((chunk) => keyboard.cooked.feed(chunk));
    const frame = shell.frame({ stdin: keyboard.cooked, stdout: out, stderr: out }, controller.signal);
    try {
      await shell.executor.runText(text, frame);
      return null;
    } catch (error) {
      if (error instanceof ExitShell) return error.code;
      if (error instanceof Interrupted) {
        state.lastExit = error.code;
        process.stdout.write('\n');
        out.lineOpen = false;
        const trap = state.traps.get('SIGINT');
        if (trap !== undefined && trap !== '')
          await shell.executor.runText(
            trap,
            shell.frame({ stdin: keyboard.cooked, stdout: out, stderr: out }, new AbortController().signal),
          );
      } else if (error instanceof ExitLine || error instanceof ReturnFromFunction) state.lastExit = 1;
      else {
        state.lastExit = 1;
        await out.write(`bash: internal error: ${error instanceof Error ? error.message : String(error)}\n`);
      }
      return null;
    } finally {
      stop();
      this.#running = null;
      state.loopDepth = 0;
      state.functionDepth = 0;
      keyboard.typedAhead(keyboard.cooked.takeUnread());
    }
  }
}
