import type { KubeObject, ObjectMeta, OwnerReference } from '../types.ts';
import { parseApiVersion } from '../gvk.ts';
import type { FieldError } from './field-error.ts';
import { forbidden, invalid, required, tooLong } from './field-error.ts';
import { isDNS1123Label, isQualifiedName, isValidLabelValue } from './names.ts';
import { at, child } from './path.ts';

/** Complaints about a name; `prefix` is true for `generateName`, which may end in `-`. */
export type NameValidator = (name: string, prefix: boolean) => string[];

/** Makes a name validator of a plain check: a generateName's trailing `-` is as good as a letter. */
export function nameValidator(check: (name: string) => string[]): NameValidator {
  return (name, prefix) => check(prefix && name.endsWith('-') ? `${name.slice(0, -1)}a` : name);
}

const TOTAL_ANNOTATION_SIZE_LIMIT = 256 * 1024;
const FIELD_IS_IMMUTABLE = 'field is immutable';
const STANDARD_FINALIZERS = new Set(['kubernetes', 'orphan', 'foregroundDeletion']);
const UNSET: ObjectMeta = Object.freeze({});

/**
 * Metadata of any object, on create and on update. Models validation.ValidateObjectMeta (v1.34).
 * `path` is usually `metadata`.
 */
export function validateObjectMeta(
  meta: ObjectMeta | undefined,
  namespaced: boolean,
  validateName: NameValidator,
  path = 'metadata',
): FieldError[] {
  const { name = '', generateName = '', namespace = '', ...rest } = meta ?? UNSET;
  const errors: FieldError[] = [];
  if (generateName !== '') {
    for (const message of validateName(generateName, true)) {
      errors.push(invalid(child(path, 'generateName'), generateName, message));
    }
  }
  if (name === '') errors.push(required(child(path, 'name'), 'name or generateName is required'));
  else
    for (const message of validateName(name, false)) errors.push(invalid(child(path, 'name'), name, message));
  if (namespaced) {
    if (namespace === '') errors.push(required(child(path, 'namespace')));
    else {
      for (const message of isDNS1123Label(namespace))
        errors.push(invalid(child(path, 'namespace'), namespace, message));
    }
  } else if (namespace !== '') {
    errors.push(forbidden(child(path, 'namespace'), 'not allowed on this type'));
  }
  const { generation = 0 } = rest;
  if (generation < 0)
    errors.push(invalid(child(path, 'generation'), generation, 'must be greater than or equal to 0'));
  if (rest.labels !== undefined) errors.push(...validateLabels(rest.labels, child(path, 'labels')));
  if (rest.annotations !== undefined)
    errors.push(...validateAnnotations(rest.annotations, child(path, 'annotations')));
  if (rest.ownerReferences !== undefined) {
    errors.push(...validateOwnerReferences(rest.ownerReferences, child(path, 'ownerReferences')));
  }
  if (rest.finalizers !== undefined)
    errors.push(...validateFinalizers(rest.finalizers, child(path, 'finalizers')));
  return errors;
}

/** Label keys and values. */
export function validateLabels(labels: Readonly<Record<string, string>>, path: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const name in labels) {
    for (const message of isQualifiedName(name)) errors.push(invalid(path, name, message));
    const value = labels[name] as string;
    for (const message of isValidLabelValue(value)) errors.push(invalid(path, value, message));
  }
  return errors;
}

/** Annotation keys, and the size of all together (256 KiB). */
export function validateAnnotations(
  annotations: Readonly<Record<string, string>>,
  path: string,
): FieldError[] {
  const errors: FieldError[] = [];
  let size = 0;
  for (const name in annotations) {
    for (const message of isQualifiedName(name.toLowerCase())) errors.push(invalid(path, name, message));
    size += name.length + (annotations[name] as string).length;
  }
  if (size > TOTAL_ANNOTATION_SIZE_LIMIT) errors.push(tooLong(path, TOTAL_ANNOTATION_SIZE_LIMIT));
  return errors;
}

function validateOwnerReferences(references: readonly OwnerReference[], path: string): FieldError[] {
  const errors: FieldError[] = [];
  let controller: OwnerReference | undefined;
  references.forEach((reference, index) => {
    const where = at(path, index);
    const gv = parseApiVersion(reference.apiVersion ?? '');
    if ((gv?.version ?? '') === '') {
      errors.push(
        invalid(child(where, 'apiVersion'), reference.apiVersion ?? '', 'version must not be empty'),
      );
    }
    if ((reference.kind ?? '') === '')
      errors.push(invalid(child(where, 'kind'), reference.kind ?? '', 'must not be empty'));
    if ((reference.name ?? '') === '')
      errors.push(invalid(child(where, 'name'), reference.name ?? '', 'must not be empty'));
    if ((reference.uid ?? '') === '')
      errors.push(invalid(child(where, 'uid'), reference.uid ?? '', 'must not be empty'));
    if (gv !== undefined && gv.group === '' && gv.version === 'v1' && reference.kind === 'Event') {
      errors.push(invalid(where, reference, '/v1, Kind=Event is disallowed from being an owner'));
    }
    if (reference.controller === true) {
      if (controller !== undefined) {
        const detail = `Only one reference can have Controller set to true. Found "true" in references for ${controller.kind}/${controller.name} and ${reference.kind}/${reference.name}`;
        errors.push(invalid(path, references, detail));
      } else controller = reference;
    }
  });
  return errors;
}

/** Complaints about one finalizer's name. */
export function validateFinalizerName(name: string, path: string): FieldError[] {
  const errors = isQualifiedName(name).map((message) => invalid(path, name, message));
  if (errors.length > 0) return errors;
  if (!name.includes('/') && !STANDARD_FINALIZERS.has(name)) {
    return [invalid(path, name, 'name is neither a standard finalizer name nor is it fully qualified')];
  }
  return [];
}

function validateFinalizers(finalizers: readonly string[], path: string): FieldError[] {
  const errors: FieldError[] = [];
  finalizers.forEach((finalizer, index) => errors.push(...validateFinalizerName(finalizer, at(path, index))));
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    errors.push(
      invalid(path, finalizers, 'finalizer orphan and finalizer foregroundDeletion cannot be both set'),
    );
  }
  return errors;
}

/**
 * What an update may not do to metadata. Models validation.ValidateObjectMetaUpdate (v1.34), which also lets a
 * creationTimestamp, deletionTimestamp and so on be left out: fill those from the old object before calling.
 */
export function validateObjectMetaUpdate(
  object: KubeObject,
  old: KubeObject,
  path = 'metadata',
): FieldError[] {
  const next = object.metadata ?? UNSET;
  const previous = old.metadata ?? UNSET;
  const errors: FieldError[] = [];
  if (next.deletionTimestamp !== undefined || previous.deletionTimestamp !== undefined) {
    for (const [index, finalizer] of (next.finalizers ?? []).entries()) {
      if (previous.finalizers?.includes(finalizer) === true) continue;
      const added = (next.finalizers ?? []).filter((name) => previous.finalizers?.includes(name) !== true);
      if (index === (next.finalizers ?? []).indexOf(added[0] as string)) {
        const detail = `no new finalizers can be added if the object is being deleted, found new finalizers []string{${added.map((name) => JSON.stringify(name)).join(', ')}}`;
        errors.push(forbidden(child(path, 'finalizers'), detail));
      }
    }
  }
  if ((next.resourceVersion ?? '') === '') {
    errors.push(
      invalid(child(path, 'resourceVersion'), next.resourceVersion ?? '', 'must be specified for an update'),
    );
  }
  if ((next.generation ?? 0) < (previous.generation ?? 0)) {
    errors.push(invalid(child(path, 'generation'), next.generation ?? 0, 'must not be decremented'));
  }
  for (const name of ['name', 'namespace', 'uid', 'creationTimestamp'] as const) {
    errors.push(...validateImmutableField(next[name] ?? '', previous[name] ?? '', child(path, name)));
  }
  for (const name of ['deletionTimestamp', 'deletionGracePeriodSeconds'] as const) {
    const now = next[name];
    if (now !== undefined && now !== previous[name]) {
      errors.push(invalid(child(path, name), now, FIELD_IS_IMMUTABLE));
    } else if (now === undefined && previous[name] !== undefined) {
      errors.push(invalid(child(path, name), null, FIELD_IS_IMMUTABLE));
    }
  }
  if (next.labels !== undefined) errors.push(...validateLabels(next.labels, child(path, 'labels')));
  if (next.annotations !== undefined)
    errors.push(...validateAnnotations(next.annotations, child(path, 'annotations')));
  if (next.ownerReferences !== undefined) {
    errors.push(...validateOwnerReferences(next.ownerReferences, child(path, 'ownerReferences')));
  }
  return errors;
}

/** `field is immutable` unless both are equal in content. */
export function validateImmutableField(value: unknown, old: unknown, path: string): FieldError[] {
  return sameValue(value, old) ? [] : [invalid(path, value, FIELD_IS_IMMUTABLE)];
}

/** Equal in content; absent, null, empty list and empty map all count as the same. Models equality.Semantic.DeepEqual. */
export function sameValue(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (isEmpty(left) || isEmpty(right)) return isEmpty(left) && isEmpty(right);
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
    return left.every((item, index) => sameValue(item, right[index]));
  }
  if (typeof left !== 'object' || typeof right !== 'object') return false;
  const a = left as Record<string, unknown>;
  const b = right as Record<string, unknown>;
  for (const name in a) if (!sameValue(a[name], b[name])) return false;
  for (const name in b) if (!(name in a) && !isEmpty(b[name])) return false;
  return true;
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  if (typeof value !== 'object') return false;
  for (const name in value) if ((value as Record<string, unknown>)[name] !== undefined) return false;
  return true;
}
