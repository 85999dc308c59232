import type { Command, CommandIo } from '../interface.ts';
import { runFinite } from './finite.ts';

/** Cuts a stream of JSON values into whole documents. */
export class JsonSplitter {
  #rest = '';
  #depth = 0;
  #inString = false;
  #escaped = false;
  #scanned = 0;

  /** Everything up to the end of the last complete value; empty when none is complete. */
  feed(text: string): string {
    this.#rest += text;
    let end = 0;
    for (let at = this.#scanned; at < this.#rest.length; at++) {
      const char = this.#rest.charAt(at);
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (char === '\\') this.#escaped = true;
        else if (char === '"') {
          this.#inString = false;
          if (this.#depth === 0) end = at + 1;
        }
      } else if (char === '"') this.#inString = true;
      else if (char === '{' || char === '[') this.#depth++;
      else if (char === '}' || char === ']') {
        this.#depth--;
        if (this.#depth <= 0) end = at + 1;
      } else if (this.#depth === 0 && /\s/.test(char)) end = at + 1;
    }
    this.#scanned = this.#rest.length - end;
    const whole = this.#rest.slice(0, end);
    this.#rest = this.#rest.slice(end);
    return whole;
  }

  get rest(): string {
    return this.#rest;
  }
}

/** just-bash's jq, fed one batch of documents at a time so that a watch prints as it happens. */
export const jq: Command = {
  name: 'jq',
  summary: { en: 'Query JSON', 'pt-BR': 'Consulta JSON' },
  async run(io) {
    const operands = io.argv.slice(1).filter((word) => !word.startsWith('-'));
    const needsAll =
      io.argv.some(
        (word) =>
          /^-[a-zA-Z]*[snR]/.test(word) ||
          [
            '--slurp',
            '--null-input',
            '--raw-input',
            '--stream',
            '--args',
            '--jsonargs',
            '--arg',
            '--argjson',
            '--slurpfile',
            '--rawfile',
            '-f',
            '--from-file',
          ].includes(word),
      ) || /\binputs?\b/.test(operands[0] ?? '');
    const named = io.argv.some((word) => ['--arg', '--argjson'].includes(word));
    if (operands.length > 1 && !named) return emit(io, await runFinite(io, ['jq', ...io.argv.slice(1)]));
    if (needsAll)
      return emit(
        io,
        await runFinite(
          io,
          ['jq', ...io.argv.slice(1)],
          io.argv.includes('-n') ? new Uint8Array(0) : Buffer.from(await io.stdin.text()),
        ),
      );
    const splitter = new JsonSplitter();
    const decoder = new TextDecoder();
    let code = 0;
    let any = false;
    for await (const chunk of io.stdin) {
      const documents = splitter.feed(decoder.decode(chunk, { stream: true }));
      if (documents.trim() === '') continue;
      any = true;
      code = await emit(io, await runFinite(io, ['jq', ...io.argv.slice(1)], Buffer.from(documents)));
      if (code > 1) return code;
    }
    if (splitter.rest.trim() !== '' || !any)
      code = await emit(io, await runFinite(io, ['jq', ...io.argv.slice(1)], Buffer.from(splitter.rest)));
    return code;
  },
};

async function emit(
  io: CommandIo,
  result: { stdout: Uint8Array; stderr: string; code: number },
): Promise<number> {
  await io.stdout.write(result.stdout);
  if (result.stderr !== '') await io.stderr.write(result.stderr);
  return result.code;
}
