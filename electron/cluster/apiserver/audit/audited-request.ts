import type { Clock } from '../../../base/clock.ts';
import type { HttpRequest, HttpResponse } from '../../network/http.ts';
import { formatMicroTime } from '../../apimachinery/time.ts';
import type { AuthorizationAttributes } from '../auth/interface.ts';
import type { UserInfo } from '../auth/user.ts';
import type { RequestInfo } from '../endpoints/request-info.ts';
import type { RequestObserver } from '../endpoints/staged-exchange.ts';
import { isJsonObject, wireValue } from '../endpoints/wire-order.ts';
import type { AuditSink } from './audit-log.ts';
import type { AuditConfig } from './evaluate-policy.ts';
import type { AuditStage } from './interface.ts';
import { AUDIT_LEVELS } from './interface.ts';
import { withoutManagedFields } from './without-managed-fields.ts';

/** Characters of a User-Agent that are kept. */
const MAX_USER_AGENT = 1024;

type Fields = Readonly<Record<string, unknown>>;

export interface AuditedRequestOptions {
  readonly id: string;
  readonly clock: Clock;
  readonly sink: AuditSink;
  readonly config: AuditConfig;
  readonly request: HttpRequest;
  readonly info: RequestInfo;
  readonly attributes: AuthorizationAttributes;
  readonly sourceIp: string;
  /** Undefined for somebody who proved no identity. */
  readonly user: UserInfo | undefined;
  /** A stream, which is recorded when it begins as well. */
  readonly longRunning: boolean;
}

/** What is recorded of one request, stage by stage. Models WithAudit and audit/request.go (v1.34). */
export class AuditedRequest implements RequestObserver {
  readonly #options: AuditedRequestOptions;
  readonly #received: number;
  readonly #annotations = new Map<string, string>();
  #reference: Fields | undefined;
  #impersonated: UserInfo | undefined;
  #status: Fields | undefined;
  #requestObject: unknown;
  #responseObject: unknown;
  #over = false;

  constructor(options: AuditedRequestOptions) {
    this.#options = options;
    const { info, attributes, user } = options;
    this.#received = options.clock.now();
    if (info.isResourceRequest)
      this.#reference = present({
        resource: info.resource,
        namespace: info.namespace,
        name: attributes.name,
        uid: '',
        apiGroup: info.apiGroup,
        apiVersion: info.apiVersion,
        resourceVersion: '',
        subresource: info.subresource,
      });
    if (user !== undefined) this.#emit('RequestReceived', this.#received);
  }

  onImpersonation(user: UserInfo): void {
    this.#impersonated = user;
  }

  onAuthorization(allowed: boolean, reason: string): void {
    this.#annotations.set('authorization.k8s.io/decision', allowed ? 'allow' : 'forbid');
    this.#annotations.set('authorization.k8s.io/reason', reason);
  }

  onRequestObject(object: unknown): void {
    const metadata = isJsonObject(object) && isJsonObject(object['metadata']) ? object['metadata'] : {};
    const known = this.#reference ?? {};
    // What the path does not say, the object may.
    this.#reference = present({
      resource: known['resource'],
      namespace: known['namespace'] ?? metadata['namespace'],
      name: known['name'] ?? metadata['name'],
      uid: metadata['uid'],
      apiGroup: known['apiGroup'],
      apiVersion: known['apiVersion'],
      resourceVersion: metadata['resourceVersion'],
      subresource: known['subresource'],
    });
    if (this.#records('Request')) this.#requestObject = this.#cleaned(object);
  }

  onPatch(patch: unknown): void {
    if (this.#records('Request')) this.#requestObject = patch;
  }

  onResponse(response: HttpResponse, annotations: ReadonlyMap<string, string> | undefined): void {
    for (const [name, text] of annotations ?? []) this.#annotations.set(name, text);
    const object = objectOf(response);
    const status = isJsonObject(object) && object['kind'] === 'Status' ? object : {};
    this.#status = {
      metadata: {},
      ...present({
        status: status['status'],
        message: status['message'],
        reason: status['reason'],
        details: status['details'],
      }),
      code: response.status,
    };
    if (object !== undefined && this.#records('RequestResponse'))
      this.#responseObject = this.#cleaned(object);
    const { longRunning, user, clock } = this.#options;
    // Somebody unknown is recorded once, with the refusal.
    if (longRunning || user === undefined) this.#emit('ResponseStarted', clock.now());
  }

  onEnd(): void {
    if (this.#over || this.#options.user === undefined) return;
    this.#over = true;
    this.#status ??= { metadata: {}, status: 'Success', message: 'Connection closed early', code: 200 };
    this.#emit('ResponseComplete', this.#options.clock.now());
  }

  onPanic(message: string): void {
    this.#over = true;
    this.#status = {
      metadata: {},
      status: 'Failure',
      message: `APIServer panic'd: ${message}`,
      reason: 'InternalError',
      code: 500,
    };
    this.#emit('Panic', this.#options.clock.now());
  }

  #records(level: 'Request' | 'RequestResponse'): boolean {
    return AUDIT_LEVELS.indexOf(this.#options.config.level) >= AUDIT_LEVELS.indexOf(level);
  }

  #cleaned(object: unknown): unknown {
    return wireValue(this.#options.config.omitManagedFields ? withoutManagedFields(object) : object);
  }

  #emit(stage: AuditStage, time: number): void {
    const { config, id, request, attributes, user, sourceIp, sink } = this.#options;
    if (config.omitStages.includes(stage)) return;
    const agent = request.headers['user-agent'] ?? '';
    const annotations = [...this.#annotations].sort(([a], [b]) => (a < b ? -1 : 1));
    sink.write({
      kind: 'Event',
      apiVersion: 'audit.k8s.io/v1',
      level: config.level,
      auditID: id,
      stage,
      requestURI: request.target,
      verb: attributes.verb,
      user: user === undefined ? {} : userFields(user),
      ...present({
        impersonatedUser: this.#impersonated === undefined ? undefined : userFields(this.#impersonated),
        sourceIPs: [sourceIp],
        userAgent: agent.length > MAX_USER_AGENT ? `${agent.slice(0, MAX_USER_AGENT)}...TRUNCATED` : agent,
        objectRef: this.#reference,
        responseStatus: this.#status,
        requestObject: this.#requestObject,
        responseObject: this.#responseObject,
      }),
      requestReceivedTimestamp: formatMicroTime(this.#received),
      stageTimestamp: formatMicroTime(time),
      ...(annotations.length === 0 ? {} : { annotations: Object.fromEntries(annotations) }),
    });
  }
}

function userFields({ name, uid, groups, extra }: UserInfo): Fields {
  return { username: name, ...present({ uid, groups, extra }) };
}

/** Without what is undefined or an empty text, as Go leaves such fields out. */
function present(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== ''),
  );
}

/** The object of an answer; undefined for other content. */
function objectOf({ body, headers }: HttpResponse): unknown {
  if (body?.type === 'object') return body.value;
  if (body?.type !== 'text' || headers['content-type']?.startsWith('application/json') !== true)
    return undefined;
  return JSON.parse(body.text) as unknown;
}
