import { parseQuantity } from '../../../../apimachinery/quantity.ts';
import type { Container, Pod } from '../../../types.ts';

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

const COUNTED = ['cpu', 'memory'] as const;

/** The Pod's quality-of-service class. Models pkg/apis/core/v1/helper/qos.ComputePodQOS (v1.34). */
export function computePodQos(pod: Pod): QosClass {
  const containers: Container[] = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
  const requests = new Map<string, bigint>();
  const limits = new Map<string, bigint>();
  let guaranteed = true;
  for (const { resources } of containers) {
    let limited = 0;
    for (const name of COUNTED) {
      add(requests, name, resources?.requests?.[name]);
      if (add(limits, name, resources?.limits?.[name])) limited += 1;
    }
    if (limited < COUNTED.length) guaranteed = false;
  }
  if (requests.size === 0 && limits.size === 0) return 'BestEffort';
  if (guaranteed && requests.size === limits.size) {
    if ([...requests].every(([name, amount]) => limits.get(name) === amount)) return 'Guaranteed';
  }
  return 'Burstable';
}

/** True when there was an amount above zero to add. */
function add(totals: Map<string, bigint>, name: string, quantity: string | undefined): boolean {
  if (quantity === undefined) return false;
  const { nanos } = parseQuantity(quantity);
  if (nanos <= 0n) return false;
  totals.set(name, (totals.get(name) ?? 0n) + nanos);
  return true;
}
