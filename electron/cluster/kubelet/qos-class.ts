import { parseQuantity } from '../apimachinery/quantity.ts';
import type { PodSpec } from '../api/types.ts';

type Amounts = Readonly<Record<string, string>>;

function isSet(amounts: Amounts | undefined, resource: string): boolean {
  const text = amounts?.[resource];
  return text !== undefined && parseQuantity(text).nanos > 0n;
}

const known = new WeakMap<PodSpec, string>();

/** Guaranteed, Burstable or BestEffort, by cpu and memory of all containers. Models qos.ComputePodQOS (v1.34). */
export function qosClass(spec: PodSpec): string {
  let found = known.get(spec);
  if (found === undefined) known.set(spec, (found = computeQosClass(spec)));
  return found;
}

function computeQosClass(spec: PodSpec): string {
  let any = false;
  let guaranteed = true;
  for (const container of [...spec.containers, ...(spec.initContainers ?? [])]) {
    const { requests, limits } = container.resources ?? {};
    for (const resource of ['cpu', 'memory']) {
      const limited = isSet(limits, resource);
      if (isSet(requests, resource) || limited) any = true;
      const request = requests?.[resource] ?? limits?.[resource];
      const equal =
        limited &&
        request !== undefined &&
        parseQuantity(request).nanos === parseQuantity(limits?.[resource] ?? '0').nanos;
      if (!equal) guaranteed = false;
    }
  }
  if (!any) return 'BestEffort';
  return guaranteed ? 'Guaranteed' : 'Burstable';
}
