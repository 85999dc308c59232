import { formatSelector, header, labelsLine, longTime } from './common.ts';
import { annotationLines, labelLines } from './common.ts';
import { eventLines } from './events.ts';
import type { DescribeTarget } from './interface.ts';
import { rangeLines, scopeText } from './namespace.ts';
import type {
  HorizontalPodAutoscaler,
  LimitRange,
  PodDisruptionBudget,
  PriorityClass,
  ResourceQuota,
} from './types.ts';
import { DescribeWriter } from './writer.ts';

export function describeQuota(target: DescribeTarget): Promise<string> {
  const { metadata, spec, status } = target.object as unknown as ResourceQuota;
  const out = new DescribeWriter();
  header(out, metadata);
  const scopes = spec?.scopes ?? [];
  if (scopes.length > 0) {
    out.line(0, `Scopes:\t${scopes.join(', ')}`);
    for (const scope of [...scopes].sort()) {
      const text = scopeText[scope];
      if (text) out.line(0, ` * ${text}`);
    }
  }
  out.line(0, 'Resource\tUsed\tHard');
  out.line(0, '--------\t----\t----');
  for (const name of Object.keys(status?.hard ?? {}).sort())
    out.line(0, `${name}\t${status?.used?.[name] ?? '0'}\t${status?.hard?.[name] ?? ''}`);
  return Promise.resolve(out.finish());
}

export function describeLimitRange(target: DescribeTarget): Promise<string> {
  const range = target.object as unknown as LimitRange;
  const out = new DescribeWriter();
  header(out, range.metadata);
  out.line(0, 'Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio');
  out.line(0, '----\t--------\t---\t---\t---------------\t-------------\t-----------------------');
  rangeLines(out, range, '');
  return Promise.resolve(out.finish());
}

export async function describeBudget(target: DescribeTarget): Promise<string> {
  const { metadata, spec, status } = target.object as unknown as PodDisruptionBudget;
  const out = new DescribeWriter();
  header(out, metadata);
  if (spec?.minAvailable !== undefined && spec.minAvailable !== null)
    out.line(0, `Min available:\t${String(spec.minAvailable)}`);
  else if (spec?.maxUnavailable !== undefined && spec.maxUnavailable !== null)
    out.line(0, `Max unavailable:\t${String(spec.maxUnavailable)}`);
  out.line(0, `Selector:\t${spec?.selector ? formatSelector(spec.selector) : '<unset>'}`);
  out.line(0, 'Status:');
  out.line(2, `Allowed disruptions:\t${status?.disruptionsAllowed ?? 0}`);
  out.line(2, `Current:\t${status?.currentHealthy ?? 0}`);
  out.line(2, `Desired:\t${status?.desiredHealthy ?? 0}`);
  out.line(2, `Total:\t${status?.expectedPods ?? 0}`);
  await eventLines(out, target);
  return out.finish();
}

export async function describePriorityClass(target: DescribeTarget): Promise<string> {
  const object = target.object as unknown as PriorityClass;
  const out = new DescribeWriter();
  out.line(0, `Name:\t${object.metadata?.name ?? ''}`);
  out.line(0, `Value:\t${object.value}`);
  out.line(0, `GlobalDefault:\t${object.globalDefault === true}`);
  out.line(0, `PreemptionPolicy:\t${object.preemptionPolicy ?? ''}`);
  out.line(0, `Description:\t${object.description ?? ''}`);
  out.line(0, `Annotations:\t${labelsLine(object.metadata?.annotations)}`);
  await eventLines(out, target);
  return out.finish();
}

export async function describeAutoscaler(target: DescribeTarget): Promise<string> {
  const { metadata, spec, status } = target.object as unknown as HorizontalPodAutoscaler;
  const out = new DescribeWriter();
  header(out, metadata);
  labelLines(out, 'Labels', metadata?.labels);
  annotationLines(out, metadata?.annotations);
  out.line(0, `CreationTimestamp:\t${longTime(metadata?.creationTimestamp)}`);
  out.line(0, `Reference:\t${spec?.scaleTargetRef.kind ?? ''}/${spec?.scaleTargetRef.name ?? ''}`);
  out.line(0, 'Metrics:\t( current / target )');
  (spec?.metrics ?? []).forEach((metric, i) => {
    if (metric.type !== 'Resource' || !metric.resource) {
      out.line(1, `<unknown metric type ${JSON.stringify(metric.type)}>`);
      return;
    }
    const { name, target: wanted } = metric.resource;
    const now = status?.currentMetrics?.[i]?.resource?.current;
    out.write(1, `resource ${name} on pods`);
    if (wanted.averageValue) {
      out.line(0, `:\t${now?.averageValue ?? '<unknown>'} / ${wanted.averageValue}`);
      return;
    }
    const current =
      now?.averageUtilization === undefined || now.averageUtilization === null
        ? '<unknown>'
        : `${now.averageUtilization}% (${now.averageValue ?? ''})`;
    out.line(
      1,
      `(as a percentage of request):\t${current} / ${wanted.averageUtilization === undefined ? '<auto>' : `${wanted.averageUtilization}%`}`,
    );
  });
  out.line(0, `Min replicas:\t${spec?.minReplicas ?? '<unset>'}`);
  out.line(0, `Max replicas:\t${spec?.maxReplicas ?? 0}`);
  out.line(
    0,
    `${spec?.scaleTargetRef.kind ?? ''} pods:\t${status?.currentReplicas ?? 0} current / ${status?.desiredReplicas ?? 0} desired`,
  );
  if (status?.conditions?.length) {
    out.line(0, 'Conditions:');
    out.line(1, 'Type\tStatus\tReason\tMessage');
    out.line(1, '----\t------\t------\t-------');
    for (const each of status.conditions)
      out.line(1, `${each.type}\t${each.status}\t${each.reason ?? ''}\t${each.message ?? ''}`);
  }
  await eventLines(out, target);
  return out.finish();
}
