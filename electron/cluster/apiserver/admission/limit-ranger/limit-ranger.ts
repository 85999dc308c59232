import { podResources } from '../../../api/helpers/pod-resources.ts';
import type { ResourceAmounts } from '../../../api/helpers/resource-list.ts';
import { parseAmounts } from '../../../api/helpers/resource-list.ts';
import type {
  KubeObject,
  LimitRange,
  LimitRangeItem,
  PersistentVolumeClaim,
  Pod,
} from '../../../api/types.ts';
import { compareQuantities } from '../../../apimachinery/quantity.ts';
import { admissionForbidden, aggregate } from '../forbidden.ts';
import type { AdmissionAttributes, AdmissionPlugin, NamespacedObjects } from '../interface.ts';
import { claimComplaints, computeComplaints } from './constraints.ts';
import { withContainerDefaults } from './container-defaults.ts';

/**
 * Fills in what containers leave unsaid, and refuses Pods and claims outside the namespace's LimitRanges.
 * Models plugin/pkg/admission/limitranger (v1.34).
 */
export class LimitRanger implements AdmissionPlugin {
  readonly name = 'LimitRanger';
  readonly #ranges: NamespacedObjects;

  constructor(ranges: NamespacedObjects) {
    this.#ranges = ranges;
  }

  /** Containers of a Pod that exists do not change through this door. */
  handles({ operation, resource, subresource, oldObject }: AdmissionAttributes): boolean {
    if (resource.group !== '' || subresource !== '' || operation === 'DELETE') return false;
    if (oldObject?.metadata?.deletionTimestamp !== undefined) return false;
    if (resource.resource === 'pods') return operation === 'CREATE';
    return resource.resource === 'persistentvolumeclaims';
  }

  async admit({ namespace, resource }: AdmissionAttributes, object: KubeObject): Promise<KubeObject> {
    if (resource.resource !== 'pods') return object;
    let pod = object as Pod;
    for (const range of await this.#ranges(namespace)) pod = withContainerDefaults(pod, range as LimitRange);
    return pod as KubeObject;
  }

  /** @throws StatusError 403 with everything one LimitRange has against the object */
  async validate(attributes: AdmissionAttributes): Promise<void> {
    for (const range of await this.#ranges(attributes.namespace)) {
      const complaints = ((range as LimitRange).spec?.limits ?? []).flatMap((item) =>
        attributes.resource.resource === 'pods'
          ? podComplaints(item, attributes.object as Pod)
          : changedClaimComplaints(item, attributes),
      );
      if (complaints.length > 0) throw admissionForbidden(attributes, aggregate(complaints));
    }
  }
}

function podComplaints(item: LimitRangeItem, { spec }: Pod): string[] {
  if (spec === undefined) return [];
  if (item.type === 'Pod') {
    const amounts = { requests: podResources(spec, 'requests'), limits: podResources(spec, 'limits') };
    return computeComplaints(item, amounts);
  }
  if (item.type !== 'Container') return [];
  return [...spec.containers, ...(spec.initContainers ?? [])].flatMap(({ resources }) =>
    computeComplaints(item, {
      requests: parseAmounts(resources?.requests),
      limits: parseAmounts(resources?.limits),
    }),
  );
}

/** A request that is stored already is not judged again. */
function changedClaimComplaints(item: LimitRangeItem, attributes: AdmissionAttributes): string[] {
  if (item.type !== 'PersistentVolumeClaim') return [];
  const requests = requestsOf(attributes.object);
  const before = requestsOf(attributes.oldObject);
  const judged = (bounds: Readonly<Record<string, string>> | undefined) =>
    Object.fromEntries(
      Object.entries(bounds ?? {}).filter(([name]) => {
        const [now, then] = [requests.get(name), before.get(name)];
        return now === undefined || then === undefined || compareQuantities(now, then) !== 0;
      }),
    );
  return claimComplaints({ ...item, min: judged(item.min), max: judged(item.max) }, requests);
}

function requestsOf(object: KubeObject | undefined): ResourceAmounts {
  return parseAmounts((object as PersistentVolumeClaim | undefined)?.spec?.resources?.requests);
}
