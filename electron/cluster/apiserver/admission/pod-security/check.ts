import type { Container, ObjectMeta, PodSpec } from '../../../api/types.ts';
import { quote } from '../../../apimachinery/validation/field-error.ts';

/** What a check sees: a Pod, or a workload's template. */
export interface CheckedPod {
  readonly metadata: ObjectMeta;
  readonly spec: PodSpec;
}

/** Why a Pod is not allowed. `detail` may be empty. */
export interface Violation {
  readonly reason: string;
  readonly detail: string;
}

/** Undefined: allowed. */
export type CheckPod = (pod: CheckedPod) => Violation | undefined;

/** A rule of the Pod Security Standards. */
export interface Check {
  readonly id: string;
  readonly level: 'baseline' | 'restricted';
  /** Rules by the minor version since which they hold, ascending. */
  readonly versions: readonly (readonly [since: number, check: CheckPod])[];
  /** Baseline checks that this one makes superfluous. */
  readonly overrides?: readonly string[];
}

/** Init containers, containers, ephemeral containers. */
export function containersOf({ spec }: CheckedPod): readonly Container[] {
  return [
    ...(spec.initContainers ?? []),
    ...spec.containers,
    ...((spec.ephemeralContainers ?? []) as Container[]),
  ];
}

/** `"a", "b"` */
export function joinQuoted(names: readonly string[]): string {
  return names.map((name) => quote(name)).join(', ');
}

/** Each once, in order. */
export function sortedSet(values: Iterable<string>): string[] {
  return [...new Set(values)].sort();
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return count === 1 ? one : many;
}

/** `container "a"`, `containers "a", "b"` */
export function namedContainers(names: readonly string[]): string {
  return `${plural(names.length, 'container')} ${joinQuoted(names)}`;
}

/** Who set something: the Pod, and containers by name. */
export function setters(byPod: boolean, containers: readonly string[]): string[] {
  return [...(byPod ? ['pod'] : []), ...(containers.length === 0 ? [] : [namedContainers(containers)])];
}

/** Names of the containers for which `wrong` holds. */
export function containersWhere(pod: CheckedPod, wrong: (container: Container) => boolean): string[] {
  return containersOf(pod)
    .filter(wrong)
    .map(({ name }) => name);
}
