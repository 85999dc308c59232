import type { KindStrategy } from '../../api/strategy.ts';
import type { KubeObject } from '../../api/types.ts';
import type { FieldRequirement } from '../../apimachinery/fields.ts';
import { FieldSelectorError, matchesFields, parseFieldSelector } from '../../apimachinery/fields.ts';
import { parseLabelSelector } from '../../apimachinery/label-parser.ts';
import { LabelSelectorError, matchesLabels } from '../../apimachinery/labels.ts';
import type { Selector } from '../../apimachinery/labels.ts';
import { newBadRequest } from '../../apimachinery/status.ts';
import type { Predicate } from '../storage/predicate.ts';

const NAME = 'metadata.name';
const NAMESPACE = 'metadata.namespace';

const knownFields = new WeakMap<KindStrategy, WeakMap<KubeObject, Readonly<Record<string, string>>>>();

/** Selectable fields of an object, read once per object: many watchers ask for the same. */
export function selectableFieldsOf(
  strategy: KindStrategy,
  object: KubeObject,
): Readonly<Record<string, string>> {
  let ofKind = knownFields.get(strategy);
  if (ofKind === undefined) {
    ofKind = new WeakMap();
    knownFields.set(strategy, ofKind);
  }
  let fields = ofKind.get(object);
  if (fields === undefined) {
    fields = strategy.selectableFields(object);
    ofKind.set(object, fields);
  }
  return fields;
}

function parseFields(text: string, strategy: KindStrategy): FieldRequirement[] {
  const requirements = parseFieldSelector(text);
  for (const { field } of requirements) {
    const error = strategy.fieldLabelError(field);
    if (error !== undefined) throw newBadRequest(error);
  }
  return requirements;
}

function parse(
  labelText: string,
  fieldText: string,
  strategy: KindStrategy,
): { labels: Selector; fields: FieldRequirement[] } {
  try {
    return {
      labels: labelText === '' ? [] : parseLabelSelector(labelText),
      fields: fieldText === '' ? [] : parseFields(fieldText, strategy),
    };
  } catch (error) {
    if (error instanceof LabelSelectorError || error instanceof FieldSelectorError)
      throw newBadRequest(error.message);
    throw error;
  }
}

/**
 * What a list, watch or deletecollection is about. `namespace` is '' for all of them.
 * @throws StatusError 400 for a selector that is malformed or names an unknown field
 */
export function buildPredicate(
  strategy: KindStrategy,
  namespace: string,
  labelText: string,
  fieldText: string,
): Predicate {
  const { labels, fields } = parse(labelText, fieldText, strategy);
  const required: Record<string, string> = {};
  for (const { field, negated, value } of fields) if (!negated) required[field] ??= value;
  // A selector over all namespaces that demands one is the same as a request in that one.
  const scope = namespace === '' ? (required[NAMESPACE] ?? '') : namespace;
  const plainFields = fields.filter(({ field }) => field === NAME || field === NAMESPACE);
  const cheap = plainFields.length === fields.length;
  const fieldsOf = (object: KubeObject): Readonly<Record<string, string>> =>
    cheap
      ? { [NAME]: object.metadata?.name ?? '', [NAMESPACE]: object.metadata?.namespace ?? '' }
      : selectableFieldsOf(strategy, object);
  const matches = (object: KubeObject): boolean => {
    if (scope !== '' && strategy.namespaced && object.metadata?.namespace !== scope) return false;
    if (labels.length > 0 && !matchesLabels(labels, object.metadata?.labels)) return false;
    return fields.length === 0 || matchesFields(fields, fieldsOf(object));
  };
  return {
    namespace: strategy.namespaced ? scope : '',
    name: required[NAME],
    required,
    matches,
    everything: labels.length === 0 && fields.length === 0,
  };
}
