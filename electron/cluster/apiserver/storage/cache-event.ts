import type { KubeObject } from '../../api/types.ts';
import type { WatchEvent } from '../../client/interface.ts';
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
  #added: HttpBody | undefined;
  #modified: HttpBody | undefined;
  #deleted: HttpBody | undefined;

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
    if (type === 'ADDED') return (this.#added ??= frame(type, this.object as KubeObject));
    if (type === 'MODIFIED') return (this.#modified ??= frame(type, this.object as KubeObject));
    return (this.#deleted ??= frame(type, withResourceVersion(this.previous ?? {}, this.revision)));
  }
}

function frame(type: WatchEvent['type'], object: KubeObject): HttpBody {
  const event: WatchEvent = { type, object };
  return { type: 'object', value: event };
}
