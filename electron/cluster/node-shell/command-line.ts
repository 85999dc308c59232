import { CommandError } from './interface.ts';

export interface Redirect {
  /** `in`: from a file; `out`, `append`: to a file; `/dev/null` is known. */
  readonly kind: 'in' | 'out' | 'append' | 'err';
  readonly path: string;
}

export interface SimpleCommand {
  readonly argv: readonly string[];
  readonly redirects: readonly Redirect[];
}

/** Commands joined by pipes, and when they run. */
export interface Pipeline {
  readonly when: 'always' | 'success' | 'failure';
  readonly commands: readonly SimpleCommand[];
}

const TOKEN =
  /\s*(?:(&&|\|\||2>&1|2>>?|>>|[|;<>\n])|((?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s;|<>&"'\\]|&(?!&))+))/y;

function unquote(word: string): string {
  return word.replace(
    /"((?:\\.|[^"\\])*)"|'([^']*)'|\\(.)/gs,
    (_all, double?: string, single?: string, escaped?: string) => {
      if (double !== undefined) return double.replace(/\\(["\\$`])/g, '$1');
      return single ?? escaped ?? '';
    },
  );
}

/**
 * Takes a command line apart: words with quotes, `|`, `&&`, `||`, `;`, `<`, `>`, `>>`, `2>`. What it does not know
 * (variables, globs, loops) is refused or taken literally. @throws CommandError
 */
export function parseCommandLine(line: string): readonly Pipeline[] {
  const pipelines: Pipeline[] = [];
  let commands: SimpleCommand[] = [];
  let argv: string[] = [];
  let redirects: Redirect[] = [];
  let when: Pipeline['when'] = 'always';
  let at = 0;
  const unexpected = (token: string): CommandError =>
    new CommandError(`bash: -c: line 1: syntax error near unexpected token \`${token}'\n`, 2);
  const endCommand = (token: string): void => {
    if (argv.length === 0) throw unexpected(token);
    commands.push({ argv, redirects });
    argv = [];
    redirects = [];
  };
  const endPipeline = (token: string, next: Pipeline['when']): void => {
    endCommand(token);
    pipelines.push({ when, commands });
    commands = [];
    when = next;
  };
  let pending: Redirect['kind'] | undefined;
  while (at < line.length) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(line);
    if (match === null) {
      if (line.slice(at).trim() === '') break;
      throw new CommandError('bash: -c: line 1: unexpected EOF while looking for matching `"\'\n', 2);
    }
    at = TOKEN.lastIndex;
    const [, operator, word] = match;
    if (word !== undefined) {
      if (/^\$[({]|^`|^\$\w/.test(word))
        throw new CommandError(`leme: "${word}" is not modelled in the shell of a machine\n`, 2);
      if (pending === undefined) argv.push(unquote(word));
      else redirects.push({ kind: pending, path: unquote(word) });
      pending = undefined;
      continue;
    }
    if (pending !== undefined) throw unexpected(operator ?? 'newline');
    switch (operator) {
      case '|':
        endCommand('|');
        break;
      case '&&':
        endPipeline('&&', 'success');
        break;
      case '||':
        endPipeline('||', 'failure');
        break;
      case '<':
        pending = 'in';
        break;
      case '>':
        pending = 'out';
        break;
      case '>>':
        pending = 'append';
        break;
      case '2>':
      case '2>>':
        pending = 'err';
        break;
      case '2>&1':
        redirects.push({ kind: 'err', path: '&1' });
        break;
      default:
        if (argv.length > 0 || commands.length > 0) endPipeline(operator ?? ';', 'always');
        else if (operator === ';') throw unexpected(';');
    }
  }
  if (pending !== undefined) throw unexpected('newline');
  if (argv.length > 0) endPipeline('newline', 'always');
  else if (commands.length > 0) throw unexpected('newline');
  return pipelines;
}
