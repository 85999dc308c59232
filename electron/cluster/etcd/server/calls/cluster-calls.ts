import { ANONYMOUS } from '../../auth/interface.ts';
import { etcdError } from '../../client/errors.ts';
import { EtcdError } from '../../client/interface.ts';
import type { ServerCore } from '../core.ts';
import type { ClusterMethod } from '../interface.ts';
import type { Call, Calls } from './interface.ts';

type Answered = Exclude<ClusterMethod, 'LeaseKeepAlive' | 'LeaseTimeToLive'>;

/** The Cluster service and what of Maintenance is about the members; who keeps the membership answers. */
export function clusterCalls(core: ServerCore): Pick<Calls, Answered> {
  const { auth, proposer, options } = core;

  const forward =
    <M extends Answered>(method: M): Call<M> =>
    (request, _, reply) => {
      const { cluster } = options;
      if (cluster === undefined) throw new EtcdError('Unimplemented', `unknown method ${method}`);
      cluster.call(method, request, reply);
    };

  /** Changing the members needs root. */
  const change =
    <M extends Answered>(method: M): Call<M> =>
    (request, caller, reply) => {
      auth.checkAdmin(proposer.authInfo(caller) ?? ANONYMOUS);
      forward(method)(request, caller, reply);
    };

  return {
    MemberAdd: change('MemberAdd'),
    MemberRemove: change('MemberRemove'),
    MemberUpdate: change('MemberUpdate'),
    MemberPromote: change('MemberPromote'),
    MemberList: forward('MemberList'),
    MoveLeader(request, caller, reply) {
      if (core.consensus.leader !== core.memberId) throw etcdError('notLeader');
      forward('MoveLeader')(request, caller, reply);
    },
    Downgrade: forward('Downgrade'),
  };
}
