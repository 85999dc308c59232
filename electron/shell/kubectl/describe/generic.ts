import { goValue } from '../go-format.ts';
import type { Json, JsonObject } from '../json.ts';
import { isObject, nameOf, namespaceOf, sortedKeys, stringsAt } from '../json.ts';
import { annotationLines, labelLines } from './common.ts';
import { eventLines } from './events.ts';
import type { DescribeTarget } from './interface.ts';
import { DescribeWriter } from './writer.ts';

const acronyms = new Set(['API', 'URL', 'UID', 'OSB', 'GUID']);
const skipped = new Set([
  '.metadata.name',
  '.metadata.namespace',
  '.metadata.labels',
  '.metadata.annotations',
  '.metadata.managedFields',
]);

/** `creationTimestamp` as `Creation Timestamp`. Models `smartLabelFor`. */
export function fieldLabel(field: string): string {
  const words = field.match(/[A-Z]+(?![a-z])|[A-Z][a-z]+|[a-z]+|\d+|[^A-Za-z\d]+/g) ?? [field];
  return words
    .filter((word) => word !== '_' && word !== '')
    .map((word) =>
      acronyms.has(word.toUpperCase())
        ? word.toUpperCase()
        : word[0] === undefined
          ? ''
          : word[0].toUpperCase() + word.slice(1),
    )
    .join(' ');
}

function contentLines(out: DescribeWriter, level: number, object: JsonObject, path: string): void {
  for (const key of sortedKeys(object)) {
    const below = `${path}.${key}`;
    if (skipped.has(below)) continue;
    const value: Json = object[key] ?? null;
    const label = fieldLabel(key);
    if (isObject(value)) {
      out.line(level, `${label}:`);
      contentLines(out, level + 1, value, below);
    } else if (Array.isArray(value)) {
      out.line(level, `${label}:`);
      for (const item of value) {
        if (isObject(item)) contentLines(out, level + 1, item, below);
        else out.line(level + 1, goValue(item));
      }
    } else out.line(level, `${label}:\t${goValue(value)}`);
  }
}

/** Any object, field by field. Models `genericDescriber`. */
export async function describeGeneric(target: DescribeTarget): Promise<string> {
  const { object } = target;
  const out = new DescribeWriter();
  out.line(0, `Name:\t${nameOf(object)}`);
  out.line(0, `Namespace:\t${namespaceOf(object)}`);
  labelLines(out, 'Labels', stringsAt(object, 'metadata', 'labels'));
  annotationLines(out, stringsAt(object, 'metadata', 'annotations'));
  contentLines(out, 0, object, '');
  await eventLines(out, target);
  return out.finish();
}
