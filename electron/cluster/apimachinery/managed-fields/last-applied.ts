import { JsonSyntaxError, parseJsonValue } from '../json.ts';
import type { StructType } from '../schema/type-schema.ts';
import { compare } from './compare.ts';
import type { FieldSet } from './field-set.ts';
import { difference, EMPTY_SET, union } from './field-set.ts';
import type { JsonObject } from './json.ts';
import { isJsonObject, objectOf } from './json.ts';
import { toFieldSet } from './to-field-set.ts';
import { TypedError, validateConfig } from './validate.ts';

/** Where kubectl keeps what was applied from the client's side. */
export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** The only applier for which the server knows that annotation. */
export const LAST_APPLIED_MANAGER = 'kubectl';

/** Longest value of an annotation that is written; a longer one is left out. */
const MAX_ANNOTATION_BYTES = 262_144;

/** The annotation, '' without one. */
export function lastAppliedOf(object: JsonObject): string {
  const text = objectOf(objectOf(object['metadata'])['annotations'])[LAST_APPLIED];
  return typeof text === 'string' ? text : '';
}

/**
 * Fields that kubectl applied from the client's side and nobody changed since: taking them over is no
 * conflict. Empty when there is no such annotation or it cannot be read.
 * Models lastAppliedManager.allowedConflictsFromLastApplied (v1.34).
 */
export function fieldsOfLastApplied(type: StructType, apiVersion: string, live: JsonObject): FieldSet {
  const text = lastAppliedOf(live);
  if (text === '') return EMPTY_SET;
  try {
    const applied = parseJsonValue(text);
    if (!isJsonObject(applied) || applied['apiVersion'] !== apiVersion) return EMPTY_SET;
    validateConfig(type, applied);
    const { added, modified, removed } = compare(type, applied, live);
    return difference(toFieldSet(type, applied), union(union(added, modified), removed));
  } catch (error) {
    if (error instanceof JsonSyntaxError || error instanceof TypedError) return EMPTY_SET;
    throw error;
  }
}

/**
 * The object with the annotation brought up to what was applied now, when it has one.
 * Models lastAppliedUpdater (v1.34).
 */
export function withLastApplied(object: JsonObject, config: JsonObject): JsonObject {
  if (lastAppliedOf(object) === '') return object;
  const metadata = objectOf(object['metadata']);
  const annotations: Record<string, unknown> = { ...objectOf(metadata['annotations']) };
  const text = configurationText(config);
  let size = text.length;
  for (const value of Object.values(annotations)) size += String(value).length;
  if (size > MAX_ANNOTATION_BYTES) delete annotations[LAST_APPLIED];
  else annotations[LAST_APPLIED] = text;
  return { ...object, metadata: { ...metadata, annotations } };
}

/** The configuration as kubectl writes it into the annotation: without the annotation, keys sorted, a newline at the end. */
function configurationText(config: JsonObject): string {
  const metadata = objectOf(config['metadata']);
  const annotations: Record<string, unknown> = { ...objectOf(metadata['annotations']) };
  delete annotations[LAST_APPLIED];
  const bare: Record<string, unknown> = { ...metadata };
  delete bare['annotations'];
  if (Object.keys(annotations).length > 0) bare['annotations'] = annotations;
  return `${JSON.stringify(sortKeys({ ...config, metadata: bare }))}\n`;
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (!isJsonObject(value)) return value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, sortKeys(value[name])]));
}
