import { stringify } from 'yaml';
import type { CommandContext } from '../../interface.ts';
import { fatal } from './interface.ts';

const PATH = /\{\{\s*((?:\.\w+)+|\.)\s*\}\}/g;

function fill(template: string, value: unknown): string {
  const text = template.replace(PATH, (_all, path: string) => {
    let found: unknown = value;
    for (const name of path.split('.').filter((part) => part !== '')) {
      found = (found as Readonly<Record<string, unknown>> | null | undefined)?.[name];
      if (found === null || typeof found !== 'object') break;
    }
    if (found === undefined) return '<no value>';
    return typeof found === 'object' ? JSON.stringify(found) : String(found as string | number | boolean);
  });
  const rest = /\{\{[^}]*\}\}/.exec(text)?.[0];
  if (rest === undefined) return text;
  throw fatal(`leme: of templates only fields such as {{.status.state}} are modelled, not ${rest}`);
}

/** `-o json|yaml|go-template` of one value; the caller prints tables. @throws CommandError for other formats */
export function print(
  context: CommandContext,
  value: unknown,
  format: string,
  template: string | undefined,
): void {
  switch (format) {
    case 'json':
      context.out(`${JSON.stringify(value, null, 2)}\n`);
      return;
    case 'yaml':
      context.out(stringify(value));
      return;
    case 'go-template':
      if (template === undefined || template === '') throw fatal('template string is empty');
      context.out(`${fill(template, value)}\n`);
      return;
    default:
      throw fatal(`don't know the format "${format}"`);
  }
}
