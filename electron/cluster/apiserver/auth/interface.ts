import type { HttpHeaders } from '../../network/http.ts';
import type { PeerCertificate } from '../../network/interface.ts';
import type { PolicyRule } from '../../api/types.ts';
import type { RequestInfo } from '../endpoints/request-info.ts';
import type { UserInfo } from './user.ts';

/** What a request brings to prove who sends it. */
export interface Credentials {
  readonly headers: HttpHeaders;
  readonly certificate: PeerCertificate | undefined;
  /** For whom a token has to be meant; undefined: for the API server. */
  readonly audiences?: readonly string[];
}

/** `none`: this method found nothing to judge; `refused`: it found credentials that are wrong. */
export type AuthenticationResult =
  | {
      readonly outcome: 'user';
      readonly user: UserInfo;
      /** Those of the asked for audiences that the token is meant for. */
      readonly audiences?: readonly string[];
    }
  | { readonly outcome: 'none' }
  | { readonly outcome: 'refused'; readonly why: string };

/** One way of proving an identity. */
export interface Authenticator {
  /** Short name shown beside the verdict, e.g. `x509`. */
  readonly name: string;
  authenticate(credentials: Credentials): AuthenticationResult | Promise<AuthenticationResult>;
}

export type Decision = 'allow' | 'no-opinion' | 'deny';

/** What somebody wants to do: a request's own, or one that is only asked about. */
export type AuthorizationAttributes = Pick<
  RequestInfo,
  'isResourceRequest' | 'path' | 'verb' | 'apiGroup' | 'namespace' | 'resource' | 'subresource' | 'name'
> & {
  /** Selectors of a list, watch or deletecollection. */
  readonly query?: URLSearchParams;
};

export interface AuthorizationResult {
  readonly decision: Decision;
  /** Why; behind the message of a refusal, when there is something to say. */
  readonly reason: string;
}

/** What a user may do in a namespace, as far as it can be listed. */
export interface RuleList {
  readonly rules: readonly PolicyRule[];
  /** What could not be looked up. */
  readonly errors: readonly string[];
  readonly incomplete: boolean;
}

/** One way of deciding whether a user may do something. Asked in order until one allows or denies. */
export interface Authorizer {
  readonly name: string;
  authorize(
    user: UserInfo,
    attributes: AuthorizationAttributes,
  ): AuthorizationResult | Promise<AuthorizationResult>;
  /** Absent when its decisions follow no rules that could be listed. */
  rulesFor?(user: UserInfo, namespace: string): RuleList | Promise<RuleList>;
}
