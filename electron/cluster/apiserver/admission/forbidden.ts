import type { StatusError } from '../../apimachinery/status.ts';
import { newForbidden } from '../../apimachinery/status.ts';
import type { AdmissionAttributes } from './interface.ts';

/** The object's name as a refusal gives it: before a name is generated, its beginning. Models extractResourceName (v1.34). */
function nameIn({ name, object }: AdmissionAttributes): string {
  if (name !== '') return name;
  const { name: own = '', generateName = '' } = object?.metadata ?? {};
  if (own !== '') return own;
  return generateName === '' ? 'Unknown' : generateName;
}

/** `pods "x" is forbidden: …`. Models admission.NewForbidden (v1.34). */
export function admissionForbidden(attributes: AdmissionAttributes, why: string): StatusError {
  return newForbidden(attributes.resource, nameIn(attributes), why);
}

/** Several complaints as one text: one as it is, more in brackets, each once. Models errors.NewAggregate. */
export function aggregate(complaints: readonly string[]): string {
  const each = [...new Set(complaints)];
  return each.length === 1 ? (each[0] as string) : `[${each.join(', ')}]`;
}
