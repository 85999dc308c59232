import { ShellSyntaxError } from './ast.ts';

type Operator = (a: number, b: number) => number;

const int = (value: number): number => Math.trunc(value);
const LEVELS: readonly Readonly<Record<string, Operator>>[] = [
  { '||': (a, b) => Number(a !== 0 || b !== 0) },
  { '&&': (a, b) => Number(a !== 0 && b !== 0) },
  { '==': (a, b) => Number(a === b), '!=': (a, b) => Number(a !== b) },
  {
    '<=': (a, b) => Number(a <= b),
    '>=': (a, b) => Number(a >= b),
    '<': (a, b) => Number(a < b),
    '>': (a, b) => Number(a > b),
  },
  { '+': (a, b) => a + b, '-': (a, b) => a - b },
  { '*': (a, b) => a * b, '/': (a, b) => int(a / b), '%': (a, b) => a % b },
];

/** `$((…))`: integers, variables, parentheses, + - * / %, comparisons, && and ||. @throws ShellSyntaxError */
export function evaluate(text: string, valueOf: (name: string) => string): number {
  const tokens = text.match(/\d+|[A-Za-z_]\w*|\|\||&&|[=!<>]=|[-+*/%<>()!]|\S/g) ?? [];
  let at = 0;
  const fail = (): never => {
    throw new ShellSyntaxError(`arithmetic syntax error`);
  };
  const unary = (): number => {
    const token = tokens[at++] ?? fail();
    if (token === '-') return -unary();
    if (token === '+') return unary();
    if (token === '!') return Number(unary() === 0);
    if (token === '(') {
      const value = level(0);
      if (tokens[at++] !== ')') fail();
      return value;
    }
    if (/^\d/.test(token)) return Number(token);
    if (/^[A-Za-z_]/.test(token)) return Number.parseInt(valueOf(token) || '0', 10) || 0;
    return fail();
  };
  const level = (index: number): number => {
    const operators = LEVELS[index];
    if (operators === undefined) return unary();
    let value = level(index + 1);
    for (;;) {
      const operator = operators[tokens[at] ?? ''];
      if (operator === undefined) return value;
      const name = tokens[at++] ?? '';
      const right = level(index + 1);
      if ((name === '/' || name === '%') && right === 0) throw new ShellSyntaxError('divide by zero');
      value = operator(value, right);
    }
  };
  if (tokens.length === 0) return 0;
  const value = level(0);
  if (at < tokens.length) fail();
  return value;
}
