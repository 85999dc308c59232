import { ageOf } from '../../../../apimachinery/duration.ts';
import { described } from '../../../described-resource.ts';
import { defineStrategy, withStatusOf } from '../../../generic-strategy.ts';
import type { KindStrategy } from '../../../strategy.ts';
import type { HorizontalPodAutoscaler } from '../../../types.ts';
import { defaultAutoscaler } from './defaults.ts';
import { formatMetrics } from './format-metrics.ts';
import { validateAutoscaler } from './validation.ts';

const EMPTY_STATUS = { desiredReplicas: 0, currentMetrics: null };

/** HorizontalPodAutoscalers, stored as v2. Models pkg/registry/autoscaling/horizontalpodautoscaler (v1.34). */
export const HORIZONTAL_POD_AUTOSCALER_STRATEGY: KindStrategy<HorizontalPodAutoscaler> =
  defineStrategy<HorizontalPodAutoscaler>({
    ...described('autoscaling/v2', 'horizontalpodautoscalers'),
    applyDefaults: defaultAutoscaler,
    prepareForCreate: (autoscaler) =>
      ({ ...autoscaler, status: EMPTY_STATUS }) as unknown as HorizontalPodAutoscaler,
    prepareForUpdate: withStatusOf,
    validate: validateAutoscaler,
    status: {},
    tableRow: (autoscaler, now) => [
      autoscaler.metadata?.name ?? '',
      `${autoscaler.spec?.scaleTargetRef.kind ?? ''}/${autoscaler.spec?.scaleTargetRef.name ?? ''}`,
      formatMetrics(autoscaler),
      String(autoscaler.spec?.minReplicas ?? '<unset>'),
      autoscaler.spec?.maxReplicas ?? 0,
      autoscaler.status?.currentReplicas ?? 0,
      ageOf(autoscaler.metadata?.creationTimestamp, now),
    ],
  });
