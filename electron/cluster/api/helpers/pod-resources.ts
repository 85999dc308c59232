import type { Container, PodSpec } from '../types.ts';
import type { ResourceAmounts } from './resource-list.ts';
import { addAmounts, maxAmounts, parseAmounts } from './resource-list.ts';

type Which = 'requests' | 'limits';

/** What may be set for the Pod as a whole. Models IsSupportedPodLevelResource (v1.34). */
function isPodLevelResource(name: string): boolean {
  return name === 'cpu' || name === 'memory' || name.startsWith('hugepages-');
}

/**
 * What a Pod asks for or is limited to as a whole: containers and sidecars together or the largest init phase,
 * whichever is more; what `spec.resources` says counts instead. Overhead is not in it.
 * Models component-helpers resource.AggregateContainerRequests and PodRequests (v1.34). @throws QuantityError
 */
export function podResources(spec: PodSpec, which: Which): ResourceAmounts {
  const of = (container: Container): ResourceAmounts => parseAmounts(container.resources?.[which]);
  const total: ResourceAmounts = new Map();
  for (const container of spec.containers) addAmounts(total, of(container));
  const sidecars: ResourceAmounts = new Map();
  const init: ResourceAmounts = new Map();
  for (const container of spec.initContainers ?? []) {
    const amounts = of(container);
    if (container.restartPolicy === 'Always') {
      addAmounts(total, amounts);
      addAmounts(sidecars, amounts);
      maxAmounts(init, sidecars);
    } else {
      const phase = new Map(amounts);
      addAmounts(phase, sidecars);
      maxAmounts(init, phase);
    }
  }
  maxAmounts(total, init);
  for (const [name, amount] of parseAmounts(spec.resources?.[which]))
    if (isPodLevelResource(name)) total.set(name, amount);
  return total;
}
