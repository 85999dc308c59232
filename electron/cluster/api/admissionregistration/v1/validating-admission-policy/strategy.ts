import { ageOf } from '../../../../apimachinery/duration.ts';
import { sameValue } from '../../../../apimachinery/validation/object-meta.ts';
import { described } from '../../../described-resource.ts';
import { defineStrategy, withFirstGeneration } from '../../../generic-strategy.ts';
import type { KindStrategy } from '../../../strategy.ts';
import type { ValidatingAdmissionPolicy } from '../../../types.ts';
import { defaultMatchResources } from '../match-resources.ts';
import { validatePolicy } from './validation.ts';

/** ValidatingAdmissionPolicies. Models pkg/registry/admissionregistration/validatingadmissionpolicy (v1.34), without type checking. */
export const VALIDATING_ADMISSION_POLICY_STRATEGY: KindStrategy<ValidatingAdmissionPolicy> =
  defineStrategy<ValidatingAdmissionPolicy>({
    ...described('admissionregistration.k8s.io/v1', 'validatingadmissionpolicies'),
    applyDefaults: (policy) => {
      const { spec } = policy;
      if (spec === undefined) return policy;
      const match = spec.matchConstraints;
      return {
        ...policy,
        spec: {
          ...spec,
          failurePolicy: spec.failurePolicy ?? 'Fail',
          ...(match === undefined ? {} : { matchConstraints: defaultMatchResources(match) }),
        },
      } as ValidatingAdmissionPolicy;
    },
    prepareForCreate: (policy) => ({ ...withFirstGeneration(policy), status: {} }),
    prepareForUpdate(policy, old) {
      const before = old.metadata?.generation ?? 0;
      const generation = sameValue(policy.spec, old.spec) ? before : before + 1;
      return { ...policy, metadata: { ...policy.metadata, generation }, status: old.status } as typeof policy;
    },
    validate: validatePolicy,
    status: {},
    tableRow: ({ metadata, spec }, now) => [
      metadata?.name ?? '',
      spec?.validations?.length ?? 0,
      spec?.paramKind === undefined
        ? '<unset>'
        : `${spec.paramKind.apiVersion ?? ''}/${spec.paramKind.kind ?? ''}`,
      ageOf(metadata?.creationTimestamp, now),
    ],
  });
