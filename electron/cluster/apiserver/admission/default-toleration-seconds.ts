import type { KubeObject, Pod, Toleration } from '../../api/types.ts';
import type { AdmissionAttributes, AdmissionPlugin } from './interface.ts';

/** Seconds a Pod stays on a node that is not ready or not reachable, unless it says otherwise. */
const TOLERATION_SECONDS = 300;
const TAINTS = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

function tolerates(toleration: Toleration, key: string): boolean {
  const sameKey = toleration.key === key || (toleration.key ?? '') === '';
  return sameKey && (toleration.effect === 'NoExecute' || (toleration.effect ?? '') === '');
}

/** Every Pod tolerates a node's short absence. Models plugin/pkg/admission/defaulttolerationseconds (v1.34). */
export class DefaultTolerationSeconds implements AdmissionPlugin {
  readonly name = 'DefaultTolerationSeconds';

  handles({ operation, resource, subresource }: AdmissionAttributes): boolean {
    if (resource.resource !== 'pods' || resource.group !== '' || subresource !== '') return false;
    return operation === 'CREATE' || operation === 'UPDATE';
  }

  admit(_attributes: AdmissionAttributes, object: KubeObject): KubeObject {
    const pod = object as Pod;
    const present = pod.spec?.tolerations ?? [];
    const missing = TAINTS.filter((key) => !present.some((toleration) => tolerates(toleration, key)));
    if (missing.length === 0 || pod.spec === undefined) return object;
    const added = missing.map((key) => ({
      key,
      operator: 'Exists',
      effect: 'NoExecute',
      tolerationSeconds: TOLERATION_SECONDS,
    }));
    return { ...pod, spec: { ...pod.spec, tolerations: [...present, ...added] } } as KubeObject;
  }
}
