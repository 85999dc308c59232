import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab, LabTexts } from '../shared/lab/lab-schema.ts';
import { LabSpec } from '../shared/lab/lab-schema.ts';
import type { LabProblem } from './lab-file.ts';
import { parseAs, readText } from './lab-file.ts';
import { lintLab } from './lint-lab.ts';
import { lintManifests } from './lint-manifests.ts';
import { loadImages } from './load-images.ts';

export interface LoadedLab {
  readonly folder: string;
  readonly lab: Lab | undefined;
  readonly problems: readonly LabProblem[];
}

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
  const images = loadImages(folder, problems);
  const lab: Lab = { spec, texts, manifests, images };
  problems.push(...lintLab(spec), ...lintManifests(manifests.filter(({ text }) => text !== '')));
  return { folder, lab: problems.length === 0 ? lab : undefined, problems };
}

function readSpec(folder: string, problems: LabProblem[]): LabSpec | undefined {
  const text = readText(folder, 'lab.yaml', problems);
  return text === undefined ? undefined : parseAs(LabSpec, 'lab.yaml', text, problems)?.value;
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
