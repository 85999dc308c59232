import { canonicalText } from '../../apimachinery/names.ts';
import type { EndpointSlice, Endpoints, Service } from '../../api/types.ts';
import { objectKey } from '../../client/object-key.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import type { SharedInformer } from '../../client/shared-informer.ts';
import type { WorkQueue } from '../../client/work-queue.ts';
import { runWorkers } from '../../client/workers.ts';
import type { EndpointGroup, SliceEndpoint, SlicePort } from '../endpointslice/slice-reconciler.ts';
import { SliceReconciler } from '../endpointslice/slice-reconciler.ts';
import type { Controller, ControllerContext } from '../interface.ts';

const skipLabel = 'endpointslice.kubernetes.io/skip-mirror';
const leaderAnnotation = 'control-plane.alpha.kubernetes.io/leader';
const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration';
const workers = 5;
const maxRetries = 15;
const maxEndpoints = 1000;

/** Writes EndpointSlices after Endpoints that someone keeps by hand. Models pkg/controller/endpointslicemirroring (v1.34). */
export class EndpointSliceMirroringController implements Controller {
  readonly #c: ControllerContext;
  readonly #queue: WorkQueue;
  readonly #services: SharedInformer<Service>;
  readonly #endpoints: SharedInformer<Endpoints>;
  readonly #reconciler: SliceReconciler<Endpoints>;

  constructor(c: ControllerContext) {
    this.#c = c;
    this.#queue = c.journal.queue('endpoint_slice_mirroring', { resource: 'endpoints' });
    this.#services = c.factory.informer(resourceTypes.services);
    this.#endpoints = c.factory.informer(resourceTypes.endpoints);
    const slices = c.factory.informer<EndpointSlice>(resourceTypes.endpointSlices);
    const manager = 'endpointslicemirroring-controller.k8s.io';
    this.#reconciler = new SliceReconciler(c, slices, resourceTypes.endpoints, manager, maxEndpoints);
    const add = (object: Service | Endpoints): void => this.#queue.add(objectKey(object));
    this.#services.addEventHandler({ onAdd: add, onUpdate: (_, service) => add(service), onDelete: add });
    this.#endpoints.addEventHandler({
      onAdd: (endpoints) => {
        if (isMirrored(endpoints)) add(endpoints);
      },
      onUpdate: (old, endpoints) => {
        if (isMirrored(old) || isMirrored(endpoints)) add(endpoints);
      },
      onDelete: add,
    });
    slices.addEventHandler({
      onUpdate: (_, slice) => {
        const key = this.#reconciler.isForeign(slice) ? this.#reconciler.serviceOf(slice) : undefined;
        if (key !== undefined) this.#queue.add(key);
      },
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
    const endpoints = this.#endpoints.lister.get(key);
    const service = this.#services.lister.get(key);
    const mirrored =
      endpoints !== undefined &&
      isMirrored(endpoints) &&
      service !== undefined &&
      service.spec?.selector === undefined;
    if (!mirrored) {
      await this.#reconciler.removeAll(key);
      return;
    }
    const annotations = { ...endpoints.metadata?.annotations };
    delete annotations[lastAppliedAnnotation];
    const labels = { ...endpoints.metadata?.labels };
    const groups = groupsOf(endpoints);
    await this.#reconciler.reconcile({ owner: endpoints, groups, labels, annotations, trigger: undefined });
  }
}

function isMirrored({ metadata }: Endpoints): boolean {
  return metadata?.labels?.[skipLabel] !== 'true' && metadata?.annotations?.[leaderAnnotation] === undefined;
}

/** Subsets with the same ports become one group for each family. */
function groupsOf(endpoints: Endpoints): EndpointGroup[] {
  const groups = new Map<string, EndpointGroup & { readonly endpoints: SliceEndpoint[] }>();
  for (const { addresses = [], notReadyAddresses = [], ports: written = [] } of endpoints.subsets ?? []) {
    const ports: SlicePort[] = written.map(({ name = '', port, protocol = 'TCP', appProtocol }) => ({
      name,
      port,
      protocol,
      ...(appProtocol === undefined ? {} : { appProtocol }),
    }));
    const all = [
      ...addresses.map((address) => ({ address, ready: true })),
      ...notReadyAddresses.map((address) => ({ address, ready: false })),
    ];
    for (const { address, ready } of all) {
      const addressType = address.ip.includes(':') ? 'IPv6' : 'IPv4';
      const key = canonicalText([addressType, ports]);
      const group = groups.get(key) ?? { addressType, ports, endpoints: [] };
      const { ip, hostname, nodeName, targetRef } = address;
      if (group.endpoints.length < maxEndpoints)
        group.endpoints.push({
          addresses: [ip],
          conditions: { ready },
          ...((hostname ?? '') === '' ? {} : { hostname: hostname as string }),
          ...(nodeName === undefined ? {} : { nodeName }),
          ...(targetRef === undefined ? {} : { targetRef }),
        });
      groups.set(key, group);
    }
  }
  return [...groups.values()];
}
