import { LineCounter, parseAllDocuments } from 'yaml';
import type { SetupFile } from '../shared/lab/lab-schema.ts';
import type { LabProblem } from './lab-file.ts';

/** What can be said of setup manifests without a cluster: that they are YAML, and objects with a kind and a name. */
export function lintManifests(files: readonly SetupFile[]): LabProblem[] {
  return files.flatMap(({ file, text }) => {
    const lines = new LineCounter();
    const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false });
    const problems: LabProblem[] = [];
    let objects = 0;
    for (const document of Array.isArray(documents) ? documents : []) {
      const at = document.errors[0]?.pos[0] ?? document.contents?.range?.[0] ?? 0;
      const say = (message: string): void =>
        void problems.push({ file, line: lines.linePos(at).line, message });
      const [error] = document.errors;
      if (error !== undefined) {
        say(error.message);
        continue;
      }
      let value: unknown;
      try {
        value = document.toJS({ maxAliasCount: 100 });
      } catch (failure) {
        say(failure instanceof Error ? failure.message : String(failure));
        continue;
      }
      if (value === null) continue;
      objects += 1;
      const { apiVersion, kind, metadata } = value as Record<string, unknown>;
      if (typeof apiVersion !== 'string' || typeof kind !== 'string')
        say('an object has an apiVersion and a kind');
      else if (typeof (metadata as { name?: unknown } | undefined)?.name !== 'string')
        say(`${kind}: metadata.name is missing`);
    }
    if (problems.length === 0 && objects === 0)
      problems.push({ file, line: null, message: 'holds no object' });
    return problems;
  });
}
