import { lstatSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';

/** Something wrong with a lab's files. `line` counts from 1. */
export interface LabProblem {
  readonly file: string;
  readonly line: number | null;
  readonly message: string;
}

const FILE_LIMIT = 1024 * 1024;

/** What a YAML file says, and where it says so. */
export interface ParsedFile<T> {
  readonly value: T;
  /** The line of the deepest part of a path that exists. */
  lineOf(path: readonly PropertyKey[]): number | null;
}

/** Reads YAML by a schema. Undefined when something is wrong with it: then `problems` says what. */
export function parseAs<T>(
  schema: z.ZodType<T>,
  file: string,
  text: string,
  problems: LabProblem[],
): ParsedFile<T> | undefined {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  // What follows a syntax error is mostly its consequence.
  const [error] = document.errors;
  if (error !== undefined) {
    problems.push({ file, line: lines.linePos(error.pos[0]).line, message: error.message });
    return undefined;
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    problems.push({ file, line: null, message: error instanceof Error ? error.message : String(error) });
    return undefined;
  }
  const lineOf = (path: readonly PropertyKey[]): number | null => {
    for (let length = path.length; length >= 0; length -= 1) {
      const node = document.getIn(path.slice(0, length), true) as
        { range?: [number, number, number] } | undefined;
      if (node?.range !== undefined) return lines.linePos(node.range[0]).line;
    }
    return null;
  };
  const parsed = schema.safeParse(value);
  if (parsed.success) return { value: parsed.data, lineOf };
  for (const { path, message } of parsed.error.issues)
    problems.push({ file, line: lineOf(path), message: `${path.join('.') || '(root)'}: ${message}` });
  return undefined;
}

/** The text of a regular file of the lab. Undefined when there is none: then `problems` says why. */
export function readText(folder: string, file: string, problems: LabProblem[]): string | undefined {
  const path = join(folder, file);
  if (relative(folder, path).startsWith('..')) {
    problems.push({ file, line: null, message: 'lies outside the lab' });
    return undefined;
  }
  try {
    const stat = lstatSync(path);
    if (!stat.isFile()) problems.push({ file, line: null, message: 'is not a regular file' });
    else if (stat.size > FILE_LIMIT)
      problems.push({ file, line: null, message: `is larger than ${FILE_LIMIT} bytes` });
    else return readFileSync(path, 'utf8');
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    problems.push({ file, line: null, message: missing ? 'is missing' : (error as Error).message });
  }
  return undefined;
}
