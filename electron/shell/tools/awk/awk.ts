import { FsError } from '../../errors.ts';
import type { ByteSource, Command, CommandIo } from '../../interface.ts';
import { LineReader } from '../../streams/line-reader.ts';
import { AwkError, type AwkProgram } from './ast.ts';
import { AwkMachine, InputText } from './interpreter.ts';
import { awkString } from './lexer.ts';
import { parseAwk } from './parser.ts';

/** `awk`, streaming by record. Not supported, and said so: pipes to and from commands, `system`. */
export const awk: Command = {
  name: 'awk',
  summary: { en: 'Process records and fields', 'pt-BR': 'Processa registros e campos' },
  async run(io) {
    const args = io.argv.slice(1);
    const settings: string[] = [];
    let separator: string | undefined;
    let source: string | undefined;
    while (args[0]?.startsWith('-') === true && args[0] !== '-') {
      const word = args.shift() as string;
      if (word === '--') break;
      const value = word.length > 2 ? word.slice(2) : args.shift();
      if (value === undefined || !/^-[Fvf]/.test(word)) {
        await io.stderr.write(
          `awk: ${value === undefined ? 'no argument for option' : 'not an option:'} ${word}\n`,
        );
        return 2;
      }
      if (word.startsWith('-F')) separator = value === 't' ? '\t' : awkString(value);
      else if (word.startsWith('-v')) settings.push(value);
      else source = `${source ?? ''}${await io.fs.readText(io.path(value))}\n`;
    }
    source ??= args.shift();
    if (source === undefined) {
      await io.stderr.write('usage: awk [-F fs][-v var=value] [prog | -f progfile] [file ...]\n');
      return 2;
    }
    try {
      const program = parseAwk(source);
      const machine = new AwkMachine(program);
      if (separator !== undefined) machine.globals.set('FS', separator);
      for (const setting of settings) assignSetting(machine, setting);
      const environment = machine.array('ENVIRON');
      for (const [name, value] of Object.entries(io.env)) environment.set(name, new InputText(value));
      args.forEach((arg, at) => machine.array('ARGV').set(String(at + 1), new InputText(arg)));
      machine.array('ARGV').set('0', 'awk');
      machine.globals.set('ARGC', args.length + 1);
      return await new AwkRun(io, machine, program, args).run();
    } catch (error) {
      if (!(error instanceof AwkError)) throw error;
      await io.stderr.write(`awk: ${error.message}\n`);
      return 2;
    }
  },
};

function assignSetting(machine: AwkMachine, setting: string): void {
  const at = setting.indexOf('=');
  machine.set(setting.slice(0, at), new InputText(awkString(setting.slice(at + 1))));
}

class AwkRun {
  readonly #io: CommandIo;
  readonly #machine: AwkMachine;
  readonly #program: AwkProgram;
  readonly #files: readonly string[];
  readonly #written = new Set<string>();
  #code = 0;

  constructor(io: CommandIo, machine: AwkMachine, program: AwkProgram, files: readonly string[]) {
    this.#io = io;
    this.#machine = machine;
    this.#program = program;
    this.#files = files;
  }

  async run(): Promise<number> {
    const machine = this.#machine;
    const usesGetline = JSON.stringify(this.#program.rules.concat(), (_, value: unknown) =>
      value instanceof RegExp ? null : value,
    ).includes('"getline"');
    let going = machine.rules('begin');
    await this.#flush();
    const reads = this.#program.rules.some((rule) => rule.begin !== true) || usesGetline;
    if (going && reads) going = usesGetline ? await this.#allAtOnce() : await this.#stream();
    if (going || machine.exitCode === null) machine.rules('end');
    await this.#flush();
    return machine.exitCode ?? this.#code;
  }

  async #stream(): Promise<boolean> {
    const machine = this.#machine;
    const rs = machine.text(machine.globals.get('RS'));
    const reader = new LineReader(this.#sources(), rs === '' ? '\n\n' : rs);
    reader.onWait = () => this.#flush();
    for (let line = await reader.next(); line !== null; line = await reader.next()) {
      if (!this.#record(rs === '' || rs !== '\n' ? line.text.replace(/\n$/, '') : line.text)) return false;
      if (machine.out.length > 32_768) await this.#flush();
    }
    return true;
  }

  #record(text: string): boolean {
    const machine = this.#machine;
    for (const name of ['NR', 'FNR'])
      machine.globals.set(name, machine.number(machine.globals.get(name)) + 1);
    machine.setRecord(text);
    return machine.rules('record');
  }

  /** With `getline` the program decides how far it reads, so all input is read first. */
  async #allAtOnce(): Promise<boolean> {
    const lines: string[] = [];
    for await (const source of this.#sources()) for await (const line of source.lines()) lines.push(line);
    this.#machine.readAhead = lines;
    for (let line = lines.shift(); line !== undefined; line = lines.shift())
      if (!this.#record(line)) return false;
    return true;
  }

  async *#sources(): AsyncGenerator<ByteSource> {
    const machine = this.#machine;
    let any = false;
    for (const operand of this.#files) {
      if (/^[A-Za-z_]\w*=/.test(operand)) {
        assignSetting(machine, operand);
        continue;
      }
      any = true;
      machine.globals.set('FNR', 0);
      machine.globals.set('FILENAME', operand);
      if (operand === '-') {
        yield this.#io.stdin;
        continue;
      }
      try {
        yield await this.#io.fs.open(this.#io.path(operand));
      } catch (error) {
        if (!(error instanceof FsError)) throw error;
        this.#code = 2;
        await this.#io.stderr.write(`awk: cannot open "${operand}" (${error.text})\n`);
      }
    }
    if (!any) yield this.#io.stdin;
  }

  async #flush(): Promise<void> {
    const machine = this.#machine;
    const text = machine.out;
    machine.out = '';
    for (const [name, file] of machine.files) {
      if (file.text === '') continue;
      const content = file.text;
      file.text = '';
      if (name === '/dev/stderr') await this.#io.stderr.write(content);
      else if (file.append || this.#written.has(name))
        await this.#io.fs.appendFile(this.#io.path(name), content);
      else await this.#io.fs.writeFile(this.#io.path(name), content);
      this.#written.add(name);
    }
    if (text !== '') await this.#io.stdout.write(text);
  }
}
