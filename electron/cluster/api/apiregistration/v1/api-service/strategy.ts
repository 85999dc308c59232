import { ageOf } from '../../../../apimachinery/duration.ts';
import { formatTime } from '../../../../apimachinery/time.ts';
import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import { invalid, required } from '../../../../apimachinery/validation/field-error.ts';
import { inclusiveRangeError, isPathSegmentName } from '../../../../apimachinery/validation/names.ts';
import { described } from '../../../described-resource.ts';
import { defineStrategy, withFirstGeneration, withStatusOf } from '../../../generic-strategy.ts';
import type { KindStrategy } from '../../../strategy.ts';
import type { APIService } from '../../../types.ts';

const MAX_GROUP_PRIORITY = 20_000;
const MAX_VERSION_PRIORITY = 1000;

/**
 * APIServices. Requests are not passed on to other servers; those for a Service stay without a condition.
 * Models k8s.io/kube-aggregator/pkg/registry/apiservice (v1.34).
 */
export const API_SERVICE_STRATEGY: KindStrategy<APIService> = defineStrategy<APIService>({
  ...described('apiregistration.k8s.io/v1', 'apiservices'),
  // The core group's is `v1.`.
  names: isPathSegmentName,
  applyDefaults: (service) =>
    service.spec?.service === undefined || service.spec.service.port !== undefined
      ? service
      : { ...service, spec: { ...service.spec, service: { ...service.spec.service, port: 443 } } },
  prepareForCreate: (service, { now }) =>
    withFirstGeneration({
      ...service,
      status: service.spec?.service === undefined ? { conditions: [locallyAvailable(now)] } : {},
    }),
  prepareForUpdate: withStatusOf,
  validate: validateApiService,
  status: {},
  tableRow(service, now) {
    const backend = service.spec?.service;
    const available = service.status?.conditions?.find(({ type }) => type === 'Available');
    const why = available?.status === 'True' ? '' : ` (${available?.reason ?? ''})`;
    return [
      service.metadata?.name ?? '',
      backend === undefined ? 'Local' : `${backend.namespace}/${backend.name}`,
      available === undefined ? 'Unknown' : `${available.status}${why}`,
      ageOf(service.metadata?.creationTimestamp, now),
    ];
  },
});

function locallyAvailable(now: number) {
  return {
    type: 'Available',
    status: 'True',
    lastTransitionTime: formatTime(now),
    reason: 'Local',
    message: 'Local APIServices are always available',
  };
}

/** Models ValidateAPIService (v1.34). */
function validateApiService(service: APIService): FieldError[] {
  const {
    group = '',
    version = '',
    groupPriorityMinimum = 0,
    versionPriority = 0,
  } = service.spec ?? ({} as Partial<NonNullable<APIService['spec']>>);
  const { insecureSkipTLSVerify, caBundle = '', service: backend } = service.spec ?? {};
  const errors: FieldError[] = [];
  const name = service.metadata?.name ?? '';
  const wanted = `${version}.${group}`;
  if (name !== wanted)
    errors.push(
      invalid('metadata.name', name, `must be \`spec.version+"."+spec.group\`: ${JSON.stringify(wanted)}`),
    );
  if (version === '') errors.push(required('spec.version'));
  if (groupPriorityMinimum <= 0 || groupPriorityMinimum > MAX_GROUP_PRIORITY) {
    const detail = `must be positive and less than ${MAX_GROUP_PRIORITY}`;
    errors.push(invalid('spec.groupPriorityMinimum', groupPriorityMinimum, detail));
  }
  if (versionPriority <= 0 || versionPriority > MAX_VERSION_PRIORITY) {
    const detail = `must be positive and less than ${MAX_VERSION_PRIORITY}`;
    errors.push(invalid('spec.versionPriority', versionPriority, detail));
  }
  if (backend === undefined) {
    if (caBundle !== '')
      errors.push(
        invalid('spec.caBundle', `${caBundle.length} bytes`, 'local APIServices may not have a caBundle'),
      );
    if (insecureSkipTLSVerify === true) {
      const detail = 'local APIServices may not have insecureSkipTLSVerify';
      errors.push(invalid('spec.insecureSkipTLSVerify', true, detail));
    }
    return errors;
  }
  if ((backend.namespace ?? '') === '') errors.push(required('spec.service.namespace'));
  if ((backend.name ?? '') === '') errors.push(required('spec.service.name'));
  const port = backend.port ?? 0;
  if (port < 1 || port > 65535)
    errors.push(invalid('spec.service.port', port, inclusiveRangeError(1, 65535)));
  if (insecureSkipTLSVerify === true && caBundle !== '') {
    const detail = 'may not be true if caBundle is present';
    errors.push(invalid('spec.insecureSkipTLSVerify', true, detail));
  }
  return errors;
}
