import type { JsonSchema } from '../../../../apimachinery/structural-schema/json-schema.ts';
import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import { invalid, notSupported, required } from '../../../../apimachinery/validation/field-error.ts';
import { isDNS1035Label, isDNS1123Subdomain } from '../../../../apimachinery/validation/names.ts';
import { at, child } from '../../../../apimachinery/validation/path.ts';
import type { CustomResourceDefinition } from '../../../types.ts';
import { isDefinitionTrue } from './conditions.ts';
import { validateStructuralSchema } from './schema-validation.ts';
import { validateVersion } from './version-validation.ts';

type Spec = CustomResourceDefinition['spec'];
type Names = Spec['names'];

const IMMUTABLE = 'field is immutable';
const APPROVED = 'api-approved.kubernetes.io';
const SCOPES = ['Cluster', 'Namespaced'];

/** Models ValidateCustomResourceDefinition (v1.34). */
export function validateDefinition(definition: CustomResourceDefinition): FieldError[] {
  const { spec, metadata } = definition;
  const name = metadata?.name ?? '';
  const errors: FieldError[] = [];
  if (name !== '' && name !== `${spec.names.plural}.${spec.group}`)
    errors.push(invalid('metadata.name', name, 'must be spec.names.plural+"."+spec.group'));
  return [
    ...errors,
    ...validateSpec(spec),
    ...validateStoredVersions(definition),
    ...validateApproval(definition),
  ];
}

/** Models ValidateCustomResourceDefinitionUpdate (v1.34); what holds of every definition is checked besides. */
export function validateDefinitionUpdate(
  definition: CustomResourceDefinition,
  old: CustomResourceDefinition,
): FieldError[] {
  const errors: FieldError[] = [];
  const keep = (field: string, value: string, before: string): void => {
    if (value !== before) errors.push(invalid(field, value, IMMUTABLE));
  };
  const { spec } = definition;
  if (isDefinitionTrue(old, 'Established')) {
    keep('spec.scope', spec.scope, old.spec.scope);
    keep('spec.names.kind', spec.names.kind, old.spec.names.kind);
  }
  keep('spec.group', spec.group, old.spec.group);
  keep('spec.names.plural', spec.names.plural, old.spec.names.plural);
  return errors;
}

/** Models ValidateCustomResourceDefinitionStoredVersions (v1.34). */
export function validateStoredVersions({ spec, status }: CustomResourceDefinition): FieldError[] {
  const path = 'status.storedVersions';
  const stored = status?.storedVersions ?? [];
  if (stored.length === 0) return [invalid(path, stored, 'must have at least one stored version')];
  const errors = stored.flatMap((version, index) =>
    spec.versions.some(({ name }) => name === version)
      ? []
      : [invalid(at(path, index), version, 'must appear in spec.versions')],
  );
  const storage = spec.versions.find((version) => version.storage)?.name;
  if (storage !== undefined && !stored.includes(storage))
    errors.push(invalid(path, stored, `missing the storage version ${storage}`));
  return errors;
}

/** Groups below k8s.io and kubernetes.io belong to the project. Models validateAPIApproval (v1.34). */
function validateApproval({ spec, metadata }: CustomResourceDefinition): FieldError[] {
  const isProtected = /(^|\.)(k8s|kubernetes)\.io$/.test(spec.group);
  if (!isProtected) return [];
  const field = `metadata.annotations[${APPROVED}]`;
  const value = metadata?.annotations?.[APPROVED];
  if (value === undefined || value === '') {
    const detail = `protected groups must have approval annotation "${APPROVED}", see https://github.com/kubernetes/enhancements/pull/1111`;
    return [required(field, detail)];
  }
  if (value.startsWith('unapproved') || /^https?:\/\/[^\s/]+/.test(value)) return [];
  return [invalid(field, value, 'must be a URL or the string "unapproved"')];
}

function validateSpec(spec: Spec): FieldError[] {
  const errors: FieldError[] = [];
  const { group, scope, versions, names } = spec;
  if (group === '') errors.push(required('spec.group'));
  else {
    const problems = isDNS1123Subdomain(group);
    if (problems.length > 0) errors.push(invalid('spec.group', group, problems.join(',')));
    else if (!group.includes('.'))
      errors.push(invalid('spec.group', group, 'should be a domain with at least one dot'));
  }
  if (scope === '') errors.push(required('spec.scope'));
  else if (!SCOPES.includes(scope)) errors.push(notSupported('spec.scope', scope, SCOPES));
  for (const [index, version] of versions.entries()) {
    const path = at('spec.versions', index);
    const schema = version.schema?.openAPIV3Schema as JsonSchema | undefined;
    const where = `${path}.schema.openAPIV3Schema`;
    if (schema === undefined) errors.push(required(where, 'schemas are required'));
    errors.push(...validateVersion(version, path));
    if (schema !== undefined) errors.push(...validateStructuralSchema(schema, where));
  }
  if (new Set(versions.map(({ name }) => name)).size !== versions.length)
    errors.push(invalid('spec.versions', versions, 'must contain unique version names'));
  if (versions.filter(({ storage }) => storage).length !== 1) {
    const detail = 'must have exactly one version marked as storage version';
    errors.push(invalid('spec.versions', versions, detail));
  }
  for (const field of ['plural', 'singular', 'kind', 'listKind'] as const)
    if ((names[field] ?? '') === '') errors.push(required(`spec.names.${field}`));
  errors.push(...validateNames(names, 'spec.names'));
  if (spec.preserveUnknownFields === true) {
    const detail =
      'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead';
    errors.push(invalid('spec.preserveUnknownFields', true, detail));
  }
  return [...errors, ...validateConversion(spec)];
}

/** Models ValidateCustomResourceDefinitionNames (v1.34). */
function validateNames(names: Names, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const label = (field: string, value: string): void => {
    const problems = value === '' ? [] : isDNS1035Label(value);
    if (problems.length > 0) errors.push(invalid(field, value, problems.join(',')));
  };
  const kind = (field: string, value: string): void => {
    const problems = value === '' ? [] : isDNS1035Label(value.toLowerCase());
    const detail = `may have mixed case, but should otherwise match: ${problems.join(',')}`;
    if (problems.length > 0) errors.push(invalid(field, value, detail));
  };
  label(child(path, 'plural'), names.plural);
  label(child(path, 'singular'), names.singular ?? '');
  kind(child(path, 'kind'), names.kind);
  kind(child(path, 'listKind'), names.listKind ?? '');
  for (const [index, name] of (names.shortNames ?? []).entries())
    label(at(child(path, 'shortNames'), index), name);
  if (names.kind !== '' && names.kind === names.listKind) {
    const detail = 'kind and listKind may not be the same';
    errors.push(invalid(child(path, 'listKind'), names.listKind, detail));
  }
  for (const [index, name] of (names.categories ?? []).entries())
    label(at(child(path, 'categories'), index), name);
  return errors;
}

/** Models validateCustomResourceConversion (v1.34), the webhook's own fields taken as they are. */
function validateConversion({ conversion }: Spec): FieldError[] {
  if (conversion === undefined) return [];
  const path = 'spec.conversion';
  const { strategy, webhook } = conversion;
  if (strategy === '') return [required(child(path, 'strategy'))];
  if (strategy !== 'None' && strategy !== 'Webhook')
    return [notSupported(child(path, 'strategy'), strategy, ['None', 'Webhook'])];
  if (strategy === 'Webhook') {
    if (webhook?.clientConfig === undefined)
      return [required(child(path, 'webhookClientConfig'), 'required when strategy is set to Webhook')];
    if (webhook.conversionReviewVersions.length === 0)
      return [required(child(path, 'conversionReviewVersions'))];
    return [];
  }
  if (webhook === undefined) return [];
  const detail = 'should not be set when strategy is not set to Webhook';
  return [
    { type: 'FieldValueForbidden', field: child(path, 'webhookClientConfig'), body: `Forbidden: ${detail}` },
  ];
}
