import type { GroupVersionKind } from '../../../apimachinery/gvk.ts';
import { newBadRequest, newInvalid } from '../../../apimachinery/status.ts';
import type { FieldError } from '../../../apimachinery/validation/field-error.ts';
import { invalid } from '../../../apimachinery/validation/field-error.ts';
import { sameValue } from '../../../apimachinery/validation/object-meta.ts';
import type {
  KubeObject,
  SelfSubjectRulesReview,
  SubjectAccessReview,
  SubjectAccessReviewSpec,
} from '../../../api/types.ts';
import type { ApiRequest } from '../../endpoints/api-request.ts';
import type { AuthorizationChain } from '../authorization-chain.ts';
import type { AuthorizationAttributes } from '../interface.ts';
import type { UserInfo } from '../user.ts';
import type { Review } from './review.ts';

type Spec = Partial<SubjectAccessReviewSpec>;

/** Answers of authorization.k8s.io/v1, by kind. Models pkg/registry/authorization (v1.34). */
export function accessReviews(authorization: AuthorizationChain): Readonly<Record<string, Review>> {
  const answer = async (review: KubeObject, user: UserInfo, spec: Spec): Promise<KubeObject> => {
    const { decision, reason } = await authorization.authorize(user, attributesAsked(spec));
    const status = {
      allowed: decision === 'allow',
      ...(decision === 'deny' ? { denied: true } : {}),
      ...(reason === '' ? {} : { reason }),
    };
    return { ...review, status } as KubeObject;
  };
  const judged = (review: KubeObject, gvk: GroupVersionKind, more: FieldError[]): Spec => {
    const spec = (review as SubjectAccessReview).spec ?? {};
    const errors = [...validateSpec(spec), ...more];
    if (errors.length > 0) throw newInvalid(gvk, review.metadata?.name ?? '', errors);
    return spec;
  };
  return {
    SelfSubjectAccessReview: (review, request, gvk) =>
      answer(review, request.user, judged(review, gvk, validateMetadata(review, false))),
    SubjectAccessReview: (review, _request, gvk) => {
      const spec = judged(review, gvk, [...validateSubject(review), ...validateMetadata(review, false)]);
      return answer(review, userAsked(spec), spec);
    },
    LocalSubjectAccessReview: (review, request, gvk) => {
      const { namespace } = request.info;
      const spec = judged(inNamespace(review, namespace), gvk, [
        ...validateSubject(review),
        ...validateMetadata(review, true),
        ...validateLocal(review, namespace),
      ]);
      return answer(review, userAsked(spec), spec);
    },
    SelfSubjectRulesReview: async (review, request) => {
      const namespace = (review as SelfSubjectRulesReview).spec?.namespace ?? '';
      if (namespace === '') throw newBadRequest('no namespace on request');
      return rulesAnswer(review, request, namespace, authorization);
    },
  };
}

async function rulesAnswer(
  review: KubeObject,
  request: ApiRequest,
  namespace: string,
  authorization: AuthorizationChain,
): Promise<KubeObject> {
  const { rules, errors, incomplete } = await authorization.rulesFor(request.user, namespace);
  const resourceRules = [];
  const nonResourceRules = [];
  for (const { verbs, apiGroups, resources, resourceNames, nonResourceURLs } of rules) {
    if ((resources?.length ?? 0) > 0) resourceRules.push({ verbs, apiGroups, resources, resourceNames });
    else if ((nonResourceURLs?.length ?? 0) > 0) nonResourceRules.push({ verbs, nonResourceURLs });
  }
  const evaluationError = errors.length === 1 ? errors[0] : `[${errors.join(', ')}]`;
  const trouble = errors.length === 0 ? {} : { evaluationError };
  return { ...review, status: { resourceRules, nonResourceRules, incomplete, ...trouble } } as KubeObject;
}

function attributesAsked({ resourceAttributes, nonResourceAttributes }: Spec): AuthorizationAttributes {
  if (nonResourceAttributes !== undefined) {
    const { path = '', verb = '' } = nonResourceAttributes;
    return {
      isResourceRequest: false, path, verb,
      apiGroup: '', namespace: '', resource: '', subresource: '', name: '',
    }; // prettier-ignore
  }
  const {
    verb = '',
    group = '',
    namespace = '',
    resource = '',
    subresource = '',
    name = '',
  } = resourceAttributes ?? {};
  return {
    isResourceRequest: true, path: '', verb, apiGroup: group, namespace, resource, subresource, name,
  }; // prettier-ignore
}

function userAsked({ user = '', uid, groups = [], extra }: Spec): UserInfo {
  return {
    name: user,
    groups,
    ...(uid === undefined ? {} : { uid }),
    ...(extra === undefined ? {} : { extra }),
  };
}

function inNamespace(review: KubeObject, namespace: string): KubeObject {
  const given = review.metadata?.namespace ?? '';
  if (given !== '' && given !== namespace)
    throw newBadRequest(`spec.resourceAttributes.namespace must match namespace: ${namespace}`);
  return review;
}

/** Models ValidateSelfSubjectAccessReviewSpec (pkg/apis/authorization/validation, v1.34). */
function validateSpec({ resourceAttributes, nonResourceAttributes }: Spec): FieldError[] {
  if (resourceAttributes !== undefined && nonResourceAttributes !== undefined) {
    const why = 'cannot be specified in combination with resourceAttributes';
    return [invalid('spec.nonResourceAttributes', nonResourceAttributes, why)];
  }
  if (resourceAttributes === undefined && nonResourceAttributes === undefined) {
    const why = 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
    return [invalid('spec.resourceAttributes', null, why)];
  }
  return [];
}

function validateSubject(review: KubeObject): FieldError[] {
  const { user = '', groups = [] } = ((review as SubjectAccessReview).spec ?? {}) as Spec;
  if (user !== '' || groups.length > 0) return [];
  return [invalid('spec.user', user, 'at least one of user or group must be specified')];
}

function validateMetadata({ metadata }: KubeObject, namespaced: boolean): FieldError[] {
  const { managedFields: _managed, namespace, ...rest } = metadata ?? {};
  const counted = namespaced ? rest : { ...rest, namespace };
  if (sameValue(counted, undefined)) return [];
  return [invalid('metadata', metadata, namespaced ? 'must be empty except for namespace' : 'must be empty')];
}

function validateLocal(review: KubeObject, namespace: string): FieldError[] {
  const { resourceAttributes, nonResourceAttributes } = ((review as SubjectAccessReview).spec ?? {}) as Spec;
  const errors: FieldError[] = [];
  const asked = resourceAttributes?.namespace ?? '';
  if (resourceAttributes !== undefined && asked !== namespace)
    errors.push(invalid('spec.resourceAttributes.namespace', asked, 'must match metadata.namespace'));
  if (nonResourceAttributes !== undefined)
    errors.push(
      invalid('spec.nonResourceAttributes', nonResourceAttributes, 'disallowed on this kind of request'),
    );
  return errors;
}
