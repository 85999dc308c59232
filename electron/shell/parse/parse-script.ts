import { parse } from './grammar.ts';
import type { CommandNode, ScriptNode, SimpleCommandNode, StatementNode } from './ast.ts';

/** What a text is: a script, the beginning of one (more lines are needed), or wrong. `message` is bash's text without a prefix. */
export type ParseResult =
  | { kind: 'script'; script: ScriptNode; openHereDoc?: string }
  | { kind: 'incomplete'; message: string }
  | { kind: 'error'; message: string; line: number };

/** Parses shell text with just-bash's grammar and sorts its failures into "not finished yet" and "wrong". */
export function parseScript(text: string): ParseResult {
  if (endsInContinuation(text)) return { kind: 'incomplete', message: unexpectedEnd };
  let script: ScriptNode;
  try {
    script = parse(text);
  } catch (error) {
    return sortFailure(error);
  }
  const found = new Defects();
  for (const statement of script.statements) found.statement(statement, true);
  if (found.misplaced !== null) {
    return { kind: 'error', message: `syntax error near unexpected token \`${found.misplaced}'`, line: 1 };
  }
  if (found.dangling) return { kind: 'incomplete', message: unexpectedEnd };
  return found.hereDoc === null
    ? { kind: 'script', script }
    : { kind: 'script', script, openHereDoc: found.hereDoc };
}

const unexpectedEnd = 'syntax error: unexpected end of file';

function endsInContinuation(text: string): boolean {
  const match = /\\+$/.exec(text);
  return match !== null && match[0].length % 2 === 1;
}

function sortFailure(error: unknown): ParseResult {
  if (!(error instanceof Error)) throw error;
  const raw = error.message.replace(/^Parse error at \d+:\d+: /, '').replace(/^line \d+: /, '');
  const line = 'line' in error && typeof error.line === 'number' ? error.line : 1;
  const token = 'token' in error ? (error.token as { type?: string; value?: string } | undefined) : undefined;
  if (raw.startsWith('unexpected EOF')) return { kind: 'incomplete', message: raw };
  // A here-document was asked for inside a block, and its lines are still to come.
  if (token?.type === 'HEREDOC_CONTENT') return { kind: 'incomplete', message: unexpectedEnd };
  if (token?.type === 'EOF' || raw.includes('got EOF') || raw === 'Expected redirection target') {
    if (raw !== 'Expected redirection target' && raw !== 'Expected variable name in for loop')
      return { kind: 'incomplete', message: unexpectedEnd };
    return { kind: 'error', message: "syntax error near unexpected token `newline'", line };
  }
  if (raw.startsWith('syntax error')) return { kind: 'error', message: raw, line };
  if (token?.value !== undefined) {
    const shown = token.type === 'NEWLINE' ? 'newline' : token.value;
    return { kind: 'error', message: `syntax error near unexpected token \`${shown}'`, line };
  }
  return { kind: 'error', message: raw, line };
}

/** Looks for what the grammar lets through: empty pipeline members (an unfinished line, or `| |`) and open here-documents. */
class Defects {
  dangling = false;
  misplaced: string | null = null;
  hereDoc: string | null = null;

  statement(statement: StatementNode, _top: boolean): void {
    if (statement.deferredError !== undefined) this.misplaced ??= statement.deferredError.token;
    statement.pipelines.forEach((pipeline, at) => {
      const last = at === statement.pipelines.length - 1;
      pipeline.commands.forEach((command, stage) => {
        const lastStage = stage === pipeline.commands.length - 1;
        if (command.type === 'SimpleCommand' && isEmpty(command)) {
          if (!lastStage) this.misplaced ??= '|';
          else if (pipeline.commands.length > 1 || statement.pipelines.length > 1) {
            if (last) this.dangling = true;
            else this.misplaced ??= statement.operators[at] ?? ';';
          }
        }
        this.command(command);
      });
    });
  }

  command(command: CommandNode): void {
    for (const redirection of command.redirections) {
      if (redirection.target.type === 'HereDoc' && redirection.target.terminated === false)
        this.hereDoc ??= redirection.target.delimiter;
    }
    switch (command.type) {
      case 'If':
        for (const clause of command.clauses) this.all([...clause.condition, ...clause.body]);
        this.all(command.elseBody ?? []);
        break;
      case 'While':
      case 'Until':
        this.all([...command.condition, ...command.body]);
        break;
      case 'For':
      case 'CStyleFor':
      case 'Subshell':
      case 'Group':
        this.all(command.body);
        break;
      case 'Case':
        for (const item of command.items) this.all(item.body);
        break;
      case 'FunctionDef':
        this.command(command.body);
        break;
      default:
        break;
    }
  }

  all(statements: readonly StatementNode[]): void {
    for (const statement of statements) this.statement(statement, false);
  }
}

function isEmpty(command: SimpleCommandNode): boolean {
  return command.name === null && command.assignments.length === 0 && command.redirections.length === 0;
}
