import { compactJson, indentedJson, jsonNumber } from '../go-format.ts';
import type { Json } from '../json.ts';
import type { EvaluateOptions } from '../../../base/jsonpath/evaluate.ts';
import { PathError, walk } from '../../../base/jsonpath/evaluate.ts';
import type { PathNode } from '../../../base/jsonpath/nodes.ts';
import { parseTemplate } from '../../../base/jsonpath/parse.ts';

/**
 * kubectl's JSONPath: a text template with paths in braces and `{range …}…{end}`.
 * Models client-go's util/jsonpath (v0.33), quirks included: `$` inside a range is the current item, and a dot inside
 * `['a.b']` separates fields unless escaped.
 */
export class JsonPathTemplate {
  private readonly nodes: readonly PathNode[];

  /** Throws `PathSyntaxError`. */
  constructor(template: string) {
    this.nodes = parseTemplate(template);
  }

  /** One list of values for each pair of braces and each piece of text, ranges unrolled. Throws `PathError`. */
  find(object: Json, options: EvaluateOptions = { allowMissing: true }): Json[][] {
    const found: Json[][] = [];
    this.run(this.nodes, 0, object, false, options, found);
    return found;
  }

  /** The text the template makes of an object. */
  render(object: Json, options?: EvaluateOptions): string {
    return this.find(object, options)
      .map((values) => values.map(valueText).join(' '))
      .join('');
  }

  /** `-o jsonpath-as-json`: each result list as an indented JSON array. */
  renderJson(object: Json, options?: EvaluateOptions): string {
    return this.find(object, options)
      .map((values) => `${indentedJson(values)}\n`)
      .join('');
  }

  /** Runs from node `start`; inside a range it stops at its `{end}` and answers that index. */
  private run(
    nodes: readonly PathNode[],
    start: number,
    cursor: Json,
    inRange: boolean,
    options: EvaluateOptions,
    found: Json[][],
  ): number {
    for (let i = start; i < nodes.length; i++) {
      const node = nodes[i];
      if (!node) break;
      const word = keyword(node);
      if (word === 'end') {
        if (!inRange) throw new PathError('not in range, nothing to end');
        return i;
      }
      if (word === 'range' && node.type === 'list') {
        const items = walk([cursor], node.nodes.slice(1), options);
        let last = i;
        for (const item of items) last = this.run(nodes, i + 1, item, true, options, found);
        i = items.length === 0 ? matchingEnd(nodes, i) : last;
        continue;
      }
      found.push(walk([cursor], node.type === 'list' ? node.nodes : [node], options));
    }
    return nodes.length;
  }
}

function keyword(node: PathNode): string | undefined {
  if (node.type !== 'list') return undefined;
  const first = node.nodes[0];
  return first?.type === 'identifier' && (first.name === 'range' || first.name === 'end')
    ? first.name
    : undefined;
}

function matchingEnd(nodes: readonly PathNode[], from: number): number {
  let depth = 0;
  for (let i = from; i < nodes.length; i++) {
    const node = nodes[i];
    const word = node ? keyword(node) : undefined;
    if (word === 'range') depth++;
    if (word === 'end' && --depth === 0) return i;
  }
  return nodes.length;
}

/** A value as the template prints it: text as it is, objects and lists as JSON. */
export function valueText(value: Json): string {
  if (value === null) return '<nil>';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return jsonNumber(value);
  return typeof value === 'boolean' ? String(value) : compactJson(value);
}

/** Accepts `x.y`, `.x.y` and `{x.y}` and answers `{.x.y}`. Models `RelaxedJSONPathExpression`. */
export function relaxedPath(text: string): string {
  if (text === '') return text;
  const match = /^\{\.?([^{}]+)\}$|^\.?([^{}]+)$/.exec(text);
  if (!match) {
    throw new Error(
      `unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'`,
    );
  }
  return `{.${match[1] ?? match[2] ?? ''}}`;
}
