import { canonicalText } from '../../apimachinery/names.ts';
import { nameOf, namespaceOf, newControllerRef } from '../../apimachinery/meta.ts';
import type { KubeObject } from '../../apimachinery/types.ts';
import { formatTime } from '../../apimachinery/time.ts';
import type { EndpointSlice } from '../../api/types.ts';
import { hasStatusCause, isNotFound } from '../../client/api-errors.ts';
import { objectKey } from '../../client/object-key.ts';
import type { ResourceType } from '../../client/resource-type.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import type { SharedInformer } from '../../client/shared-informer.ts';
import { decide } from '../decision.ts';
import type { ControllerContext } from '../interface.ts';

export type SliceEndpoint = NonNullable<EndpointSlice['endpoints']>[number];
export type SlicePort = NonNullable<EndpointSlice['ports']>[number];
export type AddressType = 'IPv4' | 'IPv6';

export const serviceNameLabel = 'kubernetes.io/service-name';
export const managedByLabel = 'endpointslice.kubernetes.io/managed-by';
const triggerAnnotation = 'endpoints.kubernetes.io/last-change-trigger-time';

/** Endpoints that share their ports. */
export interface EndpointGroup {
  readonly addressType: AddressType;
  readonly ports: readonly SlicePort[];
  readonly endpoints: readonly SliceEndpoint[];
}

/** What the slices of one Service should say. */
export interface DesiredSlices<O extends KubeObject> {
  readonly owner: O;
  readonly groups: readonly EndpointGroup[];
  /** Without those of name and manager. */
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Virtual milliseconds. */
  readonly trigger: number | undefined;
}

/** Slices to write, and those that go. */
interface Plan {
  readonly create: EndpointSlice[];
  readonly update: EndpointSlice[];
  readonly remove: EndpointSlice[];
}

/**
 * Brings the slices of one manager to what they should say, with few writes: endpoints stay in the slice they are in,
 * new ones fill slices with room. Models staging/src/k8s.io/endpointslice reconciler.go (v1.34), without topology hints.
 */
export class SliceReconciler<O extends KubeObject> {
  readonly #c: ControllerContext;
  readonly #slices: SharedInformer<EndpointSlice>;
  readonly #ownerType: ResourceType<O>;
  readonly #manager: string;
  readonly #max: number;
  /** Generation last written, by slice: the cache must have come so far. */
  readonly #written = new Map<string, Map<string, number>>();

  constructor(
    c: ControllerContext,
    slices: SharedInformer<EndpointSlice>,
    ownerType: ResourceType<O>,
    manager: string,
    max = 100,
  ) {
    this.#c = c;
    this.#slices = slices;
    this.#ownerType = ownerType;
    this.#manager = manager;
    this.#max = max;
  }

  /** Key of the Service whose slice this manager keeps. */
  serviceOf(slice: EndpointSlice): string | undefined {
    const name = slice.metadata?.labels?.[serviceNameLabel];
    const own = slice.metadata?.labels?.[managedByLabel] === this.#manager;
    return own && name !== undefined ? `${namespaceOf(slice)}/${name}` : undefined;
  }

  /** A slice is gone: it need not come into the cache any more. */
  forget(slice: EndpointSlice): void {
    const key = this.serviceOf(slice);
    if (key !== undefined) this.#written.get(key)?.delete(objectKey(slice));
  }

  /** True where someone else changed or took away what was written. */
  isForeign(slice: EndpointSlice): boolean {
    const key = this.serviceOf(slice);
    const written = key === undefined ? undefined : this.#written.get(key)?.get(objectKey(slice));
    return key !== undefined && (written === undefined || (slice.metadata?.generation ?? 0) > written);
  }

  slicesOf(key: string): EndpointSlice[] {
    const namespace = key.slice(0, key.indexOf('/'));
    return this.#slices.lister.namespace(namespace).filter((slice) => this.serviceOf(slice) === key);
  }

  /** @throws Error where the cache is behind what was written, or of an API call */
  async reconcile(desired: DesiredSlices<O>): Promise<void> {
    const key = objectKey(desired.owner);
    const present = this.slicesOf(key).filter(({ metadata }) => metadata?.deletionTimestamp === undefined);
    const seen = new Map(present.map((slice) => [objectKey(slice), slice.metadata?.generation ?? 0]));
    for (const [name, generation] of this.#written.get(key) ?? [])
      if ((seen.get(name) ?? -1) < generation) throw new Error('EndpointSlice informer cache is out of date');
    await this.#carryOut(key, desired, this.#plan(desired, present));
  }

  /** Takes the slices of what is no more. */
  async removeAll(key: string): Promise<void> {
    this.#written.delete(key);
    for (const slice of this.slicesOf(key)) await this.#remove(slice);
  }

  #plan(desired: DesiredSlices<O>, present: readonly EndpointSlice[]): Plan {
    const plan: Plan = { create: [], update: [], remove: [] };
    const groupKey = (type: string, ports: unknown): string => `${type} ${canonicalText(ports ?? [])}`;
    const byGroup = Map.groupBy(present, ({ addressType, ports }) => groupKey(addressType, ports));
    const groups = new Map(desired.groups.map((group) => [groupKey(group.addressType, group.ports), group]));
    for (const [key, slices] of byGroup) if (!groups.has(key)) plan.remove.push(...slices);
    for (const [key, group] of groups) this.#planGroup(desired, group, byGroup.get(key) ?? [], plan);
    return plan;
  }

  #planGroup(
    desired: DesiredSlices<O>,
    group: EndpointGroup,
    slices: readonly EndpointSlice[],
    plan: Plan,
  ): void {
    const wanted = new Map(group.endpoints.map((endpoint) => [endpointKey(endpoint), endpoint]));
    const kept = slices.map((slice) => {
      const endpoints: SliceEndpoint[] = [];
      for (const old of slice.endpoints ?? []) {
        const endpoint = wanted.get(endpointKey(old));
        if (endpoint === undefined) continue;
        wanted.delete(endpointKey(old));
        endpoints.push(endpoint);
      }
      return { slice, endpoints };
    });
    const rest = [...wanted.values()];
    // The fullest with room first, so that others may run empty.
    for (const { endpoints } of [...kept].sort((a, b) => b.endpoints.length - a.endpoints.length))
      endpoints.push(...rest.splice(0, this.#max - endpoints.length));
    const empty = group.endpoints.length === 0;
    for (const [index, { slice, endpoints }] of kept.entries()) {
      if (endpoints.length === 0 && !(empty && index === 0)) plan.remove.push(slice);
      else if (this.#differs(desired, slice, endpoints))
        plan.update.push(this.#changed(desired, slice, endpoints));
    }
    while (rest.length > 0) plan.create.push(this.#fresh(desired, group, rest.splice(0, this.#max)));
    if (empty && kept.length === 0) plan.create.push(this.#fresh(desired, group, []));
  }

  #differs(desired: DesiredSlices<O>, slice: EndpointSlice, endpoints: readonly SliceEndpoint[]): boolean {
    return (
      canonicalText(slice.endpoints ?? []) !== canonicalText(endpoints) ||
      canonicalText(slice.metadata?.labels ?? {}) !== canonicalText(this.#labels(desired)) ||
      Object.entries(desired.annotations ?? {}).some(([k, v]) => slice.metadata?.annotations?.[k] !== v)
    );
  }

  #labels({ labels, owner }: DesiredSlices<O>): Record<string, string> {
    return { ...labels, [serviceNameLabel]: nameOf(owner), [managedByLabel]: this.#manager };
  }

  #annotations(desired: DesiredSlices<O>, old?: Readonly<Record<string, string>>): Record<string, string> {
    const annotations: Record<string, string> = { ...old, ...desired.annotations };
    if (desired.trigger === undefined) {
      if (desired.annotations?.[triggerAnnotation] === undefined) delete annotations[triggerAnnotation];
    } else annotations[triggerAnnotation] = formatTime(desired.trigger);
    return annotations;
  }

  #changed(desired: DesiredSlices<O>, slice: EndpointSlice, endpoints: SliceEndpoint[]): EndpointSlice {
    const annotations = this.#annotations(desired, slice.metadata?.annotations);
    return {
      ...slice,
      metadata: { ...slice.metadata, labels: this.#labels(desired), annotations },
      endpoints,
    };
  }

  #fresh(desired: DesiredSlices<O>, group: EndpointGroup, endpoints: SliceEndpoint[]): EndpointSlice {
    const { owner } = desired;
    const prefix = `${nameOf(owner)}-`;
    return {
      metadata: {
        generateName: prefix.length > 253 ? nameOf(owner) : prefix,
        namespace: namespaceOf(owner),
        labels: this.#labels(desired),
        annotations: this.#annotations(desired),
        ownerReferences: [newControllerRef(owner, this.#ownerType)],
      },
      addressType: group.addressType,
      endpoints,
      ports: [...group.ports],
    };
  }

  async #carryOut(key: string, { owner }: DesiredSlices<O>, plan: Plan): Promise<void> {
    const { create, update, remove } = plan;
    if (create.length + update.length + remove.length === 0) return;
    decide(this.#c, {
      subject: `services ${key}`,
      action: 'write-endpointslices',
      desired: `${[...create, ...update].flatMap(({ endpoints }) => endpoints ?? []).length} endpoints in changed slices`,
      observed: `${create.length} slices missing, ${update.length} changed, ${remove.length} without use`,
      detail: { create: create.length, update: update.length, delete: remove.length },
    });
    const client = this.#c.client.resource<EndpointSlice>(resourceTypes.endpointSlices, namespaceOf(owner));
    const written = this.#written.get(key) ?? new Map<string, number>();
    this.#written.set(key, written);
    const note = (slice: EndpointSlice): unknown =>
      written.set(objectKey(slice), slice.metadata?.generation ?? 0);
    for (const slice of create) {
      try {
        note(await client.create(slice));
      } catch (error) {
        if (hasStatusCause(error, 'NamespaceTerminating')) return;
        throw error;
      }
    }
    for (const slice of update) note(await client.update(slice));
    for (const slice of remove) await this.#remove(slice);
  }

  async #remove(slice: EndpointSlice): Promise<void> {
    const client = this.#c.client.resource<EndpointSlice>(resourceTypes.endpointSlices, namespaceOf(slice));
    this.forget(slice);
    try {
      await client.delete(nameOf(slice));
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}

/** Says whether two endpoints are the same one. Models hashEndpoint: addresses, hostname, target. */
function endpointKey({ addresses, hostname, targetRef }: SliceEndpoint): string {
  return canonicalText([addresses, hostname ?? '', targetRef?.uid ?? '', targetRef?.name ?? '']);
}
