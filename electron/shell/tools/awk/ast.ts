/** The syntax tree of an awk program. */
export type Expr =
  | { kind: 'number'; value: number }
  | { kind: 'string'; value: string }
  | { kind: 'regex'; pattern: RegExp }
  | { kind: 'variable'; name: string }
  | { kind: 'field'; index: Expr }
  | { kind: 'element'; array: string; key: Expr[] }
  | { kind: 'unary'; operator: '!' | '-' | '+'; operand: Expr }
  | { kind: 'step'; by: 1 | -1; prefix: boolean; target: Expr }
  | { kind: 'binary'; operator: string; left: Expr; right: Expr }
  | { kind: 'match'; negated: boolean; left: Expr; right: Expr }
  | { kind: 'and' | 'or'; left: Expr; right: Expr }
  | { kind: 'in'; key: Expr[]; array: string }
  | { kind: 'ternary'; condition: Expr; yes: Expr; no: Expr }
  | { kind: 'assign'; operator: string; target: Expr; value: Expr }
  | { kind: 'call'; name: string; args: Expr[]; own: boolean }
  | { kind: 'getline'; target?: Expr; file?: Expr };

export type Stmt =
  | { kind: 'expr'; value: Expr }
  | { kind: 'print'; args: Expr[]; formatted: boolean; to?: { operator: '>' | '>>'; file: Expr } }
  | { kind: 'if'; condition: Expr; yes: Stmt; no?: Stmt }
  | { kind: 'while'; condition: Expr; body: Stmt; first: boolean }
  | { kind: 'for'; init?: Stmt; condition?: Expr; update?: Stmt; body: Stmt }
  | { kind: 'for-in'; name: string; array: string; body: Stmt }
  | { kind: 'block'; body: Stmt[] }
  | { kind: 'delete'; array: string; key?: Expr[] }
  | { kind: 'return' | 'exit'; value?: Expr }
  | { kind: 'next' | 'nextfile' | 'break' | 'continue' };

export interface Rule {
  begin?: boolean;
  end?: boolean;
  from?: Expr;
  to?: Expr;
  body?: Stmt;
  /** A range that has begun. */
  active?: boolean;
}

export interface AwkFunction {
  name: string;
  params: string[];
  body: Stmt;
}

export interface AwkProgram {
  rules: Rule[];
  functions: Map<string, AwkFunction>;
}

/** Raised for a program that cannot be read or done. */
export class AwkError extends Error {
  override readonly name = 'AwkError';
}
