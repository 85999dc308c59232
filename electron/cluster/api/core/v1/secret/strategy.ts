import { encodeBase64 } from '../../../../apimachinery/base64.ts';
import { ageOf } from '../../../../apimachinery/duration.ts';
import { sameValue, validateImmutableField } from '../../../../apimachinery/validation/object-meta.ts';
import { defineStrategy } from '../../../generic-strategy.ts';
import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import { forbidden } from '../../../../apimachinery/validation/field-error.ts';
import type { KindStrategy } from '../../../strategy.ts';
import type { Secret } from '../../../types.ts';
import { validateSecret } from './validation.ts';

const IMMUTABLE = 'field is immutable when `immutable` is set';

/** Secrets. Models pkg/registry/core/secret (v1.34). */
export const SECRET_STRATEGY: KindStrategy<Secret> = defineStrategy<Secret>({
  gvk: { group: '', version: 'v1', kind: 'Secret' },
  resource: 'secrets',
  singular: 'secret',
  namespaced: true,
  storageVersionHash: 'S6u1pOWzb84=',
  applyDefaults: defaultSecret,
  prepareForUpdate: (secret, old) => ((secret.type ?? '') === '' ? { ...secret, type: old.type } : secret),
  validate: validateSecret,
  validateUpdate(secret, old) {
    const errors: FieldError[] = validateImmutableField(secret.type, old.type, 'type');
    if (old.immutable !== true) return errors;
    if (secret.immutable !== true) errors.push(forbidden('immutable', IMMUTABLE));
    if (!sameValue(secret.data ?? [], old.data ?? [])) errors.push(forbidden('data', IMMUTABLE));
    return errors;
  },
  fieldLabels: ['type'],
  selectableFields: (secret) => ({ type: secret.type ?? '' }),
  tableRow: (secret, now) => [
    secret.metadata?.name ?? '',
    secret.type ?? '',
    Object.keys(secret.data ?? {}).length,
    ageOf(secret.metadata?.creationTimestamp, now),
  ],
});

/** `stringData` is written over `data` and never kept; the type is Opaque unless said. */
function defaultSecret(secret: Secret): Secret {
  if (secret.stringData === undefined && secret.type !== undefined) return secret;
  const { stringData, ...rest } = secret;
  const type = (secret.type ?? '') === '' ? 'Opaque' : secret.type;
  if (stringData === undefined) return { ...rest, type };
  const data: Record<string, string> = { ...secret.data };
  for (const key in stringData) data[key] = encodeBase64(stringData[key] ?? '');
  return { ...rest, type, data };
}
