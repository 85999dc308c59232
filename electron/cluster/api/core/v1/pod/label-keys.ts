import type { Pod } from '../../../types.ts';

type Affinity = NonNullable<NonNullable<Pod['spec']>['affinity']>;
type PodAffinityTerm = NonNullable<
  NonNullable<Affinity['podAffinity']>['requiredDuringSchedulingIgnoredDuringExecution']
>[number];
type Labels = Readonly<Record<string, string>>;

/** What a selector and the keys beside it have in common between affinity terms and spread constraints. */
interface Keyed {
  readonly labelSelector?: PodAffinityTerm['labelSelector'];
  readonly matchLabelKeys?: readonly string[];
  readonly mismatchLabelKeys?: readonly string[];
}

function merged<T extends Keyed>(keyed: T, labels: Labels): T {
  const { labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] } = keyed;
  // Without a selector nothing is matched, and nothing has to be narrowed.
  if (labelSelector === undefined) return keyed;
  const requirements = (keys: readonly string[], operator: string) =>
    keys.flatMap((key) => {
      const value = labels[key];
      return value === undefined ? [] : [{ key, operator, values: [value] }];
    });
  const more = [...requirements(matchLabelKeys, 'In'), ...requirements(mismatchLabelKeys, 'NotIn')];
  if (more.length === 0) return keyed;
  const matchExpressions = [...(labelSelector.matchExpressions ?? []), ...more];
  return { ...keyed, labelSelector: { ...labelSelector, matchExpressions } };
}

function mergedTerms<T extends NonNullable<Affinity['podAffinity']>>(affinity: T, labels: Labels): T {
  const required = affinity.requiredDuringSchedulingIgnoredDuringExecution;
  const preferred = affinity.preferredDuringSchedulingIgnoredDuringExecution;
  return {
    ...affinity,
    ...(required === undefined
      ? {}
      : { requiredDuringSchedulingIgnoredDuringExecution: required.map((term) => merged(term, labels)) }),
    ...(preferred === undefined
      ? {}
      : {
          preferredDuringSchedulingIgnoredDuringExecution: preferred.map((weighted) => ({
            ...weighted,
            podAffinityTerm: merged(weighted.podAffinityTerm, labels),
          })),
        }),
  };
}

/**
 * A new Pod whose `matchLabelKeys` and `mismatchLabelKeys` have become requirements of the selectors beside them, with the values
 * of the Pod's own labels; the scheduler then knows selectors only. Models applyMatchLabelKeysAndMismatchLabelKeys and its
 * neighbour for spread constraints in pkg/registry/core/pod/strategy.go (v1.34).
 */
export function withLabelKeysMerged(pod: Pod): Pod {
  const { spec } = pod;
  const labels = pod.metadata?.labels ?? {};
  const { affinity, topologySpreadConstraints: spread } = spec ?? {};
  const { podAffinity, podAntiAffinity } = affinity ?? {};
  if (spec === undefined || (podAffinity ?? podAntiAffinity ?? spread) === undefined) return pod;
  return {
    ...pod,
    spec: {
      ...spec,
      ...(affinity === undefined
        ? {}
        : {
            affinity: {
              ...affinity,
              ...(podAffinity === undefined ? {} : { podAffinity: mergedTerms(podAffinity, labels) }),
              ...(podAntiAffinity === undefined
                ? {}
                : { podAntiAffinity: mergedTerms(podAntiAffinity, labels) }),
            },
          }),
      ...(spread === undefined
        ? {}
        : { topologySpreadConstraints: spread.map((constraint) => merged(constraint, labels)) }),
    },
  };
}
