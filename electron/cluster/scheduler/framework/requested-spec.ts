import type { Container, Pod, PodSpec } from '../../api/types.ts';
import { compareQuantities, parseQuantity } from '../../apimachinery/quantity.ts';

type Amounts = Readonly<Record<string, string>>;
type Status = NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number];

const EMPTY: PodSpec = { containers: [] };

function sameAmounts(left: Amounts, right: Amounts): boolean {
  for (const name in right) if (left[name] !== right[name]) return false;
  return true;
}

function largest(...lists: readonly Amounts[]): Amounts {
  const most: Record<string, string> = {};
  for (const list of lists)
    for (const [name, amount] of Object.entries(list)) {
      const known = most[name];
      if (known === undefined || compareQuantities(parseQuantity(known), parseQuantity(amount)) < 0)
        most[name] = amount;
    }
  return most;
}

/**
 * The spec with what containers count for: while one is resized, the most of what is asked for, what its node has allocated and what it has; of
 * a resize that its node can never grant only the latter two. The spec itself where that makes no difference. Models
 * determineContainerReqs (k8s.io/component-helpers/resource, v1.34).
 */
export function requestedSpec(pod: Pod): PodSpec {
  const spec = pod.spec ?? EMPTY;
  const { containerStatuses, initContainerStatuses, conditions } = pod.status ?? {};
  const isInfeasible =
    conditions?.some(({ type, reason }) => type === 'PodResizePending' && reason === 'Infeasible') ?? false;
  const containers = withRequests(spec.containers, containerStatuses, isInfeasible);
  const inits = withRequests(spec.initContainers, initContainerStatuses, isInfeasible);
  if (containers === spec.containers && inits === spec.initContainers) return spec;
  return { ...spec, containers: containers ?? [], ...(inits === undefined ? {} : { initContainers: inits }) };
}

function withRequests(
  containers: readonly Container[] | undefined,
  statuses: readonly Status[] | undefined,
  isInfeasible: boolean,
): readonly Container[] | undefined {
  if (containers === undefined || statuses === undefined) return containers;
  let changed = false;
  const counted = containers.map((container, index) => {
    const status = statuses[index]?.name === container.name ? statuses[index] : statusOf(statuses, container);
    if (status === undefined) return container;
    const asked = (container.resources?.requests ?? {}) as Amounts;
    const has = (status.resources?.requests ?? {}) as Amounts;
    const allocated = (status.allocatedResources ?? {}) as Amounts;
    if (sameAmounts(asked, has) && sameAmounts(asked, allocated) && !isInfeasible) return container;
    changed = true;
    const requests = isInfeasible ? largest(has, allocated) : largest(asked, has, allocated);
    return { ...container, resources: { ...container.resources, requests } };
  });
  return changed ? counted : containers;
}

function statusOf(statuses: readonly Status[], { name }: Container): Status | undefined {
  return statuses.find((status) => status.name === name);
}
