import type { AssignmentNode } from '../parse/ast.ts';
import { ReadonlyError } from '../state/variables.ts';
import { element } from '../expand/arithmetic.ts';
import type { Executor } from './executor.ts';

/** Carries out `name=value`, `name+=value`, `name[i]=value`, `name=(…)`. Answers the value for `set -x`. */
export async function assign(shell: Executor, node: AssignmentNode): Promise<string> {
  const { state, expander } = shell;
  const match = /^([A-Za-z_]\w*)(?:\[(.*)\])?$/s.exec(node.name);
  const name = match?.[1] ?? node.name;
  if (node.array !== null) {
    await assignArray(shell, name, node.array, node.append);
    return '(…)';
  }
  let value = node.value === null ? '' : await expander.single(node.value);
  const variable = state.variables.lookup(name);
  const subscript = match?.[2];
  if (subscript !== undefined) {
    const key = await expander.subscript(name, subscript);
    if (node.append) value = (element(variable?.value, key) ?? '') + value;
    const at =
      typeof key === 'number' && key < 0 && variable?.value instanceof Map
        ? Math.max(-1, ...(variable.value.keys() as Iterable<number>)) + 1 + key
        : key;
    state.variables.setElement(name, at, value);
    return value;
  }
  if (variable?.integer === true) {
    const number = await expander.arithmetic.text(
      node.append ? `${state.variables.get(name) ?? '0'}+(${value})` : value,
    );
    value = String(number);
  } else if (node.append) value = (state.variables.get(name) ?? '') + value;
  setPlain(shell, name, value);
  return value;
}

/** Sets a variable, marking it exported under `set -a`. */
export function setPlain(shell: Executor, name: string, value: string): void {
  shell.state.variables.set(name, value);
  if (shell.state.options.allexport) shell.state.variables.ensure(name).exported = true;
}

async function assignArray(
  shell: Executor,
  name: string,
  words: NonNullable<AssignmentNode['array']>,
  append: boolean,
): Promise<void> {
  const { state, expander } = shell;
  const variable = state.variables.lookup(name);
  if (variable?.readonly === true) throw new ReadonlyError(`${name}: readonly variable`);
  const associative = variable?.kind === 'associative';
  const map = new Map<string | number, string>();
  if (append && variable !== undefined) {
    if (variable.value instanceof Map)
      for (const [key, value] of variable.value as Map<string | number, string>) map.set(key, value);
    else if (variable.value !== undefined) map.set(0, variable.value);
  }
  let next = Math.max(-1, ...[...map.keys()].filter((key) => typeof key === 'number')) + 1;
  for (const word of words) {
    const first = word.parts[0];
    const keyed = keyedElement(word);
    if (first !== undefined && keyed !== null) {
      const key = associative
        ? await expander.subscript(name, keyed.key)
        : Number(await expander.arithmetic.text(keyed.key));
      map.set(key, await expander.single(keyed.value));
      if (typeof key === 'number') next = key + 1;
      continue;
    }
    for (const text of await expander.fields([word])) map.set(next++, text);
  }
  state.variables.setArray(name, associative ? 'associative' : 'indexed', map as Map<string, string>);
}

type ArrayWord = NonNullable<AssignmentNode['array']>[number];

/** `[key]=value` inside `( … )`; the key's text is taken as written. */
function keyedElement(word: ArrayWord): { key: string; value: ArrayWord } | null {
  let key = '';
  for (const [at, part] of word.parts.entries()) {
    const text = part.type === 'Literal' ? part.value : part.type === 'Glob' ? part.pattern : null;
    const quoted =
      part.type === 'SingleQuoted'
        ? part.value
        : part.type === 'DoubleQuoted' && part.parts.every((inner) => inner.type === 'Literal')
          ? part.parts.map((inner) => ('value' in inner ? inner.value : '')).join('')
          : null;
    if (text === null && quoted === null) {
      if (part.type === 'ParameterExpansion' && part.operation === null && key.startsWith('[')) {
        key += `\${${part.parameter}}`;
        continue;
      }
      return null;
    }
    key += text ?? quoted ?? '';
    const match = /^\[([^\]]*)\]=(.*)$/s.exec(key);
    if (match !== null) {
      const rest: ArrayWord['parts'] = match[2] === '' ? [] : [{ type: 'Literal', value: match[2] ?? '' }];
      return { key: match[1] ?? '', value: { type: 'Word', parts: [...rest, ...word.parts.slice(at + 1)] } };
    }
    if (!key.startsWith('[')) return null;
  }
  return null;
}
