import { formatSelector, selectorFromLabelSelector } from '../../../apimachinery/labels.ts';
import type { ScaleStrategy } from '../../strategy.ts';
import type { KubeObject, LabelSelector, ObjectMeta, Scale } from '../../types.ts';

interface Scalable extends KubeObject {
  readonly spec?: { readonly replicas?: number; readonly selector?: LabelSelector };
  readonly status?: { readonly replicas?: number };
}

/** autoscaling/v1 Scale of a workload with a LabelSelector. */
export function workloadScale<T extends Scalable>(): ScaleStrategy<T> {
  return {
    toScale(object): Scale {
      const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata ?? {};
      const metadata = { name, namespace, uid, resourceVersion, creationTimestamp } as ObjectMeta;
      const selector = formatSelector(selectorFromLabelSelector(object.spec?.selector));
      return {
        apiVersion: 'autoscaling/v1',
        kind: 'Scale',
        metadata,
        spec: { replicas: object.spec?.replicas ?? 0 },
        status: { replicas: object.status?.replicas ?? 0, selector },
      };
    },
    withScale(object, scale) {
      const resourceVersion = scale.metadata?.resourceVersion ?? object.metadata?.resourceVersion;
      return {
        ...object,
        metadata: { ...object.metadata, resourceVersion },
        spec: { ...object.spec, replicas: scale.spec?.replicas ?? 0 },
      };
    },
  };
}
