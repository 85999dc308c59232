const KUBE_LIKE = /^v([1-9]\d*)(?:(alpha|beta)([1-9]\d*))?$/;
const STABILITY: Readonly<Record<string, number>> = { alpha: 0, beta: 1 };

/**
 * Orders API versions by preference, least first: `foo`, `v1alpha1`, `v1beta1`, `v1`, `v2`.
 * Models version.CompareKubeAwareVersionStrings (v1.34).
 */
export function compareVersions(one: string, other: string): number {
  const first = KUBE_LIKE.exec(one);
  const second = KUBE_LIKE.exec(other);
  if (first === null || second === null) {
    if (first !== null) return 1;
    if (second !== null) return -1;
    return one === other ? 0 : one < other ? 1 : -1;
  }
  return (
    (STABILITY[first[2] ?? ''] ?? 2) - (STABILITY[second[2] ?? ''] ?? 2) ||
    Number(first[1]) - Number(second[1]) ||
    Number(first[3] ?? 0) - Number(second[3] ?? 0)
  );
}
