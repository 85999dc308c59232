import type { HttpHeaders } from '../../network/http.ts';
import type { PeerCertificate } from '../../network/interface.ts';
import type { RequestInfo } from '../endpoints/request-info.ts';
import type { UserInfo } from './user.ts';

/** What a request brings to prove who sends it. */
export interface Credentials {
  readonly headers: HttpHeaders;
  readonly certificate: PeerCertificate | undefined;
}

/** `none`: this method found nothing to judge; `refused`: it found credentials that are wrong. */
export type AuthenticationResult =
  | { readonly outcome: 'user'; readonly user: UserInfo }
  | { readonly outcome: 'none' }
  | { readonly outcome: 'refused'; readonly why: string };

/** One way of proving an identity. */
export interface Authenticator {
  /** Short name shown beside the verdict, e.g. `x509`. */
  readonly name: string;
  authenticate(credentials: Credentials): AuthenticationResult | Promise<AuthenticationResult>;
}

export type Decision = 'allow' | 'no-opinion' | 'deny';

export interface AuthorizationResult {
  readonly decision: Decision;
  /** Goes behind the message of a refusal, when there is something to say. */
  readonly reason: string;
}

/** One way of deciding whether a user may do something. Asked in order until one allows or denies. */
export interface Authorizer {
  readonly name: string;
  authorize(user: UserInfo, info: RequestInfo): AuthorizationResult | Promise<AuthorizationResult>;
}
