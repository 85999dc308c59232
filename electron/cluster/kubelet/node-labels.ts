/** Labels below `kubernetes.io` and `k8s.io` that a kubelet may give its own Node. Models k8s.io/kubelet/pkg/apis (v0.34). */
const PREFIXES = ['kubelet.kubernetes.io', 'node.kubernetes.io'];
const LABELS = [
  'beta.kubernetes.io/arch',
  'beta.kubernetes.io/instance-type',
  'beta.kubernetes.io/os',
  'failure-domain.beta.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'kubernetes.io/arch',
  'kubernetes.io/hostname',
  'kubernetes.io/os',
  'node.kubernetes.io/instance-type',
  'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone',
];

const isBelow = (domain: string, parents: readonly string[]): boolean =>
  parents.some((parent) => domain === parent || domain.endsWith(`.${parent}`));

/** @throws Error with the kubelet's text for labels that only others may give */
export function validateNodeLabels(labels: Readonly<Record<string, string>>): void {
  const unknown = Object.keys(labels)
    .filter((key) => {
      const domain = key.includes('/') ? key.slice(0, key.indexOf('/')) : '';
      return (
        isBelow(domain, ['kubernetes.io', 'k8s.io']) && !LABELS.includes(key) && !isBelow(domain, PREFIXES)
      );
    })
    .sort();
  if (unknown.length === 0) return;
  throw new Error(
    `failed to validate kubelet flags: unknown 'kubernetes.io' or 'k8s.io' labels specified with --node-labels: [${unknown.join(' ')}]\n--node-labels in the 'kubernetes.io' namespace must begin with an allowed prefix (${PREFIXES.join(', ')}) or be in the specifically allowed set (${LABELS.join(', ')})`,
  );
}
