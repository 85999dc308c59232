import type { HorizontalPodAutoscaler, MetricSpec, MetricStatus } from '../../../types.ts';

const UNKNOWN = '<unknown>';
const MAX_SHOWN = 2;

/** The TARGETS column: `cpu: <unknown>/50%`, two of them at most. Models formatHPAMetrics (v1.34). */
export function formatMetrics({ spec, status }: HorizontalPodAutoscaler): string {
  const metrics = spec?.metrics ?? [];
  if (metrics.length === 0) return '<none>';
  const texts = metrics.map((metric, index) => formatMetric(metric, status?.currentMetrics?.[index]));
  if (texts.length <= MAX_SHOWN) return texts.join(', ');
  return `${texts.slice(0, MAX_SHOWN).join(', ')} + ${texts.length - MAX_SHOWN} more...`;
}

function formatMetric(spec: MetricSpec, status: MetricStatus | undefined): string {
  switch (spec.type) {
    case 'Resource':
    case 'ContainerResource': {
      const source = spec.resource ?? spec.containerResource;
      const current = (status?.resource ?? status?.containerResource)?.current;
      const name = source?.name ?? '';
      if (source?.target.averageValue !== undefined)
        return `${name}: ${current?.averageValue ?? UNKNOWN}/${source.target.averageValue}`;
      const now = current?.averageUtilization;
      const target = source?.target.averageUtilization;
      return `${name}: ${now === undefined ? UNKNOWN : `${now}%`}/${target === undefined ? '<auto>' : `${target}%`}`;
    }
    case 'Pods':
      return `${status?.pods?.current.averageValue ?? UNKNOWN}/${spec.pods?.target.averageValue ?? ''}`;
    case 'Object':
    case 'External': {
      const target = (spec.object ?? spec.external)?.target;
      const current = (status?.object ?? status?.external)?.current;
      if (target?.averageValue !== undefined)
        return `${current?.averageValue ?? UNKNOWN}/${target.averageValue} (avg)`;
      return `${current?.value ?? UNKNOWN}/${target?.value ?? ''}`;
    }
    default:
      return '<unknown type>';
  }
}
