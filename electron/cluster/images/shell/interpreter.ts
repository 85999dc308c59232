import { BrokenPipe, FileError } from '../container/interface.ts';
import type { Reader, Task, Writer } from '../container/interface.ts';
import { BufferWriter, BytePipe, EMPTY_INPUT, textInput } from '../container/byte-pipe.ts';
import { cleanPath } from '../container/overlay-files.ts';
import type { Node, Redirect } from './ast.ts';
import { ShellSyntaxError } from './ast.ts';
import { builtins } from './builtins.ts';
import { ExitShell, LoopControl, ReturnFromFunction } from './control-flow.ts';
import { expandHeredoc, expandPattern, expandText, expandWords, ExpansionError } from './expand.ts';
import type { ExpansionScope } from './expand.ts';
import { globPaths } from './glob.ts';
import { parseScript } from './parser.ts';
import { patternToRegExp } from './pattern.ts';
import { ShellState } from './shell-state.ts';

/** The streams of one command. */
export interface Streams {
  readonly stdin: Reader;
  readonly stdout: Writer;
  readonly stderr: Writer;
}

const ASSIGNMENT = /^([A-Za-z_]\w*)=([^]*)$/;

/** Runs what the parser made. One interpreter is one shell; a subshell is a copy of its state. */
export class Interpreter {
  readonly task: Task;
  readonly state: ShellState;
  readonly #name: string;

  constructor(task: Task, name: string, state = ShellState.of(task)) {
    this.task = task;
    this.state = state;
    this.#name = name;
  }

  /** Runs a whole script and its trap on EXIT; answers its exit code. */
  async script(text: string, streams: Streams = this.task): Promise<number> {
    return this.atExit(await this.#toItsEnd(() => this.source(text, streams)), streams);
  }

  /** The trap on EXIT, if there is one; answers the exit code of the shell. */
  async atExit(code: number, streams: Streams = this.task): Promise<number> {
    const trap = this.state.traps.get('EXIT');
    if (trap === undefined) return code;
    this.state.traps.delete('EXIT');
    this.state.status = code;
    const exits = await this.#toItsEnd(async () => {
      await this.source(trap, streams);
      return code;
    });
    return exits;
  }

  async #toItsEnd(run: () => Promise<number>): Promise<number> {
    try {
      return await run();
    } catch (error) {
      if (error instanceof ExitShell) return error.code;
      if (error instanceof LoopControl || error instanceof ReturnFromFunction) return this.state.status;
      throw error;
    }
  }

  /** Traps of the signals that came meanwhile; `$?` is then as it was. */
  async #runTraps(streams: Streams): Promise<void> {
    for (let name = this.state.pending.shift(); name !== undefined; name = this.state.pending.shift()) {
      const { status } = this.state;
      await this.source(this.state.traps.get(name) ?? '', streams);
      this.state.status = status;
    }
  }

  /** Runs a text in this shell; `exit` and `return` go through. */
  async source(text: string, streams: Streams): Promise<number> {
    try {
      return await this.run(parseScript(text), streams);
    } catch (error) {
      if (error instanceof ShellSyntaxError) {
        streams.stderr.write(`${this.#name}: syntax error: ${error.message}\n`);
        return (this.state.status = 2);
      }
      if (error instanceof ExpansionError) {
        streams.stderr.write(`${this.#name}: ${error.message}\n`);
        throw new ExitShell(2);
      }
      throw error;
    }
  }

  async run(node: Node, streams: Streams, checked = false): Promise<number> {
    const code = await this.#dispatch(node, streams, checked);
    this.state.status = code;
    if (this.state.pending.length > 0) await this.#runTraps(streams);
    const fails = node.type === 'simple' || node.type === 'pipeline' || node.type === 'group';
    if (code !== 0 && this.state.errexit && !checked && fails) throw new ExitShell(code);
    return code;
  }

  async #dispatch(node: Node, streams: Streams, checked: boolean): Promise<number> {
    switch (node.type) {
      case 'simple':
        return this.#simple(node.words, node.redirects, streams);
      case 'pipeline': {
        const code = await this.#pipeline(node.stages, streams, checked || node.negated);
        return node.negated ? Number(code === 0) : code;
      }
      case 'and':
      case 'or': {
        const left = await this.run(node.left, streams, true);
        return (left === 0) === (node.type === 'and') ? this.run(node.right, streams, checked) : left;
      }
      case 'list':
        return this.#list(node, streams, checked);
      case 'loop':
        return this.#loop(node, streams, checked);
      case 'if':
        for (const { condition, body } of node.branches)
          if ((await this.run(condition, streams, true)) === 0) return this.run(body, streams, checked);
        return node.otherwise === undefined ? 0 : this.run(node.otherwise, streams, checked);
      case 'for':
        return this.#for(node, streams, checked);
      case 'case':
        return this.#case(node, streams, checked);
      case 'group':
        return node.subshell ? this.#subshell(node.body, streams) : this.run(node.body, streams, checked);
      case 'redirected':
        return this.#redirected(node.redirects, streams, (inner) => this.run(node.body, inner, checked));
      case 'function':
        this.state.functions.set(node.name, node.body);
        return 0;
    }
  }

  async #list(node: Node & { type: 'list' }, streams: Streams, checked: boolean): Promise<number> {
    let code = 0;
    for (const item of node.items) {
      if (!item.background) {
        code = await this.run(item.node, streams, checked);
        continue;
      }
      const job = this.#subshell(item.node, { ...streams, stdin: EMPTY_INPUT });
      this.state.background(job);
      code = 0;
    }
    return code;
  }

  async #loop(node: Node & { type: 'loop' }, streams: Streams, checked: boolean): Promise<number> {
    const { clock } = this.task.process;
    let code = 0;
    for (;;) {
      const before = clock.now();
      const going = (await this.run(node.condition, streams, true)) === 0;
      if (going === node.until) return code;
      const verdict = await this.#body(node.body, streams, checked);
      if (verdict === 'break') return 0;
      code = verdict;
      // A busy loop burns a core, not virtual time for nothing: it gets a thousand turns a second.
      if (clock.now() !== before) continue;
      this.task.world.cpu.spend(1);
      await clock.sleep(1);
    }
  }

  async #for(node: Node & { type: 'for' }, streams: Streams, checked: boolean): Promise<number> {
    const values =
      node.words === undefined ? this.state.positional : await expandWords(node.words, this.#scope(streams));
    let code = 0;
    for (const value of values) {
      this.state.set(node.name, value);
      const verdict = await this.#body(node.body, streams, checked);
      if (verdict === 'break') return 0;
      code = verdict;
    }
    return code;
  }

  async #body(body: Node, streams: Streams, checked: boolean): Promise<number | 'break'> {
    try {
      return await this.run(body, streams, checked);
    } catch (error) {
      if (!(error instanceof LoopControl)) throw error;
      if (error.levels > 1) throw new LoopControl(error.kind, error.levels - 1);
      return error.kind === 'break' ? 'break' : 0;
    }
  }

  async #case(node: Node & { type: 'case' }, streams: Streams, checked: boolean): Promise<number> {
    const scope = this.#scope(streams);
    const value = await expandText(node.word, scope);
    for (const { patterns, body } of node.items)
      for (const pattern of patterns)
        if (patternToRegExp(await expandPattern(pattern, scope)).test(value))
          return this.run(body, streams, checked);
    return 0;
  }

  async #subshell(body: Node, streams: Streams): Promise<number> {
    const inner = new Interpreter(this.task, this.#name, this.state.copy());
    try {
      return await inner.run(body, streams);
    } catch (error) {
      if (error instanceof ExitShell) return error.code;
      if (error instanceof LoopControl || error instanceof ReturnFromFunction) return inner.state.status;
      throw error;
    }
  }

  async #pipeline(stages: readonly Node[], streams: Streams, checked: boolean): Promise<number> {
    if (stages.length === 1) return this.run(stages[0] as Node, streams, checked);
    let stdin = streams.stdin;
    let upstream: BytePipe | undefined;
    const running: Promise<number>[] = [];
    for (const [index, stage] of stages.entries()) {
      const last = index === stages.length - 1;
      const pipe = last ? undefined : new BytePipe();
      const own = { ...streams, stdin, stdout: pipe ?? streams.stdout };
      const before = upstream;
      const run = this.#subshell(stage, own)
        .catch((error: unknown) => {
          if (error instanceof BrokenPipe) return 141;
          throw error;
        })
        .finally(() => {
          pipe?.end();
          before?.abandon();
        });
      running.push(run);
      upstream = pipe;
      if (pipe !== undefined) stdin = pipe;
    }
    const codes = await Promise.all(running);
    const failed = codes.findLast((code) => code !== 0);
    return this.state.pipefail ? (failed ?? 0) : (codes.at(-1) ?? 0);
  }

  async #simple(words: readonly string[], redirects: readonly Redirect[], streams: Streams): Promise<number> {
    const first = words.findIndex((word) => !ASSIGNMENT.test(word));
    const assignments = words.slice(0, first < 0 ? words.length : first);
    const argv = await expandWords(first < 0 ? [] : words.slice(first), this.#scope(streams));
    const given: [string, string][] = [];
    for (const word of assignments) {
      const [, name = '', value = ''] = ASSIGNMENT.exec(word) ?? [];
      const text = await expandText(value, this.#scope(streams));
      if (argv.length === 0) this.state.set(name, text);
      else given.push([name, text]);
    }
    return this.#redirected(redirects, streams, (inner) =>
      argv.length === 0 ? Promise.resolve(this.#substituted()) : this.#command(argv, given, inner),
    );
  }

  /** `x=$(false)` ends as the substitution did. */
  #substituted(): number {
    const code = this.state.substitutionStatus;
    this.state.substitutionStatus = 0;
    return code;
  }

  async #command(
    argv: readonly string[],
    given: readonly (readonly [string, string])[],
    streams: Streams,
  ): Promise<number> {
    const [name = ''] = argv;
    if (this.state.xtrace) streams.stderr.write(`+ ${argv.join(' ')}\n`);
    const body = this.state.functions.get(name);
    if (body !== undefined) return this.#function(body, argv, streams);
    const builtin = builtins.get(name);
    if (builtin !== undefined) return builtin({ argv, streams, shell: this });
    const env = new Map([...this.state.exported(), ...given]);
    return this.#interruptible({ ...this.task, ...streams, argv, env, cwd: this.state.cwd });
  }

  async #function(body: Node, argv: readonly string[], streams: Streams): Promise<number> {
    const before = this.state.positional;
    this.state.positional = argv.slice(1);
    try {
      return await this.run(body, streams);
    } catch (error) {
      if (error instanceof ReturnFromFunction) return error.code;
      throw error;
    } finally {
      this.state.positional = before;
    }
  }

  /** Runs a program in the foreground; Ctrl-C at a terminal ends it with 130. */
  async #interruptible(task: Task): Promise<number> {
    const { terminal } = task;
    if (terminal === undefined) return task.run(task);
    let interrupted = false;
    const gate = (writer: Writer): Writer => ({
      isTty: writer.isTty,
      write: (bytes) => {
        if (interrupted) throw new BrokenPipe();
        writer.write(bytes);
      },
    });
    let release = (): void => undefined;
    const interrupt = new Promise<number>((resolve) => {
      release = terminal.onInterrupt(() => {
        interrupted = true;
        resolve(130);
      });
    });
    const running = task
      .run({ ...task, stdout: gate(task.stdout), stderr: gate(task.stderr) })
      .catch((error: unknown) => {
        if (error instanceof BrokenPipe) return 141;
        throw error;
      });
    try {
      return await Promise.race([running, interrupt]);
    } finally {
      release();
    }
  }

  async #redirected(
    redirects: readonly Redirect[],
    streams: Streams,
    run: (inner: Streams) => Promise<number>,
  ): Promise<number> {
    if (redirects.length === 0) return run(streams);
    try {
      return await run(await this.redirect(redirects, streams));
    } catch (error) {
      if (!(error instanceof RedirectError)) throw error;
      streams.stderr.write(`${this.#name}: ${error.message}\n`);
      return 1;
    }
  }

  /** The streams that redirections make. @throws RedirectError */
  async redirect(redirects: readonly Redirect[], streams: Streams): Promise<Streams> {
    let { stdin, stdout, stderr } = streams;
    for (const { fd, op, target, literal } of redirects) {
      const scope = this.#scope(streams);
      if (op === '<<') {
        stdin = textInput(literal ? target : await expandHeredoc(target, scope));
        continue;
      }
      const text = await expandText(target, scope);
      if (op === '<') stdin = this.#openInput(text);
      else {
        const writer = op === '>&' ? (text === '2' ? stderr : stdout) : this.#openOutput(text, op === '>>');
        if (fd === 2) stderr = writer;
        else stdout = writer;
      }
    }
    return { stdin, stdout, stderr };
  }

  #openInput(typed: string): Reader {
    if (typed === '/dev/null') return EMPTY_INPUT;
    try {
      return textInput(this.task.world.files.read(this.path(typed)));
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      throw new RedirectError(
        `can't open ${typed}: ${error.code === 'ENOENT' ? 'no such file' : error.message}`,
      );
    }
  }

  #openOutput(typed: string, append: boolean): Writer {
    if (typed === '/dev/null') return { isTty: false, write: () => undefined };
    if (typed === '/dev/stdout' || typed === '/proc/1/fd/1') return this.task.stdout;
    if (typed === '/dev/stderr' || typed === '/proc/1/fd/2') return this.task.stderr;
    const { files } = this.task.world;
    const path = this.path(typed);
    try {
      if (!append || files.stat(path) === undefined) files.write(path, '');
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      const why = error.code === 'ENOENT' ? 'nonexistent directory' : error.message;
      throw new RedirectError(`can't create ${typed}: ${why}`);
    }
    return {
      isTty: false,
      write: (bytes) => files.write(path, files.read(path) + bytes),
      zeros: (count) => files.allocate(path, (files.stat(path)?.size ?? 0) + count),
    };
  }

  path(typed: string): string {
    return cleanPath(typed.startsWith('/') ? typed : `${this.state.cwd}/${typed}`);
  }

  #scope(streams: Streams): ExpansionScope {
    const { state, task } = this;
    return {
      get: (name) =>
        name === '0'
          ? this.#name
          : name === '$'
            ? String(task.world.pidOf(task.process.pid))
            : state.get(name),
      set: (name, value) => state.set(name, value),
      get positional() {
        return state.positional;
      },
      nounset: state.nounset,
      home: state.get('HOME') ?? '/root',
      glob: (pattern) => globPaths(task.world.files, state.cwd, pattern),
      substitute: async (script) => {
        const stdout = new BufferWriter();
        const inner = new Interpreter(task, this.#name, state.copy());
        state.substitutionStatus = await inner.script(script, { ...streams, stdout });
        return stdout.text.replace(/\n+$/, '');
      },
    };
  }
}

class RedirectError extends Error {}
