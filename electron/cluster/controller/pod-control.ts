import { nameOf, namespaceOf, uidOf } from '../apimachinery/meta.ts';
import type { KubeObject, OwnerReference } from '../apimachinery/types.ts';
import type { Pod, PodTemplateSpec } from '../api/types.ts';
import { errorText, hasStatusCause, isNotFound } from '../client/api-errors.ts';
import type { EventRecorder } from '../client/event-recorder.ts';
import type { ApiClient } from '../client/interface.ts';
import type { ResourceType } from '../client/resource-type.ts';
import { resourceTypes } from '../client/resource-types.ts';

const maxPrefix = 253 - 5;

/** Creates and deletes the Pods of a controller's object, and tells of it in events. Models pkg/controller RealPodControl (v1.34). */
export class PodControl<O extends KubeObject> {
  readonly #client: ApiClient;
  readonly #recorder: EventRecorder;
  readonly #ownerType: ResourceType<O>;

  constructor(client: ApiClient, recorder: EventRecorder, ownerType: ResourceType<O>) {
    this.#client = client;
    this.#recorder = recorder;
    this.#ownerType = ownerType;
  }

  /** @throws Error of the API call */
  async create(owner: O, template: PodTemplateSpec, prefix = `${nameOf(owner)}-`): Promise<Pod> {
    const namespace = namespaceOf(owner);
    const reference: OwnerReference = {
      apiVersion: this.#ownerType.apiVersion,
      kind: this.#ownerType.kind,
      name: nameOf(owner),
      uid: uidOf(owner),
      controller: true,
      blockOwnerDeletion: true,
    };
    const { labels, annotations, finalizers } = template.metadata ?? {};
    const pod: Pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        generateName: prefix.length > maxPrefix ? `${prefix.slice(0, maxPrefix)}` : prefix,
        namespace,
        ...(labels === undefined ? {} : { labels }),
        ...(annotations === undefined ? {} : { annotations }),
        ...(finalizers === undefined ? {} : { finalizers }),
        ownerReferences: [reference],
      },
      ...(template.spec === undefined ? {} : { spec: template.spec }),
    };
    try {
      const created = await this.#client.resource<Pod>(resourceTypes.pods, namespace).create(pod);
      this.#say(owner, 'Normal', 'SuccessfulCreate', `Created pod: ${nameOf(created)}`);
      return created;
    } catch (error) {
      // Events cannot be written there any more either.
      if (!hasStatusCause(error, 'NamespaceTerminating')) {
        this.#say(owner, 'Warning', 'FailedCreate', `Error creating: ${errorText(error)}`);
      }
      throw error;
    }
  }

  /** @throws Error of the API call; without an event where the Pod is gone already. */
  async delete(owner: O, name: string): Promise<void> {
    try {
      await this.#client.resource<Pod>(resourceTypes.pods, namespaceOf(owner)).delete(name);
    } catch (error) {
      if (isNotFound(error)) throw error;
      const text = errorText(error);
      this.#say(owner, 'Warning', 'FailedDelete', `Error deleting: ${text}`);
      throw error;
    }
    this.#say(owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
  }

  #say(owner: O, type: 'Normal' | 'Warning', reason: string, message: string): void {
    const { apiVersion, kind } = this.#ownerType;
    this.#recorder.event({ apiVersion, kind, object: owner }, type, reason, message);
  }
}
