import { quantityOf } from '../../apimachinery/quantity.ts';
import type { ResourceAmounts } from '../helpers/resource-list.ts';
import type { KubeObject, Service } from '../types.ts';
import type { QuotaEvaluator } from './evaluator.ts';
import { countName, ONE } from './evaluator.ts';

const ZERO = quantityOf(0);
const NAMES = [countName('', 'services'), 'services', 'services.nodeports', 'services.loadbalancers'];

/** Services, and how many node ports and load balancers they take. Models evaluator/core/services.go (v1.34). */
export const SERVICE_EVALUATOR: QuotaEvaluator = {
  handles: (operation, subresource) => operation !== 'DELETE' && subresource === '',
  matchingResources: (given) => given.filter((name) => NAMES.includes(name)),
  matchesScope: () => false,
  constraints: () => undefined,
  usage,
  frees: (old, object) => {
    const [before, after] = [usage(old), usage(object)];
    return NAMES.some((name) => before.get(name)?.nanos !== after.get(name)?.nanos);
  },
};

function usage(object: KubeObject): ResourceAmounts {
  const { spec } = object as Service;
  const ports = spec?.ports ?? [];
  const balanced = spec?.type === 'LoadBalancer';
  const counted =
    balanced && spec.allocateLoadBalancerNodePorts === false
      ? ports.filter(({ nodePort }) => (nodePort ?? 0) !== 0).length
      : balanced || spec?.type === 'NodePort'
        ? ports.length
        : 0;
  return new Map([
    [countName('', 'services'), ONE],
    ['services', ONE],
    ['services.nodeports', quantityOf(counted)],
    ['services.loadbalancers', balanced ? ONE : ZERO],
  ]);
}
