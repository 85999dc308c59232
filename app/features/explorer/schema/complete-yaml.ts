import type { Schema, SchemaIndex } from './schema-index.ts';

export interface Completion {
  readonly label: string;
  /** What is put in: a field brings its colon. */
  readonly apply: string;
  readonly type: string;
  readonly description: string;
  readonly required: boolean;
}

interface Line {
  /** Columns of its dashes, then of its key or value. */
  readonly dashes: readonly number[];
  readonly column: number;
  readonly key: string | undefined;
  readonly value: string;
}

function readLine(text: string): Line | undefined {
  if (/^\s*(#.*)?$/.test(text)) return undefined;
  const dashes: number[] = [];
  let column = text.length - text.trimStart().length;
  while (text[column] === '-' && (text[column + 1] === ' ' || column + 1 === text.length)) {
    dashes.push(column);
    column += 1;
    while (text[column] === ' ') column += 1;
  }
  const match = /^("[^"]*"|'[^']*'|[^\s:#][^:#]*):(?:\s+(.*))?$/.exec(text.slice(column));
  const key = match?.[1]?.replace(/^["']|["']$/g, '');
  return { dashes, column, key, value: match?.[2]?.trim() ?? (match === null ? text.slice(column) : '') };
}

/**
 * Where `line` (the text up to the cursor) stands: the path of the map it is a field of, by the lines above. Goes by
 * indentation alone, because a text that is being written is seldom whole.
 */
function pathAbove(above: readonly string[], current: Line): string[] {
  const path: string[] = [];
  let column = current.column;
  /** Looking for the key whose list begins at `column`, not for the parent of a field. */
  let inList = false;
  const enter = (dashes: readonly number[]): void => {
    for (let at = dashes.length - 1; at >= 0; at -= 1) path.push('[]');
    if (dashes[0] === undefined) return;
    column = dashes[0];
    inList = true;
  };
  enter(current.dashes);
  for (let at = above.length - 1; at >= 0; at -= 1) {
    const line = readLine(above[at] ?? '');
    if (line === undefined || line.key === undefined) continue;
    if (!inList && line.column === column && line.dashes.length > 0) {
      enter(line.dashes);
      continue;
    }
    const isParent =
      line.value === '' &&
      (line.column < column || (inList && line.column === column && line.dashes.length === 0));
    if (!isParent) continue;
    path.push(line.key);
    column = line.column;
    inList = false;
    enter(line.dashes);
  }
  return path.reverse();
}

/** Fields that the same map has already, above and below the cursor. */
function siblings(lines: readonly string[], row: number, current: Line): Set<string> {
  const names = new Set<string>();
  for (const step of [-1, 1] as const)
    for (let at = row + step; at >= 0 && at < lines.length; at += step) {
      const line = readLine(lines[at] ?? '');
      if (line === undefined) continue;
      const first = line.dashes[0] ?? line.column;
      if (line.column < current.column || (line.dashes.length > 0 && step === 1 && first < current.column))
        break;
      if (line.column === current.column && line.key !== undefined) names.add(line.key);
      if (line.column === current.column && line.dashes.length > 0) break;
    }
  return names;
}

/** What may be written at a position: fields of the map there, or values of the field on that line. */
export function completeYaml(
  text: string,
  position: number,
  index: SchemaIndex,
  root: Schema,
): { readonly from: number; readonly options: readonly Completion[] } | undefined {
  const lines = text.split('\n');
  const row = text.slice(0, position).split('\n').length - 1;
  const start = text.lastIndexOf('\n', position - 1) + 1;
  const typed = text.slice(start, position);
  if (/^\s*#/.test(typed)) return undefined;
  const field = /^(\s*(?:- +)*)([\w.$/-]+):\s+([\w.-]*)$/.exec(typed);
  if (field !== null) {
    const [, lead = '', name = '', begun = ''] = field;
    const current = { ...(readLine(`${lead}x:`) as Line), key: name };
    const schema = index.at(root, [...pathAbove(lines.slice(0, row), current), name]);
    return schema === undefined ? undefined : { from: position - begun.length, options: valuesOf(schema) };
  }
  const name = /^(\s*(?:- +)*)([\w.$/-]*)$/.exec(typed);
  if (name === null) return undefined;
  const [, lead = '', begun = ''] = name;
  const current = readLine(`${lead}x:`) as Line;
  const schema = index.at(root, pathAbove(lines.slice(0, row), current));
  if (schema?.properties === undefined) {
    const values = schema === undefined ? [] : valuesOf(schema);
    return values.length === 0 ? undefined : { from: position - begun.length, options: values };
  }
  const taken = siblings(lines, row, current);
  const required = new Set(schema.required);
  const options = Object.entries(schema.properties)
    .filter(([property]) => !taken.has(property))
    .map(([property, declared]): Completion => {
      const child = index.resolve(declared);
      const nested = child.type === 'object' || child.type === 'array';
      return {
        label: property,
        apply: nested ? `${property}:` : `${property}: `,
        type: typeText(index, child),
        description: child.description ?? '',
        required: required.has(property),
      };
    });
  return options.length === 0 ? undefined : { from: position - begun.length, options };
}

function valuesOf(schema: Schema): Completion[] {
  const values = schema.enum ?? (schema.type === 'boolean' ? [true, false] : []);
  return values.map((value) => ({
    label: String(value),
    apply: String(value),
    type: schema.type ?? '',
    description: '',
    required: false,
  }));
}

function typeText(index: SchemaIndex, schema: Schema): string {
  if (schema.type === 'array' && schema.items !== undefined)
    return `[]${index.resolve(schema.items).type ?? ''}`;
  if (schema.oneOf !== undefined) return schema.oneOf.map(({ type }) => type ?? '').join(' | ');
  return schema.type ?? '';
}
