import { StatusError } from './errors.ts';
import type { JsonObject } from './json.ts';
import { isObject, listAt, parseObject, stringAt } from './json.ts';
import { resourcePath } from './rest-mapper.ts';
import type { Session } from './session.ts';
import type { ObjectRef } from './writes.ts';

export interface ObjectChange {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: JsonObject;
}

/**
 * One object as it is and every change of it: a list of one, then a watch from there, begun again when the server ends it
 * or has forgotten the version. Ends when the signal fires. An object that is not there yields `undefined` first.
 */
export async function* watchObject(
  session: Session,
  ref: ObjectRef,
  signal: AbortSignal,
): AsyncGenerator<ObjectChange | undefined> {
  const transport = await session.transport();
  const path = resourcePath(ref.mapping, ref.namespace);
  const fieldSelector = `metadata.name=${ref.name}`;
  while (!signal.aborted && !session.io.signal.aborted) {
    const list = await transport.json({ path, query: { fieldSelector } });
    const first = listAt(list, 'items')[0];
    yield isObject(first) ? { type: 'ADDED', object: first } : undefined;
    const query = {
      watch: 'true',
      fieldSelector,
      resourceVersion: stringAt(list, 'metadata', 'resourceVersion'),
    };
    for await (const line of transport.lines({ path, query }, signal)) {
      const event = parseObject(line);
      const object = event?.['object'];
      const type = stringAt(event, 'type');
      if (!isObject(object)) continue;
      if (type === 'ERROR') {
        const failure = new StatusError(object);
        if (failure.code === 410) break;
        throw failure;
      }
      if (type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED') yield { type, object };
    }
  }
}
