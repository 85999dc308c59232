import { typeOf } from '../../api/scheme.ts';
import type { KindStrategy } from '../../api/strategy.ts';
import type { FieldSet } from '../../apimachinery/managed-fields/field-set.ts';
import { EMPTY_SET, setOf } from '../../apimachinery/managed-fields/field-set.ts';

/** What `/status` of a kind resets beside `spec`, by group and resource. Models the kinds' GetResetFields (v1.34). */
const OF_STATUS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  '/pods': [
    ['f:metadata', 'f:deletionTimestamp'],
    ['f:metadata', 'f:ownerReferences'],
  ],
  'apps/deployments': [['f:metadata', 'f:labels']],
};

/** Fields that writes through a door never change, and so nobody comes to own by them. */
export function resetFieldsOf(strategy: KindStrategy, subresource: string): FieldSet {
  if (strategy.status === undefined) return EMPTY_SET;
  if (subresource === '' || subresource === 'scale') return setOf(['f:status']);
  if (subresource !== 'status') return EMPTY_SET;
  const more = OF_STATUS[`${strategy.gvk.group}/${strategy.resource}`] ?? [];
  if (strategy.custom !== undefined) return setOf(['f:metadata'], ['f:spec']);
  const spec = typeOf(strategy).fields.has('spec') ? [['f:spec']] : [];
  return setOf(...spec, ...more);
}
