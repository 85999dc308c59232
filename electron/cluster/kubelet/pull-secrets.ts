import type { Pod, Secret } from '../api/types.ts';
import { metaOf } from './pod-accessors.ts';
import type { PodEvents } from './pod-events.ts';
import { ContainerConfigError } from './referenced-objects.ts';
import type { ReferencedObjects } from './referenced-objects.ts';

/** Finds the Secrets that a Pod's images are pulled with. Models kubelet_pods.go getPullSecretsForPod (v1.34). */
export class PullSecrets {
  readonly #objects: ReferencedObjects;
  readonly #events: PodEvents;

  constructor(objects: ReferencedObjects, events: PodEvents) {
    this.#objects = objects;
    this.#events = events;
  }

  /** Those that are there; of the others an event says that the pull may fail. */
  async of(pod: Pod): Promise<readonly Secret[]> {
    const found: Secret[] = [];
    const missing: string[] = [];
    for (const { name = '' } of pod.spec?.imagePullSecrets ?? []) {
      if (name === '') continue;
      try {
        found.push(await this.#objects.secret(metaOf(pod).namespace, name));
      } catch (error) {
        if (!(error instanceof ContainerConfigError)) throw error;
        missing.push(name);
      }
    }
    if (missing.length > 0)
      this.#events.pod(
        pod,
        'Warning',
        'FailedToRetrieveImagePullSecret',
        `Unable to retrieve some image pull secrets (${missing.join(', ')}); attempting to pull the image may not succeed.`,
      );
    return found;
  }
}
