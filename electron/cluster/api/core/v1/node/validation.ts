import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import {
  duplicate,
  forbidden,
  invalid,
  notSupported,
  required,
} from '../../../../apimachinery/validation/field-error.ts';
import { isQualifiedName, isValidLabelValue } from '../../../../apimachinery/validation/names.ts';
import { sameValue } from '../../../../apimachinery/validation/object-meta.ts';
import type { Node, Taint } from '../../../types.ts';
import { validateResourceQuantity } from '../pod/resources-validation.ts';

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

/** Models ValidateNode (v1.34); metadata is checked elsewhere. */
export function validateNode(node: Node): FieldError[] {
  return [
    ...(node.spec?.taints === undefined ? [] : validateTaints(node.spec.taints, 'spec.taints')),
    ...validateNodeStatus(node),
  ];
}

/** Amounts of a node's status. */
export function validateNodeStatus(node: Node): FieldError[] {
  const errors: FieldError[] = [];
  for (const field of ['capacity', 'allocatable'] as const) {
    const amounts = node.status?.[field];
    for (const name in amounts) {
      errors.push(...validateResourceQuantity(name, amounts[name] as string, `status.${field}[${name}]`));
    }
  }
  const seen = new Set<string>();
  node.status?.addresses?.forEach((address, index) => {
    const key = `${address.type}/${address.address}`;
    if (seen.has(key)) errors.push(duplicate(`status.addresses[${index}]`, address));
    seen.add(key);
  });
  return errors;
}

/** Models validateNodeTaints (v1.34). */
export function validateTaints(taints: readonly Taint[], path: string): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  taints.forEach((taint, index) => {
    const where = `${path}[${index}]`;
    const { key = '', value = '', effect = '' } = taint;
    for (const message of isQualifiedName(key)) errors.push(invalid(`${where}.key`, key, message));
    const valueErrors = isValidLabelValue(value);
    if (valueErrors.length > 0) errors.push(invalid(`${where}.value`, value, valueErrors.join(';')));
    if (effect === '') errors.push(required(`${where}.effect`));
    else if (!EFFECTS.includes(effect)) errors.push(notSupported(`${where}.effect`, effect, EFFECTS));
    const pair = `${key}:${effect}`;
    if (seen.has(pair)) {
      const complaint = duplicate(where, taint);
      errors.push({ ...complaint, body: `${complaint.body}: taints must be unique by key and effect pair` });
    }
    seen.add(pair);
  });
  return errors;
}

/** Models ValidateNodeUpdate (v1.34). */
export function validateNodeUpdate(node: Node, old: Node): FieldError[] {
  const errors: FieldError[] = [];
  const podCIDRs = old.spec?.podCIDRs ?? [];
  if (podCIDRs.length > 0 && !sameValue(node.spec?.podCIDRs, podCIDRs)) {
    errors.push(forbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid'));
  }
  const providerID = old.spec?.providerID ?? '';
  if (providerID !== '' && (node.spec?.providerID ?? '') !== providerID) {
    errors.push(
      forbidden('spec.providerID', 'node updates may not change providerID except from "" to valid'),
    );
  }
  return errors;
}
