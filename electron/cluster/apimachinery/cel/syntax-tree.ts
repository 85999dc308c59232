/** The parts of the library's syntax tree that are read and changed here. */
export interface Expression {
  id: unknown;
  exprKind: { case?: string; value?: Node };
}

interface Node {
  name?: string;
  function?: string;
  target?: Expression;
  args?: Expression[];
  operand?: Expression;
  elements?: Expression[];
  entries?: { keyKind?: { case?: string; value?: unknown }; value?: Expression }[];
  iterVar?: string;
  accuVar?: string;
  iterRange?: Expression;
  accuInit?: Expression;
  loopCondition?: Expression;
  loopStep?: Expression;
  result?: Expression;
}

const CHILDREN = [
  'target', 'operand', 'iterRange', 'accuInit', 'loopCondition', 'loopStep', 'result',
] as const; // prettier-ignore

function children({ exprKind: { value } }: Expression): Expression[] {
  if (value === undefined || typeof value !== 'object') return [];
  const found = CHILDREN.map((key) => value[key]).filter((child) => child !== undefined);
  for (const { keyKind, value: entry } of value.entries ?? []) {
    if (keyKind?.case === 'mapKey') found.push(keyKind.value as Expression);
    if (entry !== undefined) found.push(entry);
  }
  return [...found, ...(value.args ?? []), ...(value.elements ?? [])];
}

/**
 * The first name that is neither known nor bound by a comprehension; undefined when there is none. `qualified`: functions
 * such as `sets.contains`, of which the first part is no variable.
 */
export function firstUndeclared(
  expression: Expression,
  known: ReadonlySet<string>,
  qualified: ReadonlySet<string>,
): string | undefined {
  const { case: kind, value } = expression.exprKind;
  if (kind === 'identExpr') {
    const name = value?.name ?? '';
    return known.has(name) ? undefined : name;
  }
  const inner =
    kind === 'comprehensionExpr' ? new Set([...known, value?.iterVar ?? '', value?.accuVar ?? '']) : known;
  const space = kind === 'callExpr' ? value?.target?.exprKind.value?.name : undefined;
  const isQualified = space !== undefined && qualified.has(`${space}.${value?.function ?? ''}`);
  for (const child of children(expression)) {
    if (isQualified && child === value?.target) continue;
    const found = firstUndeclared(child, inner, qualified);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** How many expressions are nested at most. */
export function depthOf(expression: Expression): number {
  return 1 + Math.max(0, ...children(expression).map(depthOf));
}

function call(name: string, argument: Expression): Expression {
  const { id } = argument;
  return { ...argument, id, exprKind: { case: 'callExpr', value: { function: name, args: [argument] } } };
}

/**
 * Puts a counting call around the condition of every loop and around every sum, in place: the library itself
 * counts nothing.
 */
export function instrument(expression: Expression, step: string, size: string): Expression {
  const { value } = expression.exprKind;
  if (value === undefined || typeof value !== 'object') return expression;
  for (const key of CHILDREN) {
    const child = value[key];
    if (child === undefined) continue;
    const changed = instrument(child, step, size);
    value[key] = key === 'loopCondition' ? call(step, changed) : changed;
  }
  for (const entry of value.entries ?? [])
    if (entry.value !== undefined) entry.value = instrument(entry.value, step, size);
  if (value.args !== undefined) value.args = value.args.map((child) => instrument(child, step, size));
  if (value.elements !== undefined)
    value.elements = value.elements.map((child) => instrument(child, step, size));
  return value.function === '_+_' ? call(size, expression) : expression;
}
