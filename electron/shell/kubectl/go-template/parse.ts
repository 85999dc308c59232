import { functions } from './functions.ts';
import type { Token } from './lex.ts';
import { splitActions, TemplateError, tokens } from './lex.ts';

export type Operand =
  | { readonly of: 'value'; readonly value: string | number | boolean | null }
  | { readonly of: 'dot' }
  | { readonly of: 'variable'; readonly name: string }
  | { readonly of: 'call'; readonly name: string }
  | { readonly of: 'pipe'; readonly pipe: Pipe }
  | { readonly of: 'fields'; readonly base: Operand; readonly names: readonly string[] };

/** `a b c | d e`: each stage's last argument is the one before it. */
export interface Pipe {
  readonly declare: readonly string[];
  readonly assign: boolean;
  readonly stages: readonly (readonly Operand[])[];
}

export type TemplateNode =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'print'; readonly pipe: Pipe }
  | {
      readonly type: 'if' | 'with' | 'range';
      readonly pipe: Pipe;
      readonly body: readonly TemplateNode[];
      readonly otherwise: readonly TemplateNode[];
    }
  | { readonly type: 'break' | 'continue' };

/** Reads a template. Models text/template's parse package without named templates. */
export function parseGoTemplate(source: string): TemplateNode[] {
  const parts = splitActions(source);
  let at = 0;
  const block = (): { nodes: TemplateNode[]; end: string; rest: Token[] } => {
    const nodes: TemplateNode[] = [];
    while (at < parts.length) {
      const part = parts[at++];
      if (!part) break;
      if ('text' in part) {
        nodes.push({ type: 'text', text: part.text });
        continue;
      }
      const list = tokens(part.action);
      const head = list[0];
      const word = head?.kind === 'word' ? head.text : '';
      if (word === 'end' || word === 'else') return { nodes, end: word, rest: list.slice(1) };
      if (word === 'if' || word === 'with' || word === 'range') nodes.push(control(word, list.slice(1)));
      else if (word === 'break' || word === 'continue') nodes.push({ type: word });
      else if (['define', 'template', 'block'].includes(word))
        throw new TemplateError(`template: output:1: ${word} is not supported here`);
      else nodes.push({ type: 'print', pipe: parsePipe(list) });
    }
    return { nodes, end: '', rest: [] };
  };
  const control = (type: 'if' | 'with' | 'range', list: Token[]): TemplateNode => {
    const pipe = parsePipe(list);
    if (pipe.stages.length === 0) throw new TemplateError(`template: output:1: missing value for ${type}`);
    const body = block();
    let otherwise: TemplateNode[] = [];
    let end = body.end;
    if (end === 'else') {
      const next = body.rest[0];
      if (next?.kind === 'word' && (next.text === 'if' || next.text === 'with')) {
        otherwise = [control(next.text, body.rest.slice(1))];
        end = 'end';
      } else {
        const other = block();
        otherwise = other.nodes;
        end = other.end;
      }
    }
    if (end !== 'end') throw new TemplateError('template: output:1: unexpected EOF');
    return { type, pipe, body: body.nodes, otherwise };
  };
  const whole = block();
  if (whole.end !== '') throw new TemplateError(`template: output:1: unexpected {{${whole.end}}}`);
  return whole.nodes;
}

function parsePipe(list: readonly Token[]): Pipe {
  const declare: string[] = [];
  let assign = false;
  let rest = [...list];
  const sign = rest.findIndex((token) => token.kind === 'op' && (token.text === ':=' || token.text === '='));
  if (sign > 0 && rest.slice(0, sign).every((token) => token.kind === 'variable' || token.text === ',')) {
    assign = rest[sign]?.text === '=';
    declare.push(
      ...rest
        .slice(0, sign)
        .filter((token) => token.kind === 'variable')
        .map((token) => token.text),
    );
    rest = rest.slice(sign + 1);
  }
  const reader = new OperandReader(rest);
  const stages = reader.stages();
  if (!reader.done) throw new TemplateError('template: output:1: unexpected ")" in command');
  if (stages.some((stage) => stage.length === 0))
    throw new TemplateError('template: output:1: missing value for command');
  return { declare, assign, stages };
}

class OperandReader {
  private readonly list: readonly Token[];
  private at = 0;
  constructor(list: readonly Token[]) {
    this.list = list;
  }
  get done(): boolean {
    return this.at >= this.list.length;
  }

  stages(): Operand[][] {
    const stages: Operand[][] = [[]];
    while (!this.done) {
      const token = this.list[this.at];
      if (!token || (token.kind === 'op' && token.text === ')')) break;
      this.at++;
      if (token.kind === 'op' && token.text === '|') stages.push([]);
      else stages.at(-1)?.push(this.fields(this.operand(token)));
    }
    return stages;
  }

  private fields(base: Operand): Operand {
    const names: string[] = [];
    for (;;) {
      const token = this.list[this.at];
      if (token?.kind !== 'field' || !token.text.startsWith('+')) break;
      names.push(token.text.slice(1));
      this.at++;
    }
    return names.length === 0 ? base : { of: 'fields', base, names };
  }

  private operand(token: Token): Operand {
    switch (token.kind) {
      case 'string':
        return { of: 'value', value: token.text };
      case 'number':
        return { of: 'value', value: Number(token.text) };
      case 'field':
        return { of: 'fields', base: { of: 'dot' }, names: [token.text.replace(/^\+/, '')] };
      case 'variable':
        return { of: 'variable', name: token.text };
      case 'word':
        if (token.text === 'true' || token.text === 'false')
          return { of: 'value', value: token.text === 'true' };
        if (token.text === 'nil') return { of: 'value', value: null };
        if (!functions.has(token.text))
          throw new TemplateError(`template: output:1: function ${JSON.stringify(token.text)} not defined`);
        return { of: 'call', name: token.text };
      default:
    }
    if (token.text === '.') return { of: 'dot' };
    if (token.text === '(') {
      const stages = this.stages();
      this.at++;
      return { of: 'pipe', pipe: { declare: [], assign: false, stages } };
    }
    throw new TemplateError(`template: output:1: unexpected ${JSON.stringify(token.text)} in operand`);
  }
}
