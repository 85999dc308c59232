import { HORIZONTAL_POD_AUTOSCALER_STRATEGY } from '../../v2/horizontal-pod-autoscaler/strategy.ts';
import { described } from '../../../described-resource.ts';
import { defineStrategy, withStatusOf } from '../../../generic-strategy.ts';
import type { KindStrategy } from '../../../strategy.ts';
import type { HorizontalPodAutoscaler, HorizontalPodAutoscalerV1, KubeObject } from '../../../types.ts';
import { toV1, toV2 } from './conversion.ts';

const STORED_GVK = { group: 'autoscaling', version: 'v2', kind: 'HorizontalPodAutoscaler' };

/** HorizontalPodAutoscalers as autoscaling/v1 shows them; stored as v2. */
export const HORIZONTAL_POD_AUTOSCALER_V1_STRATEGY: KindStrategy<HorizontalPodAutoscalerV1> =
  defineStrategy<HorizontalPodAutoscalerV1>({
    ...described('autoscaling/v1', 'horizontalpodautoscalers'),
    storage: {
      gvk: STORED_GVK,
      resource: 'horizontalpodautoscalers',
      // What v1 leaves out is filled in as v2 fills it in: nobody reads it back otherwise.
      toStorage: (object) =>
        HORIZONTAL_POD_AUTOSCALER_STRATEGY.applyDefaults(
          toV2(object as HorizontalPodAutoscalerV1),
        ) as KubeObject,
      fromStorage: (object) => toV1(object as HorizontalPodAutoscaler) as KubeObject,
    },
    applyDefaults: (autoscaler) =>
      autoscaler.spec === undefined
        ? autoscaler
        : { ...autoscaler, spec: { ...autoscaler.spec, minReplicas: autoscaler.spec.minReplicas ?? 1 } },
    prepareForCreate: (autoscaler) => ({ ...autoscaler, status: { currentReplicas: 0, desiredReplicas: 0 } }),
    prepareForUpdate: withStatusOf,
    validate: (autoscaler) =>
      HORIZONTAL_POD_AUTOSCALER_STRATEGY.validateCreate(toV2(autoscaler), { now: 0 }).filter(
        ({ field }) => !field.startsWith('metadata'),
      ),
    status: {},
    tableRow: (autoscaler, now) => HORIZONTAL_POD_AUTOSCALER_STRATEGY.tableRow(toV2(autoscaler), now),
  });
