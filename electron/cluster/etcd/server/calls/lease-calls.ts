import type { AuthInfo } from '../../auth/interface.ts';
import { etcdError, isEtcdError } from '../../client/errors.ts';
import type { EtcdError, Uint64 } from '../../client/interface.ts';
import type { EtcdMethods } from '../../client/methods.ts';
import type { ServerCore } from '../core.ts';
import type { Caller, Reply } from '../interface.ts';
import { randomId } from '../random-id.ts';
import { isAtLeast } from '../version.ts';
import type { Calls } from './interface.ts';

/** The Lease service. Only the leader runs the leases' time: on other members keeping alive and asking go to it. */
export function leaseCalls(
  core: ServerCore,
): Pick<Calls, 'LeaseGrant' | 'LeaseRevoke' | 'LeaseKeepAlive' | 'LeaseTimeToLive' | 'LeaseLeases'> {
  const { auth, lessor, proposer, context, options } = core;
  /** Since 3.5 (and late patches of 3.4) leases are shown only to who may read all their keys. */
  const readsAreChecked = isAtLeast(options.version, 3, 5);

  /** Shows `check` every key of a lease, unless auth is off or root asks. @throws EtcdError */
  const checkKeys = (
    caller: Caller,
    ids: readonly Uint64[],
    check: (info: AuthInfo, key: string) => void,
  ): void => {
    if (!auth.enabled || caller.isPeer === true) return;
    const info = proposer.authInfo(caller);
    if (info === undefined) throw etcdError('userEmpty');
    if (auth.isAdmin(info)) return;
    for (const id of ids) for (const key of lessor.keysOf(id)) check(info, key);
  };
  const checkPut = (info: AuthInfo, key: string): void => auth.checkPut(info, key);
  const checkRange = (info: AuthInfo, key: string): void => auth.checkRange(info, key);

  /** `here` on the leader; elsewhere the members' own way to it, once there is one. */
  const onLeader = <M extends 'LeaseKeepAlive' | 'LeaseTimeToLive'>(
    method: M,
    request: EtcdMethods[M]['request'],
    reply: Reply<EtcdMethods[M]['response']>,
    here: () => void,
  ): void => {
    const { cluster } = core.options;
    if (lessor.isPrimary || cluster === undefined) here();
    else cluster.call(method, request, reply);
  };

  return {
    LeaseGrant(request, caller, reply) {
      let { id = '0' } = request;
      const chosen = id === '0';
      while (chosen && (id === '0' || lessor.has(id))) id = randomId(context.rand, 63);
      proposer.propose({ leaseGrant: { id, ttl: request.ttl } }, caller, reply);
    },
    LeaseRevoke(leaseRevoke, caller, reply) {
      proposer.propose({ leaseRevoke }, caller, reply);
    },
    LeaseKeepAlive(request, caller, reply) {
      const { id } = request;
      checkKeys(caller, [id], checkPut);
      onLeader('LeaseKeepAlive', request, reply, () => {
        const ttl = unlessNotFound(() => lessor.renew(id)) ?? 0;
        reply({ response: { header: core.header(), id, ttl } });
      });
    },
    LeaseTimeToLive(request, caller, reply) {
      const { id } = request;
      if (request.keys === true && readsAreChecked) checkKeys(caller, [id], checkRange);
      onLeader('LeaseTimeToLive', request, reply, () => {
        const info = unlessNotFound(() => lessor.info(id));
        const header = core.header();
        if (info === undefined) {
          reply({ response: { header, id, ttl: -1, grantedTtl: 0, keys: [] } });
          return;
        }
        const keys = request.keys === true ? info.keys : [];
        reply({ response: { header, id, ttl: info.remaining, grantedTtl: info.grantedTtl, keys } });
      });
    },
    LeaseLeases(_, caller, reply) {
      const ids = lessor.list();
      if (readsAreChecked) checkKeys(caller, ids, checkRange);
      reply({ response: { header: core.header(), leases: ids.map((id) => ({ id })) } });
    },
  };
}

function unlessNotFound<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isEtcdError(error as EtcdError, 'leaseNotFound')) return undefined;
    throw error;
  }
}
