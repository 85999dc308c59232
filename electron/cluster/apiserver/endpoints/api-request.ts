import type { UserInfo } from '../auth/user.ts';
import type { RequestInfo } from './request-info.ts';
import type { StagedExchange } from './staged-exchange.ts';

/** What each stage said of a request; goes to the causal log beside the answer, so that the diagram can show it. */
export interface Trail {
  user?: string;
  groups?: readonly string[];
  /** Who asked, when the user is impersonated. */
  impersonator?: string;
  authn?: string;
  /** Flow schema and priority level, and whether it had to wait or was refused. */
  flowControl?: string;
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

/** A request that has passed authentication. */
export interface ApiRequest {
  readonly exchange: StagedExchange;
  readonly info: RequestInfo;
  readonly user: UserInfo;
  readonly trail: Trail;
}
