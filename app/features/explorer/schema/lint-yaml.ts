import { isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { Node, Pair } from 'yaml';
import type { Schema, SchemaIndex } from './schema-index.ts';

/** Something wrong with a text; `code` and `params` say what, in whatever language. Positions count characters. */
export interface Finding {
  readonly from: number;
  readonly to: number;
  readonly severity: 'error' | 'warning';
  readonly code: 'syntax' | 'unknown' | 'type' | 'missing' | 'enum' | 'empty';
  readonly params: Readonly<Record<string, string>>;
}

/** What is wrong with a manifest: its YAML, then its fields by the schema. Undefined schema: YAML only. */
export function lintYaml(text: string, index: SchemaIndex | undefined, root: Schema | undefined): Finding[] {
  const document = parseDocument(text, { prettyErrors: false, logLevel: 'silent' });
  const findings: Finding[] = document.errors.map(({ pos, message }) => ({
    ...range(text, pos[0], pos[1]),
    severity: 'error',
    code: 'syntax',
    params: { message },
  }));
  if (findings.length > 0) return findings;
  if (!isMap(document.contents))
    return [{ from: 0, to: text.length, severity: 'error', code: 'empty', params: {} }];
  if (index !== undefined && root !== undefined)
    new Walk(text, index, findings).visit(document.contents, root, '');
  return findings;
}

function range(text: string, from: number, to: number): { from: number; to: number } {
  const start = Math.min(from, text.length);
  return { from: start, to: Math.max(start, Math.min(to, text.length)) };
}

class Walk {
  readonly #text: string;
  readonly #index: SchemaIndex;
  readonly #findings: Finding[];

  constructor(text: string, index: SchemaIndex, findings: Finding[]) {
    this.#text = text;
    this.#index = index;
    this.#findings = findings;
  }

  visit(node: unknown, declared: Schema, path: string): void {
    const schema = this.#index.resolve(declared);
    // What an alias stands for was seen where it was written.
    if (node === null || isAlias(node)) return;
    if (isMap(node)) this.#map(node, schema, path);
    else if (isSeq(node)) this.#list(node, schema, path);
    else if (isScalar(node)) this.#scalar(node, schema, path);
  }

  #map(node: Node & { items: Pair[] }, schema: Schema, path: string): void {
    if (!accepts(schema, 'object')) return this.#wrongType(node, schema, 'object', path);
    const { properties, additionalProperties } = schema;
    const open =
      schema['x-kubernetes-preserve-unknown-fields'] === true ||
      additionalProperties === true ||
      (properties === undefined && additionalProperties === undefined);
    const names = new Set<string>();
    for (const { key, value } of node.items) {
      const name = String(isScalar(key) ? key.value : key);
      names.add(name);
      const child = this.#index.child(schema, name);
      if (child !== undefined) this.visit(value, child, path === '' ? name : `${path}.${name}`);
      else if (!open)
        this.#add(key as Node, 'error', 'unknown', { field: path === '' ? name : `${path}.${name}` });
    }
    for (const name of schema.required ?? [])
      if (!names.has(name))
        this.#add(node.items[0]?.key as Node | undefined, 'error', 'missing', {
          field: path === '' ? name : `${path}.${name}`,
        });
  }

  #list(node: Node & { items: unknown[] }, schema: Schema, path: string): void {
    if (!accepts(schema, 'array')) return this.#wrongType(node, schema, 'array', path);
    node.items.forEach((item, at) => {
      if (schema.items !== undefined) this.visit(item, schema.items, `${path}[${at}]`);
    });
  }

  #scalar(node: Node & { value: unknown }, schema: Schema, path: string): void {
    const { value } = node;
    if (value === null) return;
    const type = typeof value === 'number' ? (Number.isInteger(value) ? 'integer' : 'number') : typeof value;
    if (!accepts(schema, type)) return this.#wrongType(node, schema, type, path);
    if (schema.enum !== undefined && !schema.enum.includes(value))
      this.#add(node, 'error', 'enum', {
        field: path,
        value: String(value),
        allowed: schema.enum.map(String).join(', '),
      });
  }

  #wrongType(node: Node, schema: Schema, actual: string, path: string): void {
    const expected = (schema.oneOf ?? [schema]).map(({ type }) => type ?? '').join(' | ');
    this.#add(node, 'error', 'type', { field: path, expected, actual });
  }

  #add(
    node: Node | undefined,
    severity: Finding['severity'],
    code: Finding['code'],
    params: Finding['params'],
  ): void {
    const [from, to] = node?.range ?? [0, 0];
    this.#findings.push({ ...range(this.#text, from, to), severity, code, params });
  }
}

function accepts(schema: Schema, type: string): boolean {
  if (schema['x-kubernetes-int-or-string'] === true || schema.format === 'int-or-string')
    return type === 'integer' || type === 'string';
  if (schema.oneOf !== undefined) return schema.oneOf.some((one) => accepts(one, type));
  if (schema.type === undefined) return true;
  return schema.type === type || (schema.type === 'number' && type === 'integer');
}
