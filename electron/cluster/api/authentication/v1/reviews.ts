import { defineReview } from '../../review-strategy.ts';

const kind = (name: string) => ({ group: 'authentication.k8s.io', version: 'v1', kind: name });

/** Who is this? Answered by `auth/reviews` of the API server. */
export const IDENTITY_REVIEW_STRATEGIES = [
  defineReview(kind('SelfSubjectReview')),
  defineReview(kind('TokenReview')),
] as const;
