import type { Context } from '../../../base/context.ts';
import type { Rand } from '../../../base/rand.ts';
import {
  newForbidden,
  newInternalError,
  newMethodNotAllowed,
  newPathNotFound,
  newUnauthorized,
  StatusError,
} from '../../apimachinery/status.ts';
import type { HttpExchange } from '../../network/http.ts';
import type { Peer } from '../../network/interface.ts';
import type { Auditor } from '../audit/auditor.ts';
import { AUDIT_ID } from '../audit/auditor.ts';
import { attributesOf } from '../auth/attributes-of.ts';
import type { AuthenticationChain } from '../auth/authentication-chain.ts';
import type { AuthorizationChain } from '../auth/authorization-chain.ts';
import type { AuthorizationAttributes } from '../auth/interface.ts';
import { impersonationOf } from '../auth/impersonation.ts';
import type { UserInfo } from '../auth/user.ts';
import type { FlowControl } from '../flowcontrol/flow-control.ts';
import type { Classification } from '../flowcontrol/interface.ts';
import type { Entry } from '../flowcontrol/priority-level.ts';
import { seatsOf } from '../flowcontrol/work-estimate.ts';
import { doorOf } from '../registry/door-of.ts';
import type { ApiRequest, Trail } from './api-request.ts';
import { checkBodySize } from './body-decoder.ts';
import { handleDelete, handleDeleteCollection } from './delete-handlers.ts';
import type { NonResourceHandler } from './non-resource.ts';
import { handlePatch } from './patch-handler.ts';
import { handleGet, handleList } from './read-handlers.ts';
import type { RequestInfo } from './request-info.ts';
import { parseRequestInfo } from './request-info.ts';
import type { RequestMetrics } from './request-metrics.ts';
import { respondError, respondText } from './responder.ts';
import type { ServedResource, ServedResources } from './served-resource.ts';
import { StagedExchange } from './staged-exchange.ts';
import { handleWatch } from './watch-handler.ts';
import { handleCreate, handleUpdate } from './write-handlers.ts';

export interface ApiHandlerOptions {
  readonly context: Context;
  readonly authentication: AuthenticationChain;
  readonly authorization: AuthorizationChain;
  readonly resources: ServedResources;
  readonly nonResource: NonResourceHandler;
  readonly metrics: RequestMetrics;
  /** Undefined: switched off. */
  readonly flowControl: FlowControl | undefined;
  /** Undefined: nothing is recorded. */
  readonly audit: Auditor | undefined;
  /** Numbers the requests. */
  readonly auditIds: Rand;
}

type Handler = (request: ApiRequest, resource: ServedResource) => Promise<void>;

const HANDLERS: Readonly<Record<string, Handler>> = {
  get: handleGet,
  list: handleList,
  watch: handleWatch,
  create: handleCreate,
  update: handleUpdate,
  patch: handlePatch,
  delete: handleDelete,
  deletecollection: handleDeleteCollection,
};

/** Streams to kubelets and the like: neither limited nor classified. */
const UNTRACKED = new Set(['attach', 'exec', 'proxy', 'log', 'portforward']);

function isUntracked({ verb, subresource }: RequestInfo): boolean {
  return verb === 'proxy' || UNTRACKED.has(subresource);
}

/** Verbs of the `status`, `approval`, `ephemeralcontainers` and `resize` doors. */
const STATUS_VERBS = new Set(['get', 'update', 'patch']);

/** `pods is forbidden: User "x" cannot list resource "pods" in API group "" in the namespace "default"`. */
function forbiddenError(user: UserInfo, info: AuthorizationAttributes, reason: string): StatusError {
  const tail = reason === '' ? '' : `: ${reason}`;
  if (!info.isResourceRequest) {
    const why = `User ${JSON.stringify(user.name)} cannot ${info.verb} path ${JSON.stringify(info.path)}${tail}`;
    return new StatusError(403, 'Forbidden', `forbidden: ${why}`, {});
  }
  const what = info.subresource === '' ? info.resource : `${info.resource}/${info.subresource}`;
  const where =
    info.namespace === '' ? 'at the cluster scope' : `in the namespace ${JSON.stringify(info.namespace)}`;
  const why = `User ${JSON.stringify(user.name)} cannot ${info.verb} resource ${JSON.stringify(what)} in API group ${JSON.stringify(info.apiGroup)} ${where}${tail}`;
  return newForbidden({ group: info.apiGroup, resource: info.resource }, info.name, why);
}

/**
 * The way of a request through the server: authentication, impersonation, priority and fairness, authorization, then the
 * endpoint.
 * Every stage leaves its verdict in the trail. Models the handler chain of DefaultBuildHandlerChain (v1.34).
 */
export class ApiHandler {
  readonly #options: ApiHandlerOptions;

  constructor(options: ApiHandlerOptions) {
    this.#options = options;
  }

  /** Serves one call to its end (a watch: to its beginning). Never rejects. */
  async serve(served: HttpExchange, peer: Peer): Promise<void> {
    const exchange = new StagedExchange(served);
    const info = parseRequestInfo(exchange.request.method, exchange.request.target);
    const trail: Trail = {};
    const { metrics } = this.#options;
    metrics.begin();
    try {
      await this.#serve(exchange, peer, info, trail);
    } catch (error) {
      const status = this.#statusOf(error, info);
      if (!(error instanceof StatusError)) exchange.observer?.onPanic(status.message);
      if (status.reason === 'Invalid' && !(trail.admission ?? []).some((line) => line.endsWith(': refused')))
        trail.validation = 'refused';
      respondError(exchange, info.query, trail, status, trail.warnings);
    } finally {
      metrics.end(info, exchange.status);
    }
  }

  async #serve(exchange: StagedExchange, peer: Peer, info: RequestInfo, trail: Trail): Promise<void> {
    const { request } = exchange;
    const credentials = { headers: request.headers, certificate: peer.certificate };
    const identity = await this.#options.authentication.authenticate(credentials);
    const user = identity.outcome === 'user' ? identity.user : undefined;
    this.#observe(exchange, peer, info, user);
    if (identity.outcome !== 'user') {
      trail.authn = `${identity.method}: refused${identity.outcome === 'refused' ? `: ${identity.why}` : ''}`;
      throw newUnauthorized();
    }
    trail.authn = identity.method;
    const acting = await this.#impersonate(identity.user, exchange, trail);
    trail.user = acting.name;
    trail.groups = acting.groups;
    if (acting !== identity.user) {
      trail.impersonator = identity.user.name;
      exchange.observer?.onImpersonation(acting);
    }
    const apiRequest: ApiRequest = { exchange, info, user: acting, trail };
    const { flowControl } = this.#options;
    if (flowControl === undefined || isUntracked(info)) await this.#serveAllowed(apiRequest);
    else await this.#serveInTurn(apiRequest, flowControl.classify(acting, info));
  }

  /** Numbers the request, as a client may have done, and begins the audit record, if there is to be one. Models WithAuditInit. */
  #observe(exchange: StagedExchange, peer: Peer, info: RequestInfo, user: UserInfo | undefined): void {
    const { audit, auditIds } = this.#options;
    const { request } = exchange;
    const given = request.headers[AUDIT_ID] ?? '';
    const id = given === '' ? auditIds.uuid() : given;
    exchange.headers = { [AUDIT_ID]: id };
    if (audit === undefined) return;
    const longRunning = info.verb === 'watch' || isUntracked(info);
    exchange.observer = audit.begin(id, request, info, user, peer.ip, longRunning);
    // Whoever goes before the answer has begun ends the record too.
    if (exchange.observer !== undefined) exchange.onCancel(() => undefined);
  }

  /** Serves once there are seats, or refuses. Models WithPriorityAndFairness. */
  async #serveInTurn(request: ApiRequest, classification: Classification): Promise<void> {
    const { exchange, info, trail } = request;
    const { level, headers, verdict } = classification;
    exchange.headers = { ...exchange.headers, ...headers };
    trail.flowControl = verdict;
    const seats = level.limit === undefined ? 1 : seatsOf(info, (list) => this.#stored(list));
    const entered = level.enter(classification, seats, (handler) => exchange.onCancel(handler));
    const entry = typeof entered === 'string' ? entered : await this.#wait(entered, trail);
    if (entry !== 'started') {
      trail.flowControl = `refused: ${verdict}: ${entry}`;
      const retry = { 'retry-after': String(level.dropped.retryAfter) };
      respondText(exchange, trail, 429, 'Too many requests, please try again later.\n', retry);
      return;
    }
    try {
      await this.#serveAllowed(request);
    } finally {
      level.leave(classification, seats);
    }
  }

  async #wait(entered: Promise<Entry>, trail: Trail): Promise<Entry> {
    const { clock, tracer } = this.#options.context;
    const { cause } = tracer;
    const since = clock.now();
    const entry = await entered;
    tracer.resume(cause);
    trail.flowControl = `${trail.flowControl ?? ''}, waited ${Math.round(clock.now() - since)} ms`;
    return entry;
  }

  /** How many objects there are of what is listed, as far as that is known. */
  #stored({ apiGroup, apiVersion, resource }: RequestInfo): number {
    const cache = this.#options.resources.find(apiGroup, apiVersion, resource)?.store.cache;
    return cache?.ready === true ? cache.size : 0;
  }

  async #serveAllowed(request: ApiRequest): Promise<void> {
    const { exchange, info, user, trail } = request;
    const attributes = attributesOf(info);
    const verdict = await this.#options.authorization.authorize(user, attributes);
    exchange.observer?.onAuthorization(verdict.decision === 'allow', verdict.reason);
    if (verdict.decision !== 'allow') {
      trail.authz = verdict.reason === '' ? 'refused' : `refused: ${verdict.reason}`;
      throw forbiddenError(user, attributes, verdict.reason);
    }
    trail.authz = verdict.reason === '' ? verdict.by : verdict.reason;
    checkBodySize(exchange.request);
    if (info.isResourceRequest) await this.#serveResource(request);
    else await this.#options.nonResource.handle(request);
  }

  async #impersonate(user: UserInfo, exchange: StagedExchange, trail: Trail): Promise<UserInfo> {
    const impersonation = impersonationOf(exchange.request.headers);
    if (impersonation === undefined) return user;
    for (const asked of impersonation.asks) {
      const verdict = await this.#options.authorization.authorize(user, asked);
      if (verdict.decision === 'allow') continue;
      trail.authz = 'refused to impersonate';
      throw forbiddenError(user, asked, verdict.reason);
    }
    trail.authn = `${trail.authn ?? ''}, impersonated by ${user.name}`;
    return impersonation.user;
  }

  async #serveResource(request: ApiRequest): Promise<void> {
    const resource = this.#options.resources.route(request.info);
    request.exchange.warning = resource.strategy.deprecation;
    await this.#serveRouted(request, resource);
  }

  async #serveRouted(request: ApiRequest, resource: ServedResource): Promise<void> {
    const { info } = request;
    if (info.subresource === '') {
      const handler = resource.review ?? HANDLERS[info.verb];
      if (handler === undefined) throw newMethodNotAllowed();
      await handler(request, resource);
      return;
    }
    if (info.name === '') throw newPathNotFound();
    const special = resource.subresources.get(info.subresource);
    if (special !== undefined) {
      if (!special.verbs.includes(info.verb)) throw newMethodNotAllowed();
      await special.handle(request, resource);
      return;
    }
    if (doorOf(resource.strategy, info.subresource) === undefined) throw newPathNotFound();
    if (!STATUS_VERBS.has(info.verb)) throw newMethodNotAllowed();
    await (HANDLERS[info.verb] as Handler)(request, resource);
  }

  #statusOf(error: unknown, info: RequestInfo): StatusError {
    if (error instanceof StatusError) return error;
    const message = error instanceof Error ? error.message : String(error);
    this.#options.context.log.error('request failed', { path: info.path, error: message });
    return newInternalError(message);
  }
}
