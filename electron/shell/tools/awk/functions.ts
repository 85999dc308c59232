import { AwkError, type Expr } from './ast.ts';
import { InputText, type AwkMachine, type Value } from './interpreter.ts';

/** awk's own functions (POSIX, with gawk's `gensub`, `systime`, `strftime`). */
export function callBuiltin(machine: AwkMachine, name: string, args: readonly Expr[]): Value {
  const value = (at: number): Value => (args[at] === undefined ? undefined : machine.value(args[at]));
  const text = (at: number): string => machine.text(value(at));
  const number = (at: number): number => machine.number(value(at));
  switch (name) {
    case 'length': {
      const only = args[0];
      if (only === undefined) return [...machine.text(machine.field(0))].length;
      if (
        only.kind === 'variable' &&
        machine.get(only.name) === undefined &&
        machine.array(only.name).size > 0
      )
        return machine.array(only.name).size;
      return [...text(0)].length;
    }
    case 'substr': {
      const chars = [...text(0)];
      const start = Math.round(number(1));
      const end = args[2] === undefined ? Infinity : start + Math.round(number(2));
      return chars.slice(Math.max(0, start - 1), Math.max(0, end - 1)).join('');
    }
    case 'index': {
      const at = text(0).indexOf(text(1));
      return at < 0 ? 0 : [...text(0).slice(0, at)].length + 1;
    }
    case 'split':
      return split(machine, args, text(0));
    case 'sub':
    case 'gsub':
      return substitute(machine, args, name === 'gsub');
    case 'gensub': {
      const how = text(2);
      const all = /^[gG]/.test(how);
      const nth = all ? 0 : Math.max(1, Number(how));
      let count = 0;
      const target = args[3] === undefined ? machine.text(machine.field(0)) : text(3);
      const replacement = text(1);
      return target.replace(machine.pattern(args[0] as Expr), (...found: unknown[]) => {
        count++;
        if (!all && count !== nth) return found[0] as string;
        return replacement.replace(/\\(\d)|\\&|&/g, (token, digit: string | undefined) =>
          digit !== undefined
            ? String(found[Number(digit)] ?? '')
            : token === '&'
              ? (found[0] as string)
              : '&',
        );
      });
    }
    case 'match': {
      const subject = text(0);
      const found = machine.pattern(args[1] as Expr).exec(subject);
      machine.globals.set('RSTART', found === null ? 0 : [...subject.slice(0, found.index)].length + 1);
      machine.globals.set('RLENGTH', found === null ? -1 : [...found[0]].length);
      const target = args[2];
      if (target?.kind === 'variable') {
        const array = machine.array(target.name);
        array.clear();
        found?.forEach((group, at) => array.set(String(at), new InputText(group ?? '')));
      }
      return machine.globals.get('RSTART');
    }
    case 'sprintf':
      return machine.format(args.map((arg) => machine.value(arg)));
    case 'toupper':
      return text(0).toUpperCase();
    case 'tolower':
      return text(0).toLowerCase();
    case 'int':
      return Math.trunc(number(0));
    case 'sqrt':
    case 'exp':
    case 'log':
    case 'sin':
    case 'cos':
      return Math[name](number(0));
    case 'atan2':
      return Math.atan2(number(0), number(1));
    case 'rand':
      return Math.random();
    case 'srand':
      return 0;
    case 'systime':
      return Math.floor(Date.now() / 1000);
    case 'strftime':
      return new Date(args[1] === undefined ? Date.now() : number(1) * 1000).toISOString();
    case 'fflush':
    case 'close':
      return 0;
    default:
      throw new AwkError(`function ${name} is not supported in this awk`);
  }
}

function split(machine: AwkMachine, args: readonly Expr[], subject: string): Value {
  const target = args[1];
  if (target?.kind !== 'variable') throw new AwkError('split: the second argument is not an array');
  const by = args[2];
  const parts =
    by === undefined
      ? machine.split(subject, machine.text(machine.globals.get('FS')))
      : by.kind === 'regex'
        ? subject === ''
          ? []
          : subject.split(new RegExp(by.pattern.source.replace(/\((?!\?)/g, '(?:'), 'u'))
        : machine.split(subject, machine.text(machine.value(by)));
  const array = machine.array(target.name);
  array.clear();
  parts.forEach((part, at) => array.set(String(at + 1), new InputText(part)));
  return parts.length;
}

function substitute(machine: AwkMachine, args: readonly Expr[], all: boolean): Value {
  const target: Expr = args[2] ?? { kind: 'field', index: { kind: 'number', value: 0 } };
  const subject = machine.text(machine.value(target));
  const replacement = machine.text(machine.value(args[1] as Expr));
  let count = 0;
  const out = subject.replace(machine.pattern(args[0] as Expr), (found: string) => {
    if (!all && count > 0) return found;
    count++;
    return replacement.replace(/\\\\&|\\&|&/g, (token) =>
      token === '&' ? found : token === '\\&' ? '&' : `\\${found}`,
    );
  });
  if (count > 0) machine.assign(target, out);
  return count;
}
