import type { Pod, Toleration } from '../../../types.ts';

const DEFAULT_SECONDS = 300;

/**
 * The Pod with the NoExecute tolerations of 300 s for `not-ready` and `unreachable` that it does not have.
 * Models plugin/pkg/admission/defaulttolerationseconds (v1.34); for the admission chain to call.
 */
export function defaultTolerationSeconds(pod: Pod): Pod {
  const tolerations = pod.spec?.tolerations ?? [];
  const added: Toleration[] = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']
    .filter((key) => !tolerations.some((toleration) => toleratesNoExecute(toleration, key)))
    .map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: DEFAULT_SECONDS }));
  if (added.length === 0 || pod.spec === undefined) return pod;
  return { ...pod, spec: { ...pod.spec, tolerations: [...tolerations, ...added] } };
}

function toleratesNoExecute(toleration: Toleration, key: string): boolean {
  const { effect = '' } = toleration;
  return (
    (toleration.key === key || (toleration.key ?? '') === '') && (effect === 'NoExecute' || effect === '')
  );
}
