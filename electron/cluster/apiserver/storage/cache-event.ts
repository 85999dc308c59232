import type { KubeObject } from '../../api/types.ts';
import type { WatchEvent, WatchEventType } from '../../client/interface.ts';
import type { HttpBody } from '../../network/http.ts';
import { withResourceVersion } from './object-codec.ts';

/**
 * One change of one object. What goes out to watchers is made once per event and shared by all of them: the
 * same change is ADDED, MODIFIED or DELETED to a watcher, depending on what its selector says of the object
 * before and after.
 */
export class CacheEvent {
  readonly key: string;
  readonly revision: number;
  /** Virtual milliseconds; decides how long the event stays in the window. */
  readonly time: number;
  /** Undefined after a deletion. */
  readonly object: KubeObject | undefined;
  readonly previous: KubeObject | undefined;
  readonly #bodies = new Map<WatchEventType, HttpBody>();

  constructor(
    key: string,
    revision: number,
    time: number,
    object: KubeObject | undefined,
    previous: KubeObject | undefined,
  ) {
    this.key = key;
    this.revision = revision;
    this.time = time;
    this.object = object;
    this.previous = previous;
  }

  /** The frame for watchers. For DELETED the last state that matched, carrying the revision of this event. */
  body(type: 'ADDED' | 'MODIFIED' | 'DELETED'): HttpBody {
    let body = this.#bodies.get(type);
    if (body === undefined) {
      const object =
        type === 'DELETED'
          ? withResourceVersion(this.previous ?? {}, this.revision)
          : (this.object as KubeObject);
      const event: WatchEvent = { type, object };
      body = { type: 'object', value: event };
      this.#bodies.set(type, body);
    }
    return body;
  }
}
