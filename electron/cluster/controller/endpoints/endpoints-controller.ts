import { formatTime } from '../../apimachinery/time.ts';
import { canonicalText } from '../../apimachinery/names.ts';
import type { Endpoints, Pod, Service } from '../../api/types.ts';
import { errorText, hasStatusCause, isNotFound } from '../../client/api-errors.ts';
import { objectKey, splitObjectKey } from '../../client/object-key.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import type { SharedInformer } from '../../client/shared-informer.ts';
import type { WorkQueue } from '../../client/work-queue.ts';
import { runWorkers } from '../../client/workers.ts';
import { decide } from '../decision.ts';
import type { Controller, ControllerContext } from '../interface.ts';
import { endpointSubsets, truncate } from './endpoint-subsets.ts';
import { hasSelector, isHeadless, podsOf, watchServices } from './service-pods.ts';
import { TriggerTimes } from './trigger-times.ts';

const headlessLabel = 'service.kubernetes.io/headless';
const managedByLabel = 'endpoints.kubernetes.io/managed-by';
const triggerAnnotation = 'endpoints.kubernetes.io/last-change-trigger-time';
const capacityAnnotation = 'endpoints.kubernetes.io/over-capacity';
const workers = 5;
const maxRetries = 15;

/** Lists the addresses of the Pods behind each Service in its Endpoints. Models pkg/controller/endpoint (v1.34). */
export class EndpointsController implements Controller {
  readonly #c: ControllerContext;
  readonly #queue: WorkQueue;
  readonly #services: SharedInformer<Service>;
  readonly #pods: SharedInformer<Pod>;
  readonly #endpoints: SharedInformer<Endpoints>;
  readonly #times = new TriggerTimes();

  constructor(c: ControllerContext) {
    this.#c = c;
    this.#queue = c.journal.queue('endpoint', { resource: 'services' });
    this.#services = c.factory.informer(resourceTypes.services);
    this.#pods = c.factory.informer(resourceTypes.pods);
    this.#endpoints = c.factory.informer(resourceTypes.endpoints);
    watchServices(this.#services, this.#pods, (key) => this.#queue.add(key));
    this.#endpoints.addEventHandler({ onDelete: (endpoints) => this.#queue.add(objectKey(endpoints)) });
  }

  run(): void {
    const sync = (key: string): Promise<void> => this.#sync(key);
    runWorkers(this.#c.context, { queue: this.#queue, workers, sync, maxRetries });
    // Those of Services that went while nobody looked.
    for (const endpoints of this.#endpoints.lister.list())
      if (endpoints.metadata?.annotations?.['control-plane.alpha.kubernetes.io/leader'] === undefined)
        this.#queue.add(objectKey(endpoints));
  }

  async #sync(key: string): Promise<void> {
    const service = this.#services.lister.get(key);
    if (service === undefined) {
      this.#times.forget(key);
      await this.#delete(key);
      return;
    }
    if (!hasSelector(service)) return;
    const pods = podsOf(service, this.#pods);
    const trigger = this.#times.changed(key, service, pods);
    const { subsets, truncated } = truncate(endpointSubsets(service, pods));
    const present = this.#endpoints.lister.get(key);
    const labels = labelsOf(service);
    const annotations: Record<string, string> = { ...present?.metadata?.annotations };
    delete annotations[capacityAnnotation];
    if (truncated) annotations[capacityAnnotation] = 'truncated';
    const same =
      present !== undefined &&
      canonicalText(present.subsets ?? []) === canonicalText(subsets) &&
      canonicalText(present.metadata?.labels ?? {}) === canonicalText(labels) &&
      present.metadata?.annotations?.[capacityAnnotation] === annotations[capacityAnnotation];
    if (same) return;
    delete annotations[triggerAnnotation];
    if (trigger !== undefined) annotations[triggerAnnotation] = formatTime(trigger);
    await this.#write(key, present, { labels, annotations, subsets });
  }

  async #write(
    key: string,
    present: Endpoints | undefined,
    next: {
      readonly labels: Readonly<Record<string, string>>;
      readonly annotations: Readonly<Record<string, string>>;
      readonly subsets: NonNullable<Endpoints['subsets']>;
    },
  ): Promise<void> {
    const { namespace, name } = splitObjectKey(key);
    const { labels, annotations, subsets } = next;
    const count = (of: Endpoints['subsets']): string =>
      `${(of ?? []).flatMap(({ addresses }) => addresses ?? []).length} ready addresses`;
    decide(this.#c, {
      subject: `services ${key}`,
      action: present === undefined ? 'create-endpoints' : 'update-endpoints',
      desired: count(subsets),
      observed: present === undefined ? 'no Endpoints' : count(present.subsets),
    });
    const client = this.#c.client.resource<Endpoints>(resourceTypes.endpoints, namespace);
    const metadata = { ...present?.metadata, name, namespace, labels, annotations };
    const object: Endpoints = { ...present, metadata, subsets };
    try {
      if (present === undefined) await client.create(object);
      else await client.update(object);
    } catch (error) {
      if (present === undefined && hasStatusCause(error, 'NamespaceTerminating')) return;
      const verb = present === undefined ? 'create' : 'update';
      const reason = present === undefined ? 'FailedToCreateEndpoint' : 'FailedToUpdateEndpoint';
      const why = errorText(error);
      const target = { apiVersion: 'v1', kind: 'Endpoints', object };
      this.#c.recorder.event(target, 'Warning', reason, `Failed to ${verb} endpoint ${key}: ${why}`);
      throw error;
    }
  }

  async #delete(key: string): Promise<void> {
    if (this.#endpoints.lister.get(key) === undefined) return;
    const { namespace, name } = splitObjectKey(key);
    decide(this.#c, {
      subject: `services ${key}`,
      action: 'delete-endpoints',
      desired: 'no Endpoints',
      observed: 'the Service is gone',
    });
    try {
      await this.#c.client.resource<Endpoints>(resourceTypes.endpoints, namespace).delete(name);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}

function labelsOf(service: Service): Record<string, string> {
  const labels: Record<string, string> = { ...service.metadata?.labels };
  delete labels[headlessLabel];
  if (isHeadless(service)) labels[headlessLabel] = '';
  labels[managedByLabel] = 'endpoint-controller';
  return labels;
}
