import type { EndpointSlice, Node, Pod, Service } from '../../api/types.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import type { SharedInformer } from '../../client/shared-informer.ts';
import type { WorkQueue } from '../../client/work-queue.ts';
import { runWorkers } from '../../client/workers.ts';
import { hasSelector, isHeadless, podsOf, watchServices } from '../endpoints/service-pods.ts';
import { TriggerTimes } from '../endpoints/trigger-times.ts';
import type { Controller, ControllerContext } from '../interface.ts';
import { podEndpoints } from './pod-endpoints.ts';
import { SliceReconciler } from './slice-reconciler.ts';

const headlessLabel = 'service.kubernetes.io/headless';
const workers = 5;
const maxRetries = 15;

/** Keeps the EndpointSlices of the Services that have a selector. Models pkg/controller/endpointslice (v1.34). */
export class EndpointSliceController implements Controller {
  readonly #c: ControllerContext;
  readonly #queue: WorkQueue;
  readonly #services: SharedInformer<Service>;
  readonly #pods: SharedInformer<Pod>;
  readonly #nodes: SharedInformer<Node>;
  readonly #reconciler: SliceReconciler<Service>;
  readonly #times = new TriggerTimes();

  constructor(c: ControllerContext) {
    this.#c = c;
    this.#queue = c.journal.queue('endpoint_slice', { resource: 'services' });
    this.#services = c.factory.informer(resourceTypes.services);
    this.#pods = c.factory.informer(resourceTypes.pods);
    this.#nodes = c.factory.informer(resourceTypes.nodes);
    const slices = c.factory.informer<EndpointSlice>(resourceTypes.endpointSlices);
    const manager = 'endpointslice-controller.k8s.io';
    this.#reconciler = new SliceReconciler(c, slices, resourceTypes.services, manager);
    watchServices(this.#services, this.#pods, (key) => this.#queue.add(key));
    const foreign = (slice: EndpointSlice): void => {
      const key = this.#reconciler.isForeign(slice) ? this.#reconciler.serviceOf(slice) : undefined;
      if (key !== undefined) this.#queue.add(key);
    };
    slices.addEventHandler({
      onAdd: foreign,
      onUpdate: (_, slice) => foreign(slice),
      onDelete: (slice) => {
        this.#reconciler.forget(slice);
        const key = this.#reconciler.serviceOf(slice);
        if (key !== undefined) this.#queue.add(key);
      },
    });
  }

  run(): void {
    const sync = (key: string): Promise<void> => this.#sync(key);
    runWorkers(this.#c.context, { queue: this.#queue, workers, sync, maxRetries });
  }

  async #sync(key: string): Promise<void> {
    const service = this.#services.lister.get(key);
    if (service === undefined) {
      // Its slices go with their owner.
      this.#times.forget(key);
      return;
    }
    if (!hasSelector(service)) return;
    const pods = podsOf(service, this.#pods);
    const labels: Record<string, string> = { ...service.metadata?.labels };
    delete labels[headlessLabel];
    if (isHeadless(service)) labels[headlessLabel] = '';
    await this.#reconciler.reconcile({
      owner: service,
      groups: podEndpoints(service, pods, (name) => this.#nodes.lister.get(name)),
      labels,
      trigger: this.#times.changed(key, service, pods),
    });
  }
}
