import { base64Length } from '../../../../apimachinery/base64.ts';
import { ageOf } from '../../../../apimachinery/duration.ts';
import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import { forbidden, invalid, tooLong } from '../../../../apimachinery/validation/field-error.ts';
import { isConfigMapKey } from '../../../../apimachinery/validation/names.ts';
import { sameValue } from '../../../../apimachinery/validation/object-meta.ts';
import { defineStrategy } from '../../../generic-strategy.ts';
import type { KindStrategy } from '../../../strategy.ts';
import type { ConfigMap } from '../../../types.ts';

const MAX_SIZE = 1024 * 1024;
const IMMUTABLE = 'field is immutable when `immutable` is set';

/** ConfigMaps. Models pkg/registry/core/configmap (v1.34). */
export const CONFIG_MAP_STRATEGY: KindStrategy<ConfigMap> = defineStrategy<ConfigMap>({
  gvk: { group: '', version: 'v1', kind: 'ConfigMap' },
  resource: 'configmaps',
  singular: 'configmap',
  shortNames: ['cm'],
  namespaced: true,
  storageVersionHash: 'qFsyl6wFWjQ=',
  validate: validateConfigMap,
  validateUpdate: validateConfigMapUpdate,
  tableRow: (configMap, now) => [
    configMap.metadata?.name ?? '',
    Object.keys(configMap.data ?? {}).length + Object.keys(configMap.binaryData ?? {}).length,
    ageOf(configMap.metadata?.creationTimestamp, now),
  ],
});

/** Models ValidateConfigMap (v1.34). */
function validateConfigMap(configMap: ConfigMap): FieldError[] {
  const errors: FieldError[] = [];
  let size = 0;
  for (const key in configMap.data) {
    for (const message of isConfigMapKey(key)) errors.push(invalid(`data[${key}]`, key, message));
    if (configMap.binaryData !== undefined && Object.hasOwn(configMap.binaryData, key)) {
      errors.push(invalid(`data[${key}]`, key, 'duplicate of key present in binaryData'));
    }
    size += configMap.data[key]?.length ?? 0;
  }
  for (const key in configMap.binaryData) {
    for (const message of isConfigMapKey(key)) errors.push(invalid(`binaryData[${key}]`, key, message));
    size += base64Length(configMap.binaryData[key] ?? '');
  }
  if (size > MAX_SIZE) errors.push(tooLong('', MAX_SIZE));
  return errors;
}

/** Models ValidateConfigMapUpdate (v1.34). */
function validateConfigMapUpdate(configMap: ConfigMap, old: ConfigMap): FieldError[] {
  if (old.immutable !== true) return [];
  const errors: FieldError[] = [];
  if (configMap.immutable !== true) errors.push(forbidden('immutable', IMMUTABLE));
  if (!sameValue(configMap.data ?? [], old.data ?? [])) errors.push(forbidden('data', IMMUTABLE));
  if (!sameValue(configMap.binaryData ?? [], old.binaryData ?? []))
    errors.push(forbidden('binaryData', IMMUTABLE));
  return errors;
}
