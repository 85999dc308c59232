import type { Json } from '../json.ts';
import { at, isObject, sortedKeys } from '../json.ts';
import { functions, shown, truth } from './functions.ts';
import { TemplateError } from './lex.ts';
import type { Operand, Pipe, TemplateNode } from './parse.ts';
import { parseGoTemplate } from './parse.ts';

export { TemplateError } from './lex.ts';

type Value = Json | undefined;

class Scope {
  private readonly values = new Map<string, Value>();
  private readonly parent: Scope | undefined;
  constructor(parent?: Scope) {
    this.parent = parent;
  }
  declare(name: string, value: Value): void {
    this.values.set(name, value);
  }
  assign(name: string, value: Value): void {
    if (this.values.has(name)) this.values.set(name, value);
    else if (this.parent) this.parent.assign(name, value);
    else throw new TemplateError(`undefined variable ${JSON.stringify(name)}`);
  }
  get(name: string): Value {
    if (this.values.has(name)) return this.values.get(name);
    if (!this.parent) throw new TemplateError(`undefined variable ${JSON.stringify(name)}`);
    return this.parent.get(name);
  }
}

/** `-o go-template`: Go's text/template over a JSON object, without named templates. */
export class GoTemplate {
  private readonly nodes: readonly TemplateNode[];

  /** Throws `TemplateError`. */
  constructor(source: string) {
    this.nodes = parseGoTemplate(source);
  }

  /** Throws `TemplateError`, for instance on a field that is not there when those are not allowed. */
  render(data: Json, allowMissing: boolean): string {
    const root = new Scope();
    root.declare('$', data);
    const run = new Run(allowMissing);
    run.nodes(this.nodes, data, root);
    return run.out.join('');
  }
}

class Run {
  readonly out: string[] = [];
  private readonly allowMissing: boolean;
  constructor(allowMissing: boolean) {
    this.allowMissing = allowMissing;
  }

  /** Answers `break` or `continue` when one of them was met. */
  nodes(nodes: readonly TemplateNode[], dot: Value, scope: Scope): 'break' | 'continue' | undefined {
    for (const node of nodes) {
      switch (node.type) {
        case 'text':
          this.out.push(node.text);
          break;
        case 'break':
        case 'continue':
          return node.type;
        case 'print': {
          const value = this.pipe(node.pipe, dot, scope);
          if (node.pipe.declare.length > 0) this.bind(node.pipe, value, scope);
          else this.out.push(shown(value));
          break;
        }
        case 'if':
        case 'with': {
          const inner = new Scope(scope);
          const value = this.pipe(node.pipe, dot, inner);
          this.bind(node.pipe, value, inner);
          const jump = truth(value)
            ? this.nodes(node.body, node.type === 'with' ? value : dot, inner)
            : this.nodes(node.otherwise, dot, inner);
          if (jump) return jump;
          break;
        }
        case 'range':
          this.range(node, dot, scope);
      }
    }
    return undefined;
  }

  private range(node: TemplateNode & { type: 'if' | 'with' | 'range' }, dot: Value, scope: Scope): void {
    const value = this.pipe(node.pipe, dot, scope);
    const entries: (readonly [Value, Value])[] = Array.isArray(value)
      ? value.map((item, i) => [i, item])
      : isObject(value)
        ? sortedKeys(value).map((key) => [key, value[key]])
        : typeof value === 'number'
          ? Array.from({ length: value }, (_, i) => [i, i])
          : [];
    if (entries.length === 0) {
      this.nodes(node.otherwise, dot, new Scope(scope));
      return;
    }
    for (const [key, item] of entries) {
      const inner = new Scope(scope);
      const [first, second] = node.pipe.declare;
      if (first !== undefined && second !== undefined) inner.declare(first, key);
      const name = second ?? first;
      if (name !== undefined) inner.declare(name, item);
      if (this.nodes(node.body, item, inner) === 'break') return;
    }
  }

  private bind(pipe: Pipe, value: Value, scope: Scope): void {
    for (const name of pipe.declare) {
      if (pipe.assign) scope.assign(name, value);
      else scope.declare(name, value);
    }
  }

  private pipe(pipe: Pipe, dot: Value, scope: Scope): Value {
    let last: { value: Value } | undefined;
    for (const stage of pipe.stages) last = { value: this.stage(stage, last, dot, scope) };
    return last?.value;
  }

  private stage(
    stage: readonly Operand[],
    previous: { value: Value } | undefined,
    dot: Value,
    scope: Scope,
  ): Value {
    const [head, ...rest] = stage;
    if (!head) return undefined;
    if (head.of === 'call') {
      const call = functions.get(head.name);
      if (!call)
        throw new TemplateError(`template: output:1: function ${JSON.stringify(head.name)} not defined`);
      const args = rest.map((operand) => this.operand(operand, dot, scope));
      return call(previous ? [...args, previous.value] : args);
    }
    if (rest.length > 0 || previous) throw new TemplateError(`can't give argument to non-function`);
    return this.operand(head, dot, scope);
  }

  private operand(operand: Operand, dot: Value, scope: Scope): Value {
    switch (operand.of) {
      case 'value':
        return operand.value;
      case 'dot':
        return dot;
      case 'variable':
        return scope.get(operand.name);
      case 'pipe':
        return this.pipe(operand.pipe, dot, scope);
      case 'call':
        return this.stage([operand], undefined, dot, scope);
      case 'fields': {
        let value = this.operand(operand.base, dot, scope);
        for (const name of operand.names) {
          if (value !== undefined && value !== null && !isObject(value))
            throw new TemplateError(
              `template: output:1: executing "output" at <.${name}>: can't evaluate field ${name} in type interface {}`,
            );
          const next = at(value, name);
          if (next === undefined && !this.allowMissing)
            throw new TemplateError(
              `template: output:1: executing "output" at <.${name}>: map has no entry for key ${JSON.stringify(name)}`,
            );
          value = next;
        }
        return value;
      }
    }
  }
}
