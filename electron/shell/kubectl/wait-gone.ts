import { KubectlError } from './errors.ts';
import { stringAt } from './json.ts';
import type { Session } from './session.ts';
import { watchObject } from './watch-object.ts';
import type { ObjectRef } from './writes.ts';

/** Calls `act` with a signal that fires after `ms` (0: never). Answers `timeout` when it fired first. */
export async function withDeadline<T>(
  ms: number,
  act: (signal: AbortSignal) => Promise<T>,
): Promise<{ value: T } | 'timeout'> {
  const controller = new AbortController();
  let late = false;
  const timer = ms > 0 ? setTimeout(() => ((late = true), controller.abort()), ms) : undefined;
  try {
    const value = await act(controller.signal);
    return late ? 'timeout' : { value };
  } finally {
    if (timer) clearTimeout(timer);
  }
}

/** Waits until the object with this uid is no more. Throws after `timeoutMs` (0 waits for ever). */
export async function waitGone(
  session: Session,
  ref: ObjectRef,
  uid: string,
  timeoutMs: number,
): Promise<void> {
  const outcome = await withDeadline(timeoutMs, async (signal) => {
    for await (const change of watchObject(session, ref, signal)) {
      if (change === undefined || change.type === 'DELETED') return;
      if (uid !== '' && stringAt(change.object, 'metadata', 'uid') !== uid) return;
    }
  });
  if (outcome === 'timeout')
    throw new KubectlError(`timed out waiting for the condition on ${ref.mapping.name}/${ref.name}`);
}
