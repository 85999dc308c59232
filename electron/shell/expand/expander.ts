import { parse } from '../parse/grammar.ts';
import type { ShellFs } from '../interface.ts';
import type { ParameterPart, PartOf, ScriptNode, WordNode, WordPart } from '../parse/ast.ts';
import type { ShellState } from '../state/shell-state.ts';
import { Arithmetic } from './arithmetic.ts';
import { expandBraces } from './brace.ts';
import { ExpansionError } from './expansion-error.ts';
import { glob } from './glob.ts';
import { ParameterExpander } from './parameter.ts';
import { hasPattern, patternOf, type Fragment } from './pattern.ts';
import { splitFields, type Segment } from './split.ts';

/** What expansion needs from the executor. */
export interface ExpansionHost {
  readonly state: ShellState;
  readonly fs: ShellFs;
  /** Runs `$(…)` and answers its output. */
  capture(script: ScriptNode): Promise<string>;
  /** Starts `<(…)` or `>(…)` and answers the path that stands for it. */
  substitute(part: PartOf<'ProcessSubstitution'>): Promise<string>;
}

/** Words to arguments, in bash's order: braces, tilde, parameters, commands, arithmetic, splitting, file names. */
export class Expander {
  readonly #host: ExpansionHost;
  readonly #parameters: ParameterExpander;
  readonly arithmetic: Arithmetic;

  constructor(host: ExpansionHost) {
    this.#host = host;
    this.arithmetic = new Arithmetic(host.state, (text) => this.quotedText(text));
    this.#parameters = new ParameterExpander(host, this, this.arithmetic);
  }

  get #ifs(): string {
    const variable = this.#host.state.variables.lookup('IFS');
    return variable?.value === undefined ? ' \t\n' : String(variable.value);
  }

  /** All words as arguments. */
  async fields(words: readonly WordNode[]): Promise<string[]> {
    const out: string[] = [];
    for (const word of words) {
      const only = word.parts.length === 1 ? word.parts[0] : undefined;
      if (only?.type === 'Literal' && !/[*?[]/.test(only.value)) {
        out.push(only.value);
        continue;
      }
      for (const one of expandBraces(word)) out.push(...(await this.#wordFields(one)));
    }
    return out;
  }

  async #wordFields(word: WordNode): Promise<string[]> {
    const fields = splitFields(await this.segments(word.parts, false, false), this.#ifs);
    const out: string[] = [];
    for (const field of fields) out.push(...(await this.#paths(field)));
    return out;
  }

  async #paths(field: readonly Fragment[]): Promise<string[]> {
    const text = field.map((part) => part.text).join('');
    const { state, fs } = this.#host;
    if (state.options.noglob || !hasPattern(field)) return [text];
    const found = await glob(patternOf(field), state.cwd, fs, {
      dotglob: state.shopt.get('dotglob') === true,
      nocaseglob: state.shopt.get('nocaseglob') === true,
      globstar: state.shopt.get('globstar') === true,
    });
    if (found.length > 0) return found;
    if (state.shopt.get('failglob') === true) throw new ExpansionError(`no match: ${text}`);
    return state.shopt.get('nullglob') === true ? [] : [text];
  }

  /** One text: no splitting, no file names (assignments, redirection targets, here-documents, `case`). */
  async single(word: WordNode): Promise<string> {
    const only = word.parts.length === 1 ? word.parts[0] : undefined;
    if (only?.type === 'Literal') return only.value;
    return (await this.fragments(word)).map((part) => part.text).join('');
  }

  /** The text as a pattern: what was quoted is escaped. */
  async pattern(word: WordNode): Promise<string> {
    return patternOf(await this.fragments(word));
  }

  async fragments(word: WordNode, quoted = false): Promise<Fragment[]> {
    const segments = await this.segments(word.parts, quoted, false);
    return segments.map((segment) => segment ?? { text: ' ', quoted: true, split: false });
  }

  /** Expands `$…` of a raw text as inside double quotes (arithmetic, subscripts, here-document style texts). */
  async quotedText(text: string): Promise<string> {
    const command = (() => {
      try {
        return parse(`: "${text.replace(/"/g, '\\"')}"`).statements[0]?.pipelines[0]?.commands[0];
      } catch {
        return undefined;
      }
    })();
    const word = command?.type === 'SimpleCommand' ? command.args[0] : undefined;
    return word === undefined ? text : this.single(word);
  }

  async segments(
    parts: readonly WordPart[],
    quoted: boolean,
    literalSplit: boolean,
  ): Promise<(Segment | null)[]> {
    const out: (Segment | null)[] = [];
    for (const part of parts) await this.#part(part, quoted, literalSplit, out);
    return out;
  }

  async #part(
    part: WordPart,
    quoted: boolean,
    literalSplit: boolean,
    out: (Segment | null)[],
  ): Promise<void> {
    switch (part.type) {
      case 'Literal':
        out.push({ text: part.value, quoted, split: literalSplit && !quoted });
        break;
      case 'SingleQuoted':
      case 'Escaped':
        out.push({ text: part.value, quoted: true, split: false });
        break;
      case 'Glob':
        out.push({ text: part.pattern, quoted, split: false });
        break;
      case 'DoubleQuoted':
        if (part.parts.length === 0) out.push({ text: '', quoted: true, split: false });
        else out.push(...(await this.segments(part.parts, true, false)));
        break;
      case 'TildeExpansion':
        out.push({
          text: quoted ? `~${part.user ?? ''}` : this.#tilde(part.user),
          quoted: true,
          split: false,
        });
        break;
      case 'ParameterExpansion':
        out.push(...(await this.#parameters.expand(part, quoted)));
        break;
      case 'CommandSubstitution':
        out.push({ text: (await this.#host.capture(part.body)).replace(/\n+$/, ''), quoted, split: !quoted });
        break;
      case 'ArithmeticExpansion':
        out.push({ text: String(await this.arithmetic.node(part.expression)), quoted, split: !quoted });
        break;
      case 'ProcessSubstitution':
        out.push({ text: await this.#host.substitute(part), quoted: true, split: false });
        break;
      case 'BraceExpansion':
        out.push({ text: braceText(part), quoted, split: false });
        break;
    }
  }

  #tilde(user: string | null): string {
    const { state } = this.#host;
    const home = state.variables.get('HOME') ?? '/home/learner';
    if (user === null || user === '') return home;
    if (user === '+') return state.cwd;
    if (user === '-') return state.variables.get('OLDPWD') ?? '~-';
    if (user === 'root') return '/root';
    return user === 'learner' ? '/home/learner' : `~${user}`;
  }

  /** The value of one subscript: a number, or a text for associative arrays. */
  async subscript(name: string, text: string): Promise<string | number> {
    if (this.#host.state.variables.lookup(name)?.kind === 'associative') {
      const bare = /^(['"])(.*)\1$/s.exec(text);
      return bare?.[1] === "'" ? (bare[2] ?? '') : this.quotedText(bare?.[2] ?? text);
    }
    return Number(await this.arithmetic.text(text));
  }

  parameter(part: ParameterPart): Promise<(Segment | null)[]> {
    return this.#parameters.expand(part, true);
  }
}

/** Braces in a place where they are not expanded (an assignment) are plain text. */
function braceText(part: PartOf<'BraceExpansion'>): string {
  const items = part.items.map((item) =>
    item.type === 'Range'
      ? `${item.startStr ?? item.start}..${item.endStr ?? item.end}${item.step === undefined ? '' : `..${item.step}`}`
      : item.word.parts.map((inner) => ('value' in inner ? inner.value : '')).join(''),
  );
  return `{${items.join(',')}}`;
}
