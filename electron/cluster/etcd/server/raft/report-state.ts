import type { Context } from '../../../../base/context.ts';
import { hexId } from '../../../raft/ids.ts';
import type { RaftId, SoftState } from '../../../raft/interface.ts';
import { NONE } from '../../../raft/interface.ts';

/** Says how a member's part has changed: its role as a record of the causal log, its leader as a line of its log. */
export function reportState(
  context: Context,
  memberId: RaftId,
  term: number,
  before: SoftState,
  state: SoftState,
): void {
  if (before.raftState !== state.raftState) recordRole(context, term, before, state);
  if (before.lead !== state.lead) logLeader(context, memberId, term, before.lead, state.lead);
}

function recordRole({ tracer }: Context, term: number, before: SoftState, state: SoftState): void {
  const { cause } = tracer;
  tracer.record({
    kind: 'state',
    subject: `raft ${tracer.actor}`,
    from: before.raftState,
    state: state.raftState,
    detail: { term, lead: state.lead === NONE ? '0' : hexId(state.lead) },
  });
  tracer.resume(cause);
}

/** Models the lines of raft/node.go. */
function logLeader({ log }: Context, memberId: RaftId, term: number, before: RaftId, lead: RaftId): void {
  const of = `raft.node: ${hexId(memberId)}`;
  const [line, what] =
    before === NONE
      ? [370, `${of} elected leader ${hexId(lead)}`]
      : lead === NONE
        ? [376, `${of} lost leader ${hexId(before)}`]
        : [372, `${of} changed leader from ${hexId(before)} to ${hexId(lead)}`];
  log.info(`${what} at term ${term}`, { logger: 'raft', caller: `v3@v3.6.0/node.go:${line}` });
}
