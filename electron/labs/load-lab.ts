import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import type { Lab, LabTexts } from '../shared/lab/lab-schema.ts';
import { LabSpec } from '../shared/lab/lab-schema.ts';
import { lintLab } from './lint-lab.ts';
import { lintManifests } from './lint-manifests.ts';

/** Something wrong with a lab's files. `line` counts from 1. */
export interface LabProblem {
  readonly file: string;
  readonly line: number | null;
  readonly message: string;
}

export interface LoadedLab {
  readonly folder: string;
  readonly lab: Lab | undefined;
  readonly problems: readonly LabProblem[];
}

const FILE_LIMIT = 1024 * 1024;

/** Folders of labs below `root`: `<track>/<lab-id>/lab.yaml`. */
export function findLabs(root: string): readonly string[] {
  if (!existsSync(root)) return [];
  return readdirSync(root, { withFileTypes: true })
    .filter((track) => track.isDirectory() && track.name !== 'schema')
    .flatMap((track) => readdirSync(join(root, track.name)).map((id) => join(root, track.name, id)))
    .filter((folder) => existsSync(join(folder, 'lab.yaml')))
    .sort();
}

/** Reads and validates one lab. Every problem is reported with file and line; a lab with problems is not used. */
export function loadLab(folder: string): LoadedLab {
  const problems: LabProblem[] = [];
  const spec = readSpec(folder, problems);
  if (spec === undefined) return { folder, lab: undefined, problems };
  const texts = Object.fromEntries(
    spec.metadata.locales.map((locale) => [locale, readTexts(folder, locale, spec, problems)]),
  ) as Lab['texts'];
  for (const locale of ['pt-BR', 'en'] as const) {
    if (texts[locale] === undefined)
      problems.push({ file: 'lab.yaml', line: null, message: `metadata.locales lacks ${locale}` });
  }
  const manifests = spec.start.manifests.map((file) => ({
    file,
    text: readText(folder, file, problems) ?? '',
  }));
  const lab: Lab = { spec, texts, manifests };
  problems.push(...lintLab(spec), ...lintManifests(manifests.filter(({ text }) => text !== '')));
  return { folder, lab: problems.length === 0 ? lab : undefined, problems };
}

function readSpec(folder: string, problems: LabProblem[]): LabSpec | undefined {
  const text = readText(folder, 'lab.yaml', problems);
  if (text === undefined) return undefined;
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  // What follows a syntax error is mostly its consequence.
  const [error] = document.errors;
  if (error !== undefined) {
    problems.push({ file: 'lab.yaml', line: lines.linePos(error.pos[0]).line, message: error.message });
    return undefined;
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    problems.push({
      file: 'lab.yaml',
      line: null,
      message: error instanceof Error ? error.message : String(error),
    });
    return undefined;
  }
  const parsed = LabSpec.safeParse(value);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) {
    problems.push({
      file: 'lab.yaml',
      line: lineOf(document, lines, issue.path),
      message: `${issue.path.join('.') || '(root)'}: ${issue.message}`,
    });
  }
  return undefined;
}

/** The line of the deepest node of a path that exists. */
function lineOf(
  document: ReturnType<typeof parseDocument>,
  lines: LineCounter,
  path: readonly PropertyKey[],
): number | null {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true) as
      { range?: [number, number, number] } | undefined;
    if (node?.range !== undefined) return lines.linePos(node.range[0]).line;
  }
  return null;
}

function readTexts(folder: string, locale: string, spec: LabSpec, problems: LabProblem[]): LabTexts {
  const place = `text/${locale}`;
  const optional = (file: string): string | undefined =>
    existsSync(join(folder, place, file)) ? readText(folder, `${place}/${file}`, problems) : undefined;
  const steps = spec.steps.map((step) => {
    const debrief = optional(`${step.id}.debrief.md`);
    const text = readText(folder, `${place}/${step.id}.md`, problems) ?? '';
    return [step.id, debrief === undefined ? { text } : { text, debrief }] as const;
  });
  return {
    steps: Object.fromEntries(steps),
    debrief: readText(folder, `${place}/debrief.md`, problems) ?? '',
  };
}

function readText(folder: string, file: string, problems: LabProblem[]): string | undefined {
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
