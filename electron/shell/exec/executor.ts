import { BrokenPipe, FsError } from '../errors.ts';
import { ExpansionError } from '../expand/expansion-error.ts';
import { Expander, type ExpansionHost } from '../expand/expander.ts';
import type {
  CommandNode,
  PartOf,
  PipelineNode,
  RedirectionNode,
  ScriptNode,
  StatementNode,
} from '../parse/ast.ts';
import { loadGrammar } from '../parse/grammar.ts';
import { parseScript } from '../parse/parse-script.ts';
import type { ShellState } from '../state/shell-state.ts';
import { ReadonlyError } from '../state/variables.ts';
import { Pipe } from '../streams/pipe.ts';
import { BufferSink } from '../streams/sinks.ts';
import { runCompound } from './compound.ts';
import { BreakLoop, ExitShell, Interrupted, interruptCode, ReturnFromFunction } from './control-flow.ts';
import { sinkOf, withFds, type Frame } from './frame.ts';
import { startJob } from './jobs.ts';
import { openRedirections, RedirectionError } from './redirections.ts';
import { breathe, type Services } from './services.ts';
import { runSimple } from './simple.ts';

/**
 * Runs the syntax tree in one shell environment. Pipeline stages run side by side over pipes, each in a copy of the
 * environment (a subshell), so output appears as it is produced.
 */
export class Executor implements ExpansionHost {
  readonly state: ShellState;
  readonly services: Services;
  readonly expander: Expander;
  /** The frame expansions run command substitutions in. */
  #current: Frame | undefined;
  /** Exit code of the last `$(…)`: what a command of assignments only answers. */
  captured: number | null = null;

  constructor(state: ShellState, services: Services) {
    this.state = state;
    this.services = services;
    this.expander = new Expander(this);
  }

  get fs(): Services['fs'] {
    return this.services.fs;
  }

  subshell(): Executor {
    return new Executor(this.state.clone(), this.services);
  }

  /** `bash: ` at the prompt, `NAME: line N: ` in a script, as bash writes it before its own messages. */
  prefix(): string {
    return this.state.interactive
      ? `${this.state.name}: `
      : `${this.state.name}: line ${String(this.state.line)}: `;
  }

  async complain(frame: Frame, text: string, code = 1): Promise<number> {
    await sinkOf(frame, 2).write(`${this.prefix()}${text}\n`);
    return code;
  }

  /** Runs shell text in this environment (`eval`, `source`, traps, a line at the prompt). Syntax errors answer 2. */
  async runText(text: string, frame: Frame): Promise<number> {
    await loadGrammar();
    const parsed = parseScript(text);
    if (parsed.kind !== 'script') {
      await sinkOf(frame, 2).write(`${this.prefix()}${parsed.message}\n`);
      this.state.lastExit = 2;
      return 2;
    }
    if (parsed.openHereDoc !== undefined) {
      await this.complain(
        frame,
        `warning: here-document at line 1 delimited by end-of-file (wanted \`${parsed.openHereDoc}')`,
      );
    }
    return this.runScript(parsed.script, frame);
  }

  async runScript(script: ScriptNode, frame: Frame): Promise<number> {
    await this.runStatements(script.statements, frame);
    return this.state.lastExit;
  }

  async runStatements(statements: readonly StatementNode[], frame: Frame): Promise<number> {
    for (const statement of statements) await this.#statement(statement, frame);
    return this.state.lastExit;
  }

  async #statement(statement: StatementNode, frame: Frame): Promise<void> {
    if (frame.signal.aborted) throw new Interrupted(frame.signal);
    const wait = breathe();
    if (wait !== undefined) await wait;
    if (this.state.options.noexec && !this.state.interactive) return;
    if (statement.background) {
      await startJob(this, { ...statement, background: false }, frame);
      this.state.lastExit = 0;
      return;
    }
    for (const [at, pipeline] of statement.pipelines.entries()) {
      const operator = at === 0 ? ';' : statement.operators[at - 1];
      if (operator === '&&' && this.state.lastExit !== 0) continue;
      if (operator === '||' && this.state.lastExit === 0) continue;
      const followed = at < statement.operators.length && statement.operators[at] !== ';';
      await this.runPipeline(pipeline, followed ? { ...frame, tested: true } : frame);
      if (this.state.lastExit !== 0 && !frame.tested && !followed && !pipeline.negated)
        await this.#failed(frame);
    }
  }

  async #failed(frame: Frame): Promise<void> {
    const trap = this.state.traps.get('ERR');
    if (trap !== undefined && trap !== '') {
      const code = this.state.lastExit;
      await this.runText(trap, frame);
      this.state.lastExit = code;
    }
    if (this.state.options.errexit) throw new ExitShell(this.state.lastExit);
  }

  async runPipeline(pipeline: PipelineNode, frame: Frame): Promise<number> {
    const inner = pipeline.negated ? { ...frame, tested: true } : frame;
    const started = performance.now();
    let code: number;
    const only = pipeline.commands.length === 1 ? pipeline.commands[0] : undefined;
    if (only !== undefined) {
      code = await this.command(only, inner);
      if (only.type === 'SimpleCommand' || only.type === 'Subshell') this.state.pipeStatus = [code];
    } else code = await this.#pipe(pipeline, inner);
    if (frame.signal.aborted) throw new Interrupted(frame.signal);
    if (pipeline.timed === true) await this.#report(started, frame);
    this.state.lastExit = pipeline.negated ? (code === 0 ? 1 : 0) : code;
    return this.state.lastExit;
  }

  async #pipe(pipeline: PipelineNode, frame: Frame): Promise<number> {
    const last = pipeline.commands.length - 1;
    const pipes = pipeline.commands.slice(1).map(() => new Pipe());
    const stages = pipeline.commands.map(async (command, at) => {
      const before = pipes[at - 1];
      const after = pipes[at];
      const fds = new Map(frame.fds);
      if (before !== undefined) fds.set(0, { source: before.source });
      if (after !== undefined && at < last) {
        fds.set(1, { sink: after.sink });
        if (pipeline.pipeStderr?.[at] === true) fds.set(2, { sink: after.sink });
      }
      try {
        return await this.subshell().stage((shell) => shell.command(command, { ...frame, fds }), {
          ...frame,
          fds,
        });
      } finally {
        before?.source.cancel();
        after?.sink.release();
      }
    });
    const codes = await Promise.all(stages);
    this.state.pipeStatus = codes;
    const failed = codes.findLast((code) => code !== 0);
    return this.state.options.pipefail ? (failed ?? 0) : (codes.at(-1) ?? 0);
  }

  /** Runs work in this environment as a process of its own: what leaves it becomes an exit code, its EXIT trap runs. */
  async stage(work: (shell: Executor) => Promise<number>, frame: Frame): Promise<number> {
    this.state.traps = new Map();
    this.state.jobs = [];
    let code = await this.contain(work, frame);
    const trap = this.state.traps.get('EXIT');
    if (trap !== undefined) {
      this.state.traps.delete('EXIT');
      this.state.lastExit = code;
      code = await this.contain(async (shell) => {
        await shell.runText(trap, frame);
        return code;
      }, frame);
    }
    return code;
  }

  /** Turns what ends an environment (exit, a broken pipe, Ctrl-C) into its exit code. */
  async contain(work: (shell: Executor) => Promise<number>, frame: Frame): Promise<number> {
    try {
      return await work(this);
    } catch (error) {
      if (error instanceof ExitShell || error instanceof ReturnFromFunction) return error.code;
      if (error instanceof BreakLoop) return this.state.lastExit;
      if (error instanceof ExitLine) return 1;
      if (error instanceof BrokenPipe) return 141;
      if (error instanceof Interrupted) return error.code;
      if (error instanceof RangeError && /call stack/i.test(error.message)) {
        return await this.complain(frame, 'maximum nesting level exceeded');
      }
      throw error;
    }
  }

  /** One command: answers its exit code; its own failures (expansion, redirection) are told as bash tells them. */
  async command(node: CommandNode, frame: Frame): Promise<number> {
    if ('line' in node && typeof node.line === 'number' && node.line > 0) this.state.line = node.line;
    const outer = this.#current;
    this.#current = frame;
    try {
      if (node.type === 'SimpleCommand') return await runSimple(this, node, frame);
      if (node.type === 'FunctionDef') {
        this.state.functions.set(node.name, node);
        return 0;
      }
      return await this.redirected(node.redirections, frame, (inner) => runCompound(this, node, inner));
    } catch (error) {
      if (frame.signal.aborted) throw new Interrupted(frame.signal);
      return await this.#told(error, frame);
    } finally {
      this.#current = outer;
    }
  }

  async #told(error: unknown, frame: Frame): Promise<number> {
    if (error instanceof ExpansionError) {
      await this.complain(frame, error.message);
      if (this.state.interactive) throw new ExitLine();
      throw new ExitShell(error.fatal ? 127 : 1);
    }
    if (error instanceof ReadonlyError) {
      await this.complain(frame, error.message);
      if (!this.state.interactive) throw new ExitShell(1);
      return 1;
    }
    if (error instanceof RedirectionError) return this.complain(frame, error.message);
    if (error instanceof FsError) return this.complain(frame, error.message);
    throw error;
  }

  /** Runs work with a command's redirections open. */
  async redirected(
    nodes: readonly RedirectionNode[],
    frame: Frame,
    work: (inner: Frame) => Promise<number>,
  ): Promise<number> {
    const mark = this.substitutions;
    const opened = await this.open(nodes, frame);
    try {
      return await work(opened.frame);
    } finally {
      await opened.close();
      this.endSubstitutions(mark);
    }
  }

  open(nodes: readonly RedirectionNode[], frame: Frame): ReturnType<typeof openRedirections> {
    return openRedirections(this, nodes, frame);
  }

  async #report(started: number, frame: Frame): Promise<void> {
    const seconds = (performance.now() - started) / 1000;
    const shown = `${String(Math.floor(seconds / 60))}m${(seconds % 60).toFixed(3)}s`;
    await sinkOf(frame, 2).write(`\nreal\t${shown}\nuser\t0m0.000s\nsys\t0m0.000s\n`);
  }

  /** `$(…)`. The environment is a copy; its exit code becomes `$?`. */
  async capture(script: ScriptNode): Promise<string> {
    const frame = this.#frame();
    const quick = fileOnly(script);
    const out = new BufferSink();
    const inner = { ...withFds(frame, [[1, { sink: out }]]), tested: frame.tested };
    const shell = this.subshell();
    shell.state.options.errexit = false;
    if (quick !== null) {
      const opened = await shell.open([quick], inner);
      try {
        return await (opened.frame.fds.get(0)?.source?.text() ?? Promise.resolve(''));
      } finally {
        await opened.close();
      }
    }
    this.captured = await shell.stage((copy) => copy.runScript(script, inner), inner);
    this.state.lastExit = this.captured;
    if (frame.signal.aborted) throw new Interrupted(frame.signal);
    return out.text().replaceAll('\0', '');
  }

  /** `<(…)` and `>(…)`: the other side runs beside the command. */
  substitute(part: PartOf<'ProcessSubstitution'>): Promise<string> {
    const frame = this.#frame();
    const pipe = new Pipe();
    let number = 63;
    while (this.fs.virtual.has(`/dev/fd/${String(number)}`)) number--;
    const path = `/dev/fd/${String(number)}`;
    const input = part.direction === 'input';
    this.fs.virtual.set(path, input ? { source: pipe.source } : { sink: pipe.sink });
    const inner = withFds(frame, [input ? [1, { sink: pipe.sink }] : [0, { source: pipe.source }]]);
    void this.subshell()
      .stage((shell) => shell.runScript(part.body, inner), inner)
      .finally(() => {
        if (input) pipe.sink.release();
        else pipe.source.cancel();
      });
    this.#substituted.push(() => {
      this.fs.virtual.delete(path);
      if (input) pipe.source.cancel();
      else pipe.sink.release();
    });
    return Promise.resolve(path);
  }

  #substituted: Array<() => void> = [];

  /** How many `<(…)` are open now; a command ends the ones that came after its own beginning. */
  get substitutions(): number {
    return this.#substituted.length;
  }

  /** Closes the streams of `<(…)` after the command that used them. */
  endSubstitutions(since: number): void {
    for (const end of this.#substituted.splice(since)) end();
  }

  #frame(): Frame {
    if (this.#current === undefined) throw new Error('an expansion ran outside a command');
    return this.#current;
  }

  /** Runs work with `frame` as the one expansions use. */
  async within<T>(frame: Frame, work: () => Promise<T>): Promise<T> {
    const outer = this.#current;
    this.#current = frame;
    try {
      return await work();
    } finally {
      this.#current = outer;
    }
  }

  /** The exit code of a signal that fired, for whoever waits on it. */
  static interrupted(signal: AbortSignal): number {
    return interruptCode(signal);
  }
}

/** At the prompt an expansion error gives up the rest of the line, not the shell. */
export class ExitLine extends Error {
  override readonly name = 'ExitLine';
}

/** The redirection of `$(< file)`, which reads the file without a command. */
function fileOnly(script: ScriptNode): RedirectionNode | null {
  const statement = script.statements.length === 1 ? script.statements[0] : undefined;
  const pipeline = statement?.pipelines.length === 1 ? statement.pipelines[0] : undefined;
  const command = pipeline?.commands.length === 1 ? pipeline.commands[0] : undefined;
  if (command?.type !== 'SimpleCommand' || command.name !== null || command.assignments.length > 0)
    return null;
  const only = command.redirections.length === 1 ? command.redirections[0] : undefined;
  return only?.operator === '<' ? only : null;
}
