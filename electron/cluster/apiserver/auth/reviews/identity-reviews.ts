import type { Clock } from '../../../../base/clock.ts';
import { newBadRequest } from '../../../apimachinery/status.ts';
import { formatTime } from '../../../apimachinery/time.ts';
import type { KubeObject, TokenReview } from '../../../api/types.ts';
import type { AuthenticationChain } from '../authentication-chain.ts';
import type { UserInfo } from '../user.ts';
import type { Review } from './review.ts';

/** Answers of authentication.k8s.io/v1, by kind. Models pkg/registry/authentication (v1.34). */
export function identityReviews(
  authentication: AuthenticationChain,
  clock: Clock,
): Readonly<Record<string, Review>> {
  return {
    SelfSubjectReview: (review, { user }) =>
      Promise.resolve({
        ...review,
        metadata: { ...review.metadata, creationTimestamp: formatTime(clock.now()) },
        status: { userInfo: userFields(user) },
      } as KubeObject),
    TokenReview: async (review) => {
      const { token = '', audiences } = (review as TokenReview).spec ?? {};
      if (token === '') throw newBadRequest('token is required for TokenReview in authentication');
      const asked = audiences === undefined || audiences.length === 0 ? {} : { audiences };
      const result = await authentication.authenticateToken(token, asked);
      if (result.outcome !== 'user') {
        const why = result.outcome === 'refused' ? result.why : '';
        return { ...review, status: { user: {}, ...(why === '' ? {} : { error: why }) } } as KubeObject;
      }
      const meant = result.audiences === undefined ? {} : { audiences: result.audiences };
      return {
        ...review,
        status: { authenticated: true, user: userFields(result.user), ...meant },
      } as KubeObject;
    },
  };
}

function userFields({ name, uid, groups, extra }: UserInfo): unknown {
  return {
    username: name,
    ...(uid === undefined || uid === '' ? {} : { uid }),
    groups,
    ...(extra === undefined ? {} : { extra }),
  };
}
