import type { Clock } from '../../../base/clock.ts';
import type { HttpRequest } from '../../network/http.ts';
import { attributesOf } from '../auth/attributes-of.ts';
import type { UserInfo } from '../auth/user.ts';
import type { RequestInfo } from '../endpoints/request-info.ts';
import type { AuditSink } from './audit-log.ts';
import { AuditedRequest } from './audited-request.ts';
import { evaluatePolicy } from './evaluate-policy.ts';
import type { AuditPolicy } from './interface.ts';

export interface AuditorOptions {
  readonly clock: Clock;
  readonly policy: AuditPolicy;
  readonly sink: AuditSink;
}

export const AUDIT_ID = 'audit-id';

/** Records requests as a policy wants it. */
export class Auditor {
  readonly #options: AuditorOptions;

  constructor(options: AuditorOptions) {
    this.#options = options;
  }

  /** A request that came in from `user` (undefined: unknown); undefined when nothing is to be recorded of it. */
  begin(
    id: string,
    request: HttpRequest,
    info: RequestInfo,
    user: UserInfo | undefined,
    sourceIp: string,
    longRunning: boolean,
  ): AuditedRequest | undefined {
    const { policy, clock, sink } = this.#options;
    const attributes = attributesOf(info);
    const config = evaluatePolicy(policy, user, attributes);
    if (config.level === 'None') return undefined;
    return new AuditedRequest({
      id, clock, sink, config, request, info, attributes, sourceIp, user, longRunning,
    }); // prettier-ignore
  }
}
