import type { HorizontalPodAutoscaler } from '../../../types.ts';

type Behavior = NonNullable<NonNullable<HorizontalPodAutoscaler['spec']>['behavior']>;

const SCALE_UP = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ],
};
const SCALE_DOWN = { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] };

/** Models SetDefaults_HorizontalPodAutoscaler (pkg/apis/autoscaling/v2, v1.34). */
export function defaultAutoscaler(autoscaler: HorizontalPodAutoscaler): HorizontalPodAutoscaler {
  const { spec } = autoscaler;
  if (spec === undefined) return autoscaler;
  const cpu = {
    type: 'Resource',
    resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
  };
  return {
    ...autoscaler,
    spec: {
      ...spec,
      minReplicas: spec.minReplicas ?? 1,
      metrics: (spec.metrics ?? []).length === 0 ? [cpu] : spec.metrics,
      ...(spec.behavior === undefined ? {} : { behavior: defaultBehavior(spec.behavior) }),
    },
  };
}

function defaultBehavior(behavior: Behavior): Behavior {
  return {
    scaleUp: { ...SCALE_UP, ...behavior.scaleUp },
    scaleDown: { ...SCALE_DOWN, ...behavior.scaleDown },
  };
}
