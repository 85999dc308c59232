import { ageOf } from '../../../../apimachinery/duration.ts';
import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import { forbidden, notSupported, required } from '../../../../apimachinery/validation/field-error.ts';
import { nonNegative } from '../../../apps/v1/pod-template.ts';
import { described } from '../../../described-resource.ts';
import {
  defineStrategy,
  withFirstGeneration,
  withGeneration,
  withStatusOf,
} from '../../../generic-strategy.ts';
import type { KindStrategy } from '../../../strategy.ts';
import type { PriorityLevelConfiguration } from '../../../types.ts';

const NONE = '<none>';

/** PriorityLevelConfigurations; requests are not queued by them. Models pkg/registry/flowcontrol/prioritylevelconfiguration (v1.34). */
export const PRIORITY_LEVEL_CONFIGURATION_STRATEGY: KindStrategy<PriorityLevelConfiguration> =
  defineStrategy<PriorityLevelConfiguration>({
    ...described('flowcontrol.apiserver.k8s.io/v1', 'prioritylevelconfigurations'),
    applyDefaults: defaultPriorityLevel,
    prepareForCreate: (level) => withFirstGeneration({ ...level, status: {} }),
    prepareForUpdate: (level, old) => withGeneration(withStatusOf(level, old), old),
    validate: validatePriorityLevel,
    status: {},
    tableRow(level, now) {
      const limited = level.spec?.limited;
      const queuing = limited?.limitResponse?.queuing;
      return [
        level.metadata?.name ?? '',
        level.spec?.type ?? '',
        limited?.nominalConcurrencyShares ?? NONE,
        queuing?.queues ?? NONE,
        queuing?.handSize ?? NONE,
        queuing?.queueLengthLimit ?? NONE,
        ageOf(level.metadata?.creationTimestamp, now),
      ];
    },
  });

/** Models the defaults of pkg/apis/flowcontrol/v1 (v1.34). */
function defaultPriorityLevel(level: PriorityLevelConfiguration): PriorityLevelConfiguration {
  const { spec } = level;
  if (spec === undefined) return level;
  const { limited, exempt } = spec;
  const queuing = limited?.limitResponse?.queuing;
  return {
    ...level,
    spec: {
      ...spec,
      ...(exempt === undefined
        ? {}
        : {
            exempt: {
              nominalConcurrencyShares: exempt.nominalConcurrencyShares ?? 0,
              lendablePercent: exempt.lendablePercent ?? 0,
            },
          }),
      ...(limited === undefined
        ? {}
        : {
            limited: {
              ...limited,
              nominalConcurrencyShares: limited.nominalConcurrencyShares ?? 30,
              lendablePercent: limited.lendablePercent ?? 0,
              ...(queuing === undefined || limited.limitResponse === undefined
                ? {}
                : {
                    limitResponse: {
                      ...limited.limitResponse,
                      queuing: {
                        queues: queuing.queues ?? 64,
                        handSize: queuing.handSize ?? 8,
                        queueLengthLimit: queuing.queueLengthLimit ?? 50,
                      },
                    },
                  }),
            },
          }),
    },
  };
}

/** Models ValidatePriorityLevelConfigurationSpec (v1.34) in outline: the union and what may not be negative. */
function validatePriorityLevel(level: PriorityLevelConfiguration): FieldError[] {
  const { type = '', limited, exempt } = (level.spec ?? {}) as Partial<NonNullable<typeof level.spec>>;
  const errors: FieldError[] = [];
  switch (type) {
    case 'Exempt':
      if (limited !== undefined)
        errors.push(forbidden('spec.limited', 'must be nil if the type is not Limited'));
      break;
    case 'Limited':
      if (limited === undefined)
        errors.push(required('spec.limited', 'must not be empty when type is Limited'));
      if (exempt !== undefined) errors.push(forbidden('spec.exempt', 'must be nil if the type is Limited'));
      break;
    default:
      errors.push(notSupported('spec.type', type, ['Exempt', 'Limited']));
  }
  errors.push(...nonNegative(limited?.nominalConcurrencyShares, 'spec.limited.nominalConcurrencyShares'));
  return errors;
}
