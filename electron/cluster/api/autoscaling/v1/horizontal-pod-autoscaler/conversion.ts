import { isMap, parseJsonMap } from '../../../helpers/json-annotation.ts';
import type {
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerV1,
  MetricSpec,
  MetricStatus,
} from '../../../types.ts';

/** What v1 has no fields for travels in annotations. */
const METRICS = 'autoscaling.alpha.kubernetes.io/metrics';
const CURRENT_METRICS = 'autoscaling.alpha.kubernetes.io/current-metrics';
const CONDITIONS = 'autoscaling.alpha.kubernetes.io/conditions';
const BEHAVIOR = 'autoscaling.alpha.kubernetes.io/behavior';

/** Models pkg/apis/autoscaling/v1 conversion (v1.34), the older field names of the annotations left out. */
export function toV2(autoscaler: HorizontalPodAutoscalerV1): HorizontalPodAutoscaler {
  const { targetCPUUtilizationPercentage, ...spec } = autoscaler.spec ?? {
    maxReplicas: 0,
    scaleTargetRef: {},
  };
  const { currentCPUUtilizationPercentage, ...status } = autoscaler.status ?? {};
  const annotations = { ...autoscaler.metadata?.annotations };
  const taken = (name: string): unknown => {
    const value = parseJsonMap(annotations[name]);
    if (value !== undefined) delete annotations[name];
    return value;
  };
  const others = (taken(METRICS) ?? []) as readonly MetricSpec[];
  const currentOthers = (taken(CURRENT_METRICS) ?? []) as readonly MetricStatus[];
  const conditions = taken(CONDITIONS);
  const behavior = taken(BEHAVIOR);
  const cpu = targetCPUUtilizationPercentage;
  const metrics = [
    ...(cpu === undefined
      ? []
      : [
          {
            type: 'Resource',
            resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: cpu } },
          },
        ]),
    ...others,
  ];
  const currentCpu = currentCPUUtilizationPercentage;
  const currentMetrics = [
    ...(currentCpu === undefined
      ? []
      : [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: currentCpu } } }]),
    ...currentOthers,
  ];
  return {
    ...autoscaler,
    apiVersion: 'autoscaling/v2',
    metadata: withAnnotations(autoscaler.metadata, annotations),
    spec: {
      ...spec,
      ...(metrics.length > 0 ? { metrics } : {}),
      ...(isMap(behavior) ? { behavior } : {}),
    },
    status: {
      ...status,
      currentMetrics: currentMetrics.length > 0 ? currentMetrics : null,
      ...(Array.isArray(conditions) ? { conditions } : {}),
    },
  } as unknown as HorizontalPodAutoscaler;
}

/** The v2 object as v1 shows it: processor utilization is a field, all else an annotation. */
export function toV1(autoscaler: HorizontalPodAutoscaler): HorizontalPodAutoscalerV1 {
  const {
    metrics = [],
    behavior,
    ...spec
  } = autoscaler.spec ?? { maxReplicas: 0, scaleTargetRef: { kind: '', name: '' } };
  const { currentMetrics, conditions, ...status } = autoscaler.status ?? {};
  const isCpu = (metric: MetricSpec): boolean =>
    metric.resource?.name === 'cpu' && metric.resource.target.averageUtilization !== undefined;
  const cpu = metrics.find(isCpu);
  const others = metrics.filter((metric) => metric !== cpu);
  const current = (currentMetrics ?? []).find(
    (metric) => metric.resource?.name === 'cpu' && metric.resource.current.averageUtilization !== undefined,
  );
  const currentOthers = (currentMetrics ?? []).filter((metric) => metric !== current);
  const annotations: Record<string, string> = { ...autoscaler.metadata?.annotations };
  if (others.length > 0) annotations[METRICS] = JSON.stringify(others);
  if (currentOthers.length > 0) annotations[CURRENT_METRICS] = JSON.stringify(currentOthers);
  if ((conditions ?? []).length > 0) annotations[CONDITIONS] = JSON.stringify(conditions);
  if (behavior !== undefined) annotations[BEHAVIOR] = JSON.stringify(behavior);
  const target = cpu?.resource?.target.averageUtilization;
  const now = current?.resource?.current.averageUtilization;
  return {
    ...autoscaler,
    apiVersion: 'autoscaling/v1',
    metadata: withAnnotations(autoscaler.metadata, annotations),
    spec: { ...spec, ...(target === undefined ? {} : { targetCPUUtilizationPercentage: target }) },
    status: {
      currentReplicas: 0,
      desiredReplicas: 0,
      ...status,
      ...(now === undefined ? {} : { currentCPUUtilizationPercentage: now }),
    },
  };
}

function withAnnotations(
  metadata: HorizontalPodAutoscaler['metadata'],
  annotations: Readonly<Record<string, string>>,
): HorizontalPodAutoscaler['metadata'] {
  if (Object.keys(annotations).length > 0) return { ...metadata, annotations };
  if (metadata?.annotations === undefined) return metadata;
  const { annotations: _dropped, ...rest } = metadata;
  return rest;
}
