import { defineReview } from '../../review-strategy.ts';

const kind = (name: string) => ({ group: 'authorization.k8s.io', version: 'v1', kind: name });

/** May somebody do something? Answered by `auth/reviews` of the API server. */
export const ACCESS_REVIEW_STRATEGIES = [
  defineReview(kind('LocalSubjectAccessReview'), true),
  defineReview(kind('SelfSubjectAccessReview')),
  defineReview(kind('SelfSubjectRulesReview')),
  defineReview(kind('SubjectAccessReview')),
] as const;
