import type { KubeObject } from '../api/types.ts';
import type { EventRecorder, EventType } from '../client/event-recorder.ts';

/** Says what happens to the node. Its events carry its name for uid, as upstream's do. */
export class NodeEvents {
  readonly #recorder: EventRecorder;
  readonly #object: KubeObject;

  constructor(recorder: EventRecorder, nodeName: string) {
    this.#recorder = recorder;
    this.#object = { metadata: { name: nodeName, uid: nodeName } };
  }

  say(type: EventType, reason: string, message: string): void {
    this.#recorder.event({ apiVersion: '', kind: 'Node', object: this.#object }, type, reason, message);
  }
}
