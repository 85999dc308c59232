import { ageOf } from '../../../../apimachinery/duration.ts';
import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import {
  duplicate,
  forbidden,
  invalid,
  notSupported,
  required,
} from '../../../../apimachinery/validation/field-error.ts';
import { sameValue } from '../../../../apimachinery/validation/object-meta.ts';
import { described } from '../../../described-resource.ts';
import { defineStrategy, withFirstGeneration } from '../../../generic-strategy.ts';
import type { KindStrategy } from '../../../strategy.ts';
import type { ValidatingAdmissionPolicyBinding } from '../../../types.ts';
import { defaultMatchResources, validateMatchResources } from '../match-resources.ts';

const ACTIONS = ['Audit', 'Deny', 'Warn'];
const NOT_FOUND_ACTIONS = ['Allow', 'Deny'];

/** ValidatingAdmissionPolicyBindings. Models pkg/registry/admissionregistration/validatingadmissionpolicybinding (v1.34). */
export const VALIDATING_ADMISSION_POLICY_BINDING_STRATEGY: KindStrategy<ValidatingAdmissionPolicyBinding> =
  defineStrategy<ValidatingAdmissionPolicyBinding>({
    ...described('admissionregistration.k8s.io/v1', 'validatingadmissionpolicybindings'),
    applyDefaults: (binding) => {
      const match = binding.spec?.matchResources;
      if (match === undefined) return binding;
      return { ...binding, spec: { ...binding.spec, matchResources: defaultMatchResources(match) } };
    },
    prepareForCreate: withFirstGeneration,
    prepareForUpdate(binding, old) {
      const before = old.metadata?.generation ?? 0;
      const generation = sameValue(binding.spec, old.spec) ? before : before + 1;
      return { ...binding, metadata: { ...binding.metadata, generation } };
    },
    validate: validateBinding,
    tableRow: ({ metadata, spec }, now) => [
      metadata?.name ?? '',
      spec?.policyName ?? '',
      paramRefText(spec?.paramRef),
      ageOf(metadata?.creationTimestamp, now),
    ],
  });

type ParamRef = NonNullable<ValidatingAdmissionPolicyBinding['spec']>['paramRef'];

function paramRefText(ref: ParamRef): string {
  if (ref === undefined) return '<unset>';
  const name = ref.name ?? '*';
  return ref.namespace === undefined ? name : `${ref.namespace}/${name}`;
}

/** Models validateValidatingAdmissionPolicyBindingSpec (v1.34). */
function validateBinding({ spec }: ValidatingAdmissionPolicyBinding): FieldError[] {
  if (spec === undefined) return [required('spec')];
  const errors: FieldError[] = [];
  const { policyName = '', paramRef, matchResources, validationActions: actions = [] } = spec;
  if (policyName === '') errors.push(required('spec.policyName'));
  if (paramRef !== undefined) {
    const named = (paramRef.name ?? '') !== '';
    if (named && paramRef.selector !== undefined) {
      const why = 'name and selector are mutually exclusive';
      errors.push(forbidden('spec.paramRef.name', why), forbidden('spec.paramRef.selector', why));
    }
    if (!named && paramRef.selector === undefined)
      errors.push(required('spec.paramRef', 'one of name or selector must be specified'));
    if (paramRef.parameterNotFoundAction === undefined)
      errors.push(required('spec.paramRef.parameterNotFoundAction'));
    else if (!NOT_FOUND_ACTIONS.includes(paramRef.parameterNotFoundAction))
      errors.push(
        notSupported(
          'spec.paramRef.parameterNotFoundAction',
          paramRef.parameterNotFoundAction,
          NOT_FOUND_ACTIONS,
        ),
      );
  }
  if (matchResources !== undefined)
    errors.push(...validateMatchResources(matchResources, 'spec.matchResources'));
  if (actions.length === 0) errors.push(required('spec.validationActions'));
  for (const [index, action] of actions.entries()) {
    const path = `spec.validationActions[${index}]`;
    if (!ACTIONS.includes(action)) errors.push(notSupported(path, action, ACTIONS));
    if (actions.indexOf(action) < index) errors.push(duplicate(path, action));
  }
  if (actions.includes('Deny') && actions.includes('Warn'))
    errors.push(
      invalid(
        'spec.validationActions',
        actions,
        'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)',
      ),
    );
  return errors;
}
