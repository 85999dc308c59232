import { defineReview } from '../../../review-strategy.ts';

/** Assigns a Pod to a node. Answered by `subresources/pod-binding.ts` of the API server, kept nowhere. */
export const BINDING_STRATEGY = defineReview({ group: '', version: 'v1', kind: 'Binding' }, true);
