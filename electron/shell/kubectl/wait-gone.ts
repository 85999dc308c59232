import { isNotFound, KubectlError, StatusError } from './errors.ts';
import { isObject, parseObject, stringAt } from './json.ts';
import { getObject } from './objects.ts';
import { resourcePath } from './rest-mapper.ts';
import type { Session } from './session.ts';
import type { ObjectRef } from './writes.ts';

/** Calls `act` with a signal that fires after `ms` (0: never). Answers whether it fired first. */
export async function withDeadline<T>(ms: number, act: (signal: AbortSignal) => Promise<T>): Promise<{ value: T } | 'timeout'> {
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
export async function waitGone(session: Session, ref: ObjectRef, uid: string, timeoutMs: number): Promise<void> {
  const outcome = await withDeadline(timeoutMs, async (signal) => {
    while (!signal.aborted && !session.io.signal.aborted) {
      let version: string;
      try {
        const object = await getObject(session, ref.mapping, ref.namespace, ref.name);
        if (uid !== '' && stringAt(object, 'metadata', 'uid') !== uid) return;
        version = stringAt(object, 'metadata', 'resourceVersion');
      } catch (error) {
        if (isNotFound(error)) return;
        throw error;
      }
      if (await watchDeleted(session, ref, version, signal)) return;
    }
  });
  if (outcome === 'timeout') throw new KubectlError(`timed out waiting for the condition on ${ref.mapping.name}/${ref.name}`);
}

/** True once the watch says the object was deleted; false when the watch ended for another reason. */
async function watchDeleted(session: Session, ref: ObjectRef, resourceVersion: string, signal: AbortSignal): Promise<boolean> {
  const transport = await session.transport();
  try {
    const query = { watch: 'true', fieldSelector: `metadata.name=${ref.name}`, resourceVersion };
    for await (const line of transport.lines({ path: resourcePath(ref.mapping, ref.namespace), query }, signal)) {
      const event = parseObject(line);
      if (stringAt(event, 'type') === 'DELETED' && isObject(event?.['object'])) return true;
      if (stringAt(event, 'type') === 'ERROR') return false;
    }
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
  }
  return false;
}
