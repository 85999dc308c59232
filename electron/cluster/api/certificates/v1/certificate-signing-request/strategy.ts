import { ageOf, humanDuration } from '../../../../apimachinery/duration.ts';
import { formatTime } from '../../../../apimachinery/time.ts';
import { described } from '../../../described-resource.ts';
import { defineStrategy, withStatusOf } from '../../../generic-strategy.ts';
import type { KindStrategy, RequestContext } from '../../../strategy.ts';
import type { CertificateSigningRequest } from '../../../types.ts';
import { isApproval } from './conditions.ts';
import { validateRequest, validateRequestUpdate } from './validation.ts';

type Condition = NonNullable<NonNullable<CertificateSigningRequest['status']>['conditions']>[number];

/** CertificateSigningRequests. Models pkg/registry/certificates/certificates (v1.34). */
export const CERTIFICATE_SIGNING_REQUEST_STRATEGY: KindStrategy<CertificateSigningRequest> =
  defineStrategy<CertificateSigningRequest>({
    ...described('certificates.k8s.io/v1', 'certificatesigningrequests'),
    // Any name will do: path segments are checked with the metadata.
    prepareForCreate: (request, { user }) => ({
      ...request,
      spec: {
        ...request.spec,
        username: user?.name ?? '',
        ...(user?.uid === undefined ? {} : { uid: user.uid }),
        groups: [...(user?.groups ?? [])],
        ...(user?.extra === undefined || Object.keys(user.extra).length === 0
          ? {}
          : { extra: Object.fromEntries(Object.entries(user.extra).map(([key, all]) => [key, [...all]])) }),
      },
      status: {},
    }),
    prepareForUpdate: (request, old) => withStatusOf({ ...request, spec: old.spec }, old),
    validate: validateRequest,
    validateUpdate: (request, old) => validateRequestUpdate(request, old, ''),
    status: {
      prepareForUpdate: (request, old, context) =>
        withConditions(request, keepApprovals(request, old), old, context),
      validate: (request, old) => validateRequestUpdate(request, old, 'status'),
    },
    approval: {
      prepareForUpdate: (request, old, context) =>
        withConditions({ ...request, status: { ...old.status } }, onlyApprovals(request, old), old, context),
      validate: (request, old) => validateRequestUpdate(request, old, 'approval'),
    },
    fieldLabels: ['spec.signerName'],
    selectableFields: (request) => ({ 'spec.signerName': request.spec.signerName }),
    tableRow: (request, now) => [
      request.metadata?.name ?? '',
      ageOf(request.metadata?.creationTimestamp, now),
      request.spec.signerName === '' ? '<none>' : request.spec.signerName,
      request.spec.username ?? '',
      request.spec.expirationSeconds === undefined
        ? '<none>'
        : humanDuration(request.spec.expirationSeconds * 1000),
      stateOf(request),
    ],
  });

/** Models extractCSRStatus of the printers (v1.34). */
function stateOf({ status }: CertificateSigningRequest): string {
  const has = (type: string): boolean => status?.conditions?.some((each) => each.type === type) === true;
  const verdict = has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending';
  return `${verdict}${has('Failed') ? ',Failed' : ''}${(status?.certificate ?? '') === '' ? '' : ',Issued'}`;
}

/** Who signs neither approves nor denies: that part stays as it was. */
function keepApprovals(request: CertificateSigningRequest, old: CertificateSigningRequest): Condition[] {
  const before = old.status?.conditions ?? [];
  const asked = request.status?.conditions ?? [];
  const kept = before.filter(isApproval);
  const added = asked.filter((condition) => isApproval(condition) && !kept.some(sameType(condition)));
  // What may not be added is left for validation to refuse.
  return [...kept, ...added, ...asked.filter((condition) => !isApproval(condition))];
}

function onlyApprovals(request: CertificateSigningRequest, old: CertificateSigningRequest): Condition[] {
  const others = (old.status?.conditions ?? []).filter((condition) => !isApproval(condition));
  return [...others, ...(request.status?.conditions ?? []).filter(isApproval)];
}

const sameType =
  (one: Condition) =>
  (other: Condition): boolean =>
    one.type === other.type;

/** Times that nobody gave are now. Models populateConditionTimestamps. */
function withConditions(
  request: CertificateSigningRequest,
  conditions: readonly Condition[],
  old: CertificateSigningRequest,
  { now }: RequestContext,
): CertificateSigningRequest {
  const time = formatTime(now);
  const timed = conditions.map((condition) => {
    const before = old.status?.conditions?.find(sameType(condition));
    const transition = before?.status === condition.status ? before.lastTransitionTime : undefined;
    return {
      ...condition,
      lastUpdateTime: condition.lastUpdateTime ?? time,
      lastTransitionTime: condition.lastTransitionTime ?? transition ?? time,
    };
  });
  const { conditions: _conditions, ...rest } = request.status ?? {};
  return { ...request, spec: old.spec, status: timed.length === 0 ? rest : { ...rest, conditions: timed } };
}
