import type { CausalRecord } from '../../base/causal-record.ts';
import type { TimeState } from '../../shared/contract/session.ts';
import type { ClusterSession } from '../cluster-session.ts';

/** A step gives up after so much virtual time. */
const STEP_LIMIT = 10 * 60_000;

export function timeState(session: ClusterSession | undefined): TimeState {
  if (session === undefined)
    return { now: 0, paused: true, speed: 1, quiescent: false, revision: 0, record: 0 };
  const { pacer, objects, simulation, records } = session;
  return {
    now: Math.floor(pacer.now),
    paused: pacer.paused,
    speed: pacer.speed,
    quiescent: records.quiescent,
    revision: objects.revision,
    record: simulation.log.nextId - 1,
  };
}

/** Pauses and runs until something of that kind has happened. */
export async function step(
  session: ClusterSession,
  until: 'cause' | 'write' | 'decision' | 'quiescent',
): Promise<void> {
  const { simulation, objects, pacer, records } = session;
  const from = simulation.log.nextId;
  const revision = objects.revision;
  const happened = (matches: (record: CausalRecord) => boolean): boolean => {
    for (const record of simulation.log.range(from))
      if (!records.isRoutine(record) && matches(record)) return true;
    return false;
  };
  const enough = {
    cause: () => happened(() => true),
    write: () => objects.revision > revision && happened(() => true),
    decision: () => happened((record) => record.kind === 'decision'),
    quiescent: () => records.quiescent,
  }[until];
  await pacer.stepUntil(enough, STEP_LIMIT);
}
