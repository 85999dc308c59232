import type { AuthStore } from '../../auth/auth-store.ts';
import type { AuthInfo } from '../../auth/interface.ts';
import { ANONYMOUS } from '../../auth/interface.ts';
import { etcdError } from '../../client/errors.ts';
import type { ResponseHeader } from '../../client/interface.ts';
import type { AlarmMember, AlarmRequest, AlarmResponse } from '../../client/maintenance.ts';
import type { Lessor } from '../../lease/lessor.ts';
import type { InternalRequest } from '../interface.ts';
import type { AlarmStore } from './alarm-store.ts';
import { AuthApplier } from './auth-applier.ts';
import { checkRequest } from './auth-check.ts';
import { headerOf } from './header-of.ts';
import type { KvApplier } from './kv-applier.ts';
import type { Quota } from './quota.ts';
import { requestCost } from './quota.ts';

/** What a corrupt member no longer does. */
const REFUSED_WHEN_CORRUPT = [
  'put',
  'deleteRange',
  'txn',
  'compaction',
  'leaseGrant',
  'leaseRevoke',
] as const;

export interface ApplierParts {
  readonly kv: KvApplier;
  readonly auth: AuthStore;
  readonly lessor: Lessor;
  readonly alarms: AlarmStore;
  readonly quota: Quota;
}

/**
 * Applies agreed requests to a member: first what its alarms forbid, then what the asking user may not, then the
 * request itself, then whether it fitted. The same requests in the same order give the same data everywhere. Headers
 * it makes carry the revision only. Models server/etcdserver/apply.
 */
export class Applier {
  readonly #parts: ApplierParts;
  readonly #auth: AuthApplier;

  constructor(parts: ApplierParts) {
    this.#parts = parts;
    this.#auth = new AuthApplier(parts.auth);
  }

  /** `index`: of the entry. @throws EtcdError; then nothing has changed, unless it is `noSpace` */
  apply(request: InternalRequest, index: number): unknown {
    const { kv, auth, lessor, alarms, quota } = this.#parts;
    if (alarms.has('CORRUPT') && REFUSED_WHEN_CORRUPT.some((kind) => kind in request)) {
      throw etcdError('corrupt');
    }
    if (alarms.has('NOSPACE') && requestCost(request) > 0) throw etcdError('noSpace');
    if (auth.enabled) checkRequest(auth, lessor, infoOf(request), request);
    const fits = quota.available(request);
    const response = this.#dispatch(kv, request, index);
    // Every member must do the same, and another one may have had room: it is carried out all the same.
    if (!fits) throw etcdError('noSpace');
    return response;
  }

  #dispatch(kv: KvApplier, request: InternalRequest, index: number): unknown {
    const done = kv.apply(request);
    if (done !== undefined) return done;
    if ('alarm' in request) return this.#alarm(request.alarm);
    const answered = this.#auth.apply(request, index, headerOf(kv.revision));
    if (answered !== undefined) return answered;
    throw new Error(`Applier.apply: nobody applies ${Object.keys(request).join()}`);
  }

  #alarm({ action, memberId, alarm }: AlarmRequest): AlarmResponse {
    const { alarms, kv } = this.#parts;
    const header: ResponseHeader = headerOf(kv.revision);
    const one = (member: AlarmMember | undefined): AlarmResponse => ({
      header,
      alarms: member === undefined ? [] : [member],
    });
    switch (action) {
      case 'GET':
        return { header, alarms: alarms.get(alarm) };
      case 'ACTIVATE':
        return one(alarm === 'NONE' ? undefined : alarms.activate(memberId, alarm));
      case 'DEACTIVATE':
        return one(alarms.deactivate(memberId, alarm));
    }
  }
}

function infoOf({ header }: InternalRequest): AuthInfo {
  return header === undefined ? ANONYMOUS : { username: header.username, revision: header.authRevision };
}
