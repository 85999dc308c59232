import { ageOf } from '../../../../apimachinery/duration.ts';
import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import {
  forbidden,
  invalid,
  notSupported,
  required,
} from '../../../../apimachinery/validation/field-error.ts';
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

type Spec = NonNullable<PriorityLevelConfiguration['spec']>;
type Limited = NonNullable<Spec['limited']>;
type Queuing = NonNullable<NonNullable<Limited['limitResponse']>['queuing']>;

const NONE = '<none>';
const MAX_QUEUES = 10_000_000;
/** Of the hash by which a flow is dealt its queues. */
const MAX_HASH_BITS = 60;

/** PriorityLevelConfigurations; who is limited by them is decided in apiserver/flowcontrol. Models pkg/registry/flowcontrol/prioritylevelconfiguration (v1.34). */
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

/** Models ValidatePriorityLevelConfigurationSpec (v1.34). */
function validatePriorityLevel(level: PriorityLevelConfiguration): FieldError[] {
  const { type = '', limited, exempt } = (level.spec ?? {}) as Partial<Spec>;
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
  if (exempt !== undefined) errors.push(...validateShares(exempt, 'spec.exempt'));
  if (limited === undefined) return errors;
  errors.push(...validateShares(limited, 'spec.limited'));
  errors.push(...nonNegative(limited.borrowingLimitPercent, 'spec.limited.borrowingLimitPercent'));
  errors.push(...validateLimitResponse(limited.limitResponse));
  return errors;
}

function validateShares(
  { nominalConcurrencyShares, lendablePercent }: NonNullable<Spec['exempt']>,
  path: string,
): FieldError[] {
  const errors = nonNegative(nominalConcurrencyShares, `${path}.nominalConcurrencyShares`);
  if (lendablePercent === undefined || (lendablePercent >= 0 && lendablePercent <= 100)) return errors;
  return [
    ...errors,
    invalid(`${path}.lendablePercent`, lendablePercent, 'must be between 0 and 100, inclusive'),
  ];
}

function validateLimitResponse(response: Limited['limitResponse']): FieldError[] {
  const path = 'spec.limited.limitResponse';
  const { type = '', queuing } = response ?? {};
  switch (type) {
    case 'Reject':
      return queuing === undefined
        ? []
        : [forbidden(`${path}.queuing`, 'must be nil if limited.limitResponse.type is not Limited')];
    case 'Queue':
      return queuing === undefined
        ? [required(`${path}.queuing`, 'must not be empty if limited.limitResponse.type is Limited')]
        : validateQueuing(queuing, `${path}.queuing`);
    default:
      return [notSupported(`${path}.type`, type, ['Queue', 'Reject'])];
  }
}

function validateQueuing(
  { queues = 0, handSize = 0, queueLengthLimit = 0 }: Queuing,
  path: string,
): FieldError[] {
  const errors: FieldError[] = [];
  if (queueLengthLimit <= 0)
    errors.push(invalid(`${path}.queueLengthLimit`, queueLengthLimit, 'must be positive'));
  if (queues <= 0) errors.push(invalid(`${path}.queues`, queues, 'must be positive'));
  else if (queues > MAX_QUEUES)
    errors.push(invalid(`${path}.queues`, queues, `must not be greater than ${MAX_QUEUES}`));
  if (handSize <= 0) errors.push(invalid(`${path}.handSize`, handSize, 'must be positive'));
  else if (handSize > queues) {
    const detail = `should not be greater than queues (${queues})`;
    errors.push(invalid(`${path}.handSize`, handSize, detail));
  } else if (Math.ceil(Math.log2(queues) * handSize) > MAX_HASH_BITS) {
    const what = `deckSize ${queues} and handSize ${handSize}`;
    const detail = `required entropy bits of ${what} should not be greater than ${MAX_HASH_BITS}`;
    errors.push(invalid(`${path}.handSize`, handSize, detail));
  }
  return errors;
}
