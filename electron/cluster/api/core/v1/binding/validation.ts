import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import { notSupported, required } from '../../../../apimachinery/validation/field-error.ts';
import type { Binding } from '../../../types.ts';

/** What a Pod is bound to: a Node, by name. Models ValidatePodBinding (v1.34). */
export function validatePodBinding(binding: Binding): FieldError[] {
  const errors: FieldError[] = [];
  const { kind = '', name = '' } = binding.target ?? {};
  if (kind !== '' && kind !== 'Node') errors.push(notSupported('target.kind', kind, ['Node', '<empty>']));
  if (name === '') errors.push(required('target.name'));
  return errors;
}
