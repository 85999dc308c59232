import { RE2JS } from '@bufbuild/re2';

const compiled = new Map<string, RE2JS | undefined>();
const MAX_COMPILED = 1000;

function compile(pattern: string): RE2JS | undefined {
  if (compiled.has(pattern)) return compiled.get(pattern);
  let expression: RE2JS | undefined;
  try {
    expression = RE2JS.compile(pattern);
  } catch {
    // What Go cannot compile it does not match either; a CustomResourceDefinition with it is refused before.
    expression = undefined;
  }
  if (compiled.size < MAX_COMPILED) compiled.set(pattern, expression);
  return expression;
}

/** Whether a regular expression of Go's syntax is found in a text, in time linear to the text. */
export function matchesPattern(pattern: string, text: string): boolean {
  return compile(pattern)?.test(text) ?? false;
}

/** Whether Go would compile the expression. */
export function isPattern(pattern: string): boolean {
  return compile(pattern) !== undefined;
}
