import { compactJson } from './go-format.ts';
import type { JsonObject } from './json.ts';
import { clone, isObject, objectAt, parseObject, setAt, stringAt } from './json.ts';

export const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** What `apply` last sent, or undefined when the object was made otherwise. */
export function originalOf(object: JsonObject): JsonObject | undefined {
  const text = stringAt(object, 'metadata', 'annotations', lastApplied);
  return text === '' ? undefined : parseObject(text);
}

/** The text kept in the annotation: the configuration without the annotation itself, keys sorted, a newline at the end. */
export function configurationText(object: JsonObject): string {
  const copy = clone(object);
  const annotations = { ...objectAt(copy, 'metadata', 'annotations') };
  delete annotations[lastApplied];
  if (!isObject(copy['metadata'])) copy['metadata'] = {};
  setAt(copy, ['metadata', 'annotations'], annotations);
  return `${compactJson(copy)}\n`;
}

/** The same object with its own configuration in the annotation. */
export function withLastApplied(object: JsonObject): JsonObject {
  const copy = clone(object);
  setAt(copy, ['metadata', 'annotations', lastApplied], configurationText(object));
  return copy;
}
