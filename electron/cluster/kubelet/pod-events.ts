import type { Container, Pod } from '../api/types.ts';
import type { EventRecorder, EventType } from '../client/event-recorder.ts';
import { listOf } from './pod-accessors.ts';

/** Says what happens to Pods and containers. */
export class PodEvents {
  readonly #recorder: EventRecorder;

  constructor(recorder: EventRecorder) {
    this.#recorder = recorder;
  }

  /** `annotations`: of the event itself. */
  pod(
    pod: Pod,
    type: EventType,
    reason: string,
    message: string,
    annotations?: Readonly<Record<string, string>>,
  ): void {
    const target = { apiVersion: 'v1', kind: 'Pod', object: pod };
    this.#recorder.event(
      annotations === undefined ? target : { ...target, annotations },
      type,
      reason,
      message,
    );
  }

  container(pod: Pod, container: Container, type: EventType, reason: string, message: string): void {
    const fieldPath = `spec.${listOf(pod, container.name)}{${container.name}}`;
    this.#recorder.event({ apiVersion: 'v1', kind: 'Pod', object: pod, fieldPath }, type, reason, message);
  }
}
