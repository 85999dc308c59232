import { windowsPathOf } from '../../base/windows-path.ts';
import type { Argument, Element, Expression, Extent, Pipeline, Redirection, Statement } from './ast.ts';
import { bind } from './bind.ts';
import type { Cmdlet, SessionAccess } from './cmdlet.ts';
import { allOf } from './cmdlet.ts';
import { ALIASES, CMDLETS } from './cmdlets/registry.ts';
import { errorText, parseErrorText } from './errors.ts';
import { evaluate } from './expressions.ts';
import { PsWriter } from './format.ts';
import type { PsValue, ShellIo, WindowsHost } from './interface.ts';
import { PsError, PsObject } from './interface.ts';
import { PsParseError, PsParser } from './parse.ts';
import { resolvePath } from './paths.ts';
import { collapsed, isTrue, itemsOf, textOf } from './values.ts';

/** `exit` was called. */
export class PsExit extends Error {
  readonly code: number;

  constructor(code: number) {
    super('exit');
    this.code = code;
  }
}

/** An error that was told already, and ends the statement. */
class Told extends Error {}

function parsed(text: string): readonly Statement[] | PsParseError {
  try {
    return new PsParser(text).script();
  } catch (error) {
    if (error instanceof PsParseError) return error;
    throw error;
  }
}

/** Whether a text may go on in the next line. */
export function isIncomplete(text: string): boolean {
  const found = parsed(text);
  return found instanceof PsParseError && found.incomplete;
}

/** A session of PowerShell: where it is and what its variables hold. Models a small part of Windows PowerShell 5.1. */
export class PowerShellSession implements SessionAccess {
  readonly host: WindowsHost;
  readonly io: ShellIo;
  cwd: string;
  readonly #variables = new Map<string, PsValue>();
  #line = '';
  #interrupted = { promise: new Promise<void>(() => undefined), is: false };
  #failed = false;

  constructor(host: WindowsHost, io: ShellIo, cwd = host.home) {
    this.host = host;
    this.io = io;
    this.cwd = cwd;
  }

  get prompt(): string {
    return `PS ${windowsPathOf(this.cwd)}> `;
  }

  get interrupted(): Promise<void> {
    return this.#interrupted.promise;
  }

  get isInterrupted(): boolean {
    return this.#interrupted.is;
  }

  get commands(): SessionAccess['commands'] {
    return [
      ...[...ALIASES].map(([name, target]) => ({ type: 'Alias', name: `${name} -> ${target}`, source: '' })),
      ...[...CMDLETS.values()].map(({ name }) => ({ type: 'Cmdlet', name, source: 'Microsoft.PowerShell' })),
      ...[...this.host.programs.keys()].map((name) => ({ type: 'Application', name: `${name}.exe`, source: '' })),
    ];
  } // prettier-ignore

  /** Sets a variable, by its name in lower case. */
  give(name: string, value: PsValue): void {
    this.#variables.set(name, value);
  }

  /** Runs whole lines; 0, or 1 when something failed. `interrupted`: resolves on Ctrl-C. @throws PsExit */
  async run(line: string, interrupted = new Promise<void>(() => undefined)): Promise<number> {
    const statements = parsed(line);
    if (statements instanceof PsParseError) {
      this.io.err(parseErrorText(statements, line, this.io.width));
      return 1;
    }
    this.#line = line;
    this.#interrupted = { promise: interrupted, is: false };
    const now = this.#interrupted;
    void interrupted.then(() => (now.is = true));
    const writer = new PsWriter((text) => this.io.out(text), this.io.width);
    try {
      for await (const value of this.#statements(statements)) writer.write(value);
    } finally {
      writer.end();
    }
    return this.#failed ? 1 : 0;
  }

  async runBlock(statements: readonly Statement[], item: PsValue): Promise<readonly PsValue[]> {
    const before = this.#variables.get('_');
    this.#variables.set('_', item);
    try {
      return await allOf(this.#statements(statements));
    } finally {
      if (before === undefined) this.#variables.delete('_');
      else this.#variables.set('_', before);
    }
  }

  async *#statements(statements: readonly Statement[]): AsyncGenerator<PsValue> {
    for (const statement of statements) {
      if (this.isInterrupted) return;
      this.#failed = false;
      try {
        yield* this.#statement(statement);
      } catch (error) {
        if (!(error instanceof Told)) throw error;
        this.#failed = true;
      }
    }
  }

  async *#statement(statement: Statement): AsyncGenerator<PsValue> {
    switch (statement.kind) {
      case 'assignment':
        this.#variables.set(statement.name, collapsed(await allOf(this.#pipeline(statement.value))));
        return;
      case 'while':
        while (!this.isInterrupted && isTrue(await this.#evaluate(statement.condition)))
          yield* this.#statements(statement.body);
        return;
      case 'if':
        yield* this.#statements(
          isTrue(await this.#evaluate(statement.condition)) ? statement.body : statement.otherwise,
        );
        return;
      case 'pipeline':
        yield* this.#pipeline(statement);
        return;
    }
  }

  async *#pipeline({ elements, redirections }: Pipeline): AsyncGenerator<PsValue> {
    const quiet = redirections.some(({ stream }) => stream !== 'out');
    let values: AsyncIterable<PsValue> | undefined;
    elements.forEach((element, at) => {
      values = this.#element(element, values, at === elements.length - 1, quiet);
    });
    if (values === undefined) return;
    const out = redirections.find(({ stream }) => stream !== 'err');
    if (out === undefined) yield* values;
    else await this.#redirect(out, values);
  }

  async #redirect({ to, append }: Redirection, values: AsyncIterable<PsValue>): Promise<void> {
    let text = '';
    const writer = new PsWriter((part) => (text += part), this.io.width);
    for await (const value of values) writer.write(value);
    writer.end();
    const target = await this.#evaluate(to);
    if (target === null) return;
    const path = resolvePath(this, textOf(target), 'Out-File');
    const { files } = this.host;
    const before = append && files.stat(path)?.kind === 'file' ? files.read(path) : '';
    files.write(path, before + text);
  }

  async *#element(
    element: Element,
    input: AsyncIterable<PsValue> | undefined,
    isLast: boolean,
    quiet: boolean,
  ): AsyncGenerator<PsValue> {
    if (element.kind === 'expression') {
      yield* itemsOf(await this.#guarded(element.extent, '', '', () => this.#evaluate(element.expression)));
      return;
    }
    const { extent, args } = element;
    const name = textOf(await this.#guarded(extent, '', '', () => this.#evaluate(element.name)));
    const wanted = name.toLowerCase();
    const cmdlet = CMDLETS.get(ALIASES.get(wanted)?.toLowerCase() ?? wanted);
    if (wanted === 'exit') throw new PsExit(Number(textOf(await this.#firstValue(args))) || 0);
    if (cmdlet !== undefined) yield* this.#cmdlet(cmdlet, name, args, input, extent, quiet);
    else yield* this.#program(name, args, input, extent, isLast);
  }

  async #firstValue(args: readonly Argument[]): Promise<PsValue> {
    const [first] = args;
    return first?.kind === 'value' ? this.#evaluate(first.value) : '';
  }

  async *#cmdlet(
    cmdlet: Cmdlet,
    typed: string,
    args: readonly Argument[],
    input: AsyncIterable<PsValue> | undefined,
    extent: Extent,
    quiet: boolean,
  ): AsyncGenerator<PsValue> {
    const bound = await this.#guarded(extent, typed, cmdlet.name, () =>
      bind(cmdlet, args, (expression) => this.#evaluate(expression)),
    );
    const tell = (error: PsError): void => {
      this.#failed = true;
      if (!bound.silent && !quiet) this.#tell(error, typed, cmdlet.name, extent);
      if (bound.stop) throw new Told();
    };
    try {
      const values = cmdlet.run({ ...bound, session: this, input, error: tell });
      if (values instanceof Promise) await values;
      else yield* values;
    } catch (error) {
      if (error instanceof PsExit || error instanceof Told) throw error;
      if (!(error instanceof PsError)) throw error;
      tell(error);
    }
  }

  /** A program's output is text, line by line where it goes into a pipe. */
  async *#program(
    name: string,
    args: readonly Argument[],
    input: AsyncIterable<PsValue> | undefined,
    extent: Extent,
    isLast: boolean,
  ): AsyncGenerator<PsValue> {
    const file = name.slice(Math.max(name.lastIndexOf('\\'), name.lastIndexOf('/')) + 1);
    const program = this.host.programs.get(file.toLowerCase().replace(/\.exe$/, ''));
    if (program === undefined) {
      const message = `The term '${name}' is not recognized as the name of a cmdlet, function, script file, or operable program. Check the spelling of the name, or if a path was included, verify that the path is correct and try again.`;
      const kind = 'CommandNotFoundException';
      this.#tell(new PsError(message, 'ObjectNotFound', `${name}:String`, kind, kind), name, '', extent);
      throw new Told();
    }
    const words: string[] = [];
    for (const argument of args) words.push(...(await this.#words(argument)));
    const stdin = (await allOf(input)).map((value) => `${textOf(value)}\n`).join('');
    let text = '';
    const out = isLast ? (part: string): void => this.io.out(part) : (part: string): void => void (text += part);
    const io = { stdin, cwd: this.cwd, out, err: (part: string) => this.io.err(part), interrupted: this.interrupted };
    const code = await program(words, io);
    this.#variables.set('lastexitcode', code);
    if (code !== 0) this.#failed = true;
    if (text !== '') yield* text.replace(/\n$/, '').split('\n');
  } // prettier-ignore

  async #words(argument: Argument): Promise<readonly string[]> {
    switch (argument.kind) {
      case 'block':
        return ['{}'];
      case 'parameter': {
        const word = `-${argument.name}`;
        return argument.value === undefined
          ? [word]
          : [`${word}:${textOf(await this.#evaluate(argument.value))}`];
      }
      case 'value':
        return itemsOf(await this.#evaluate(argument.value)).map(textOf);
    }
  }

  #evaluate(expression: Expression): Promise<PsValue> {
    return evaluate(expression, {
      variable: (name) => this.#variable(name),
      run: async ({ statements }) => collapsed(await allOf(this.#statements(statements))),
    });
  }

  #variable(name: string): PsValue {
    const known = this.#variables.get(name);
    if (known !== undefined) return known;
    if (name.startsWith('env:')) {
      const found = [...this.host.environment].find(([key]) => key.toLowerCase() === name.slice(4));
      return found?.[1] ?? null;
    }
    switch (name) {
      case 'true':
        return true;
      case 'false':
        return false;
      case 'pwd':
        return new PsObject('path', { Path: windowsPathOf(this.cwd) });
      case 'home':
        return windowsPathOf(this.host.home);
      case '?':
        return !this.#failed;
      case 'psversiontable':
        return new PsObject('list', {
          PSVersion: `5.1.${this.host.osVersion.split('.').at(-1) ?? ''}.1`,
          PSEdition: 'Desktop',
          BuildVersion: this.host.osVersion,
        });
      case 'null':
      default:
        return null;
    }
  }

  async #guarded<T>(extent: Extent, command: string, activity: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof PsError)) throw error;
      this.#tell(error, command, activity, extent);
      throw new Told();
    }
  }

  #tell(error: PsError, command: string, activity: string, extent: Extent): void {
    this.io.err(errorText(error, command, activity, this.#line, extent, this.io.width));
  }
}
