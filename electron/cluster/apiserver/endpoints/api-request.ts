import type { HttpExchange } from '../../network/http.ts';
import type { UserInfo } from '../auth/user.ts';
import type { RequestInfo } from './request-info.ts';

/** What each stage said of a request; goes to the causal log beside the answer, so that the diagram can show it. */
export interface Trail {
  user?: string;
  groups?: readonly string[];
  /** Who asked, when the user is impersonated. */
  impersonator?: string;
  authn?: string;
  authz?: string;
  admission?: readonly string[];
  /** Texts of `Warning` headers; a refusal has them too. */
  warnings?: readonly string[];
  /** Annotations of the audit event. */
  annotations?: ReadonlyMap<string, string>;
  /** Says so only when the object was refused as invalid. */
  validation?: string;
  /** What was asked of etcd in the end, e.g. `create`, `update`, `no change`. */
  etcd?: string;
}

/** A request that has passed authentication and authorization. */
export interface ApiRequest {
  readonly exchange: HttpExchange;
  readonly info: RequestInfo;
  readonly user: UserInfo;
  readonly trail: Trail;
}
