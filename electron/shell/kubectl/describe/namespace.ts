import { StatusError } from '../errors.ts';
import { listObjects } from '../objects.ts';
import { annotationLines, labelLines, longTime } from './common.ts';
import type { DescribeTarget } from './interface.ts';
import type { LimitRange, Namespace, ResourceQuota } from './types.ts';
import { DescribeWriter } from './writer.ts';

async function listed<T>(target: DescribeTarget, type: string): Promise<T[] | undefined> {
  const mapping = (await target.session.mapper()).find(type);
  if (!mapping) return undefined;
  try {
    return (await listObjects(target.session, mapping, target.name)) as unknown as T[];
  } catch (error) {
    if (error instanceof StatusError) return undefined;
    throw error;
  }
}

export async function describeNamespace(target: DescribeTarget): Promise<string> {
  const { metadata, status } = target.object as unknown as Namespace;
  const quotas = await listed<ResourceQuota>(target, 'resourcequotas');
  const limits = await listed<LimitRange>(target, 'limitranges');
  const out = new DescribeWriter();
  out.line(0, `Name:\t${metadata?.name ?? ''}`);
  labelLines(out, 'Labels', metadata?.labels);
  annotationLines(out, metadata?.annotations);
  out.line(0, `Status:\t${status?.phase ?? ''}`);
  if (status?.conditions?.length) {
    out.write(0, 'Conditions:\n  Type\tStatus\tLastTransitionTime\tReason\tMessage\n');
    out.line(1, '----\t------\t------------------\t------\t-------');
    for (const each of status.conditions)
      out.line(
        1,
        `${each.type}\t${each.status}\t${longTime(each.lastTransitionTime)}\t${each.reason ?? ''}\t${each.message ?? ''}`,
      );
  }
  if (quotas) quotaLines(out, quotas);
  if (limits) limitLines(out, limits);
  return out.finish();
}

function quotaLines(out: DescribeWriter, quotas: readonly ResourceQuota[]): void {
  if (quotas.length === 0) {
    out.write(0, '\nNo resource quota.\n');
    return;
  }
  out.write(0, '\nResource Quotas');
  for (const quota of [...quotas].sort((a, b) =>
    (a.metadata?.name ?? '') < (b.metadata?.name ?? '') ? -1 : 1,
  )) {
    out.write(0, `\n  Name:\t${quota.metadata?.name ?? ''}\n`);
    const scopes = quota.spec?.scopes ?? [];
    if (scopes.length > 0) {
      out.write(0, `  Scopes:\t${scopes.join(', ')}\n`);
      for (const scope of [...scopes].sort()) {
        const text = scopeText[scope];
        if (text) out.write(0, `  * ${text}\n`);
      }
    }
    out.write(0, '  Resource\tUsed\tHard\n');
    out.write(0, '  --------\t---\t---\n');
    for (const name of Object.keys(quota.status?.hard ?? {}).sort())
      out.write(0, `  ${name}\t${quota.status?.used?.[name] ?? ''}\t${quota.status?.hard?.[name] ?? ''}\n`);
  }
}

export const scopeText: Readonly<Record<string, string>> = {
  Terminating:
    'Matches all pods that have an active deadline. These pods have a limited lifespan on a node before being actively terminated by the system.',
  NotTerminating:
    'Matches all pods that do not have an active deadline. These pods usually include long running pods whose container command is not expected to terminate.',
  BestEffort:
    'Matches all pods that do not have resource requirements set. These pods have a best effort quality of service.',
  NotBestEffort:
    'Matches all pods that have at least one resource requirement set. These pods have a burstable or guaranteed quality of service.',
};

function limitLines(out: DescribeWriter, limits: readonly LimitRange[]): void {
  if (limits.length === 0) {
    out.write(0, '\nNo LimitRange resource.\n');
    return;
  }
  out.write(
    0,
    '\nResource Limits\n Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio\n',
  );
  out.write(0, ' ----\t--------\t---\t---\t---------------\t-------------\t-----------------------\n');
  for (const range of limits) rangeLines(out, range, ' ');
}

export function rangeLines(out: DescribeWriter, range: LimitRange, prefix: string): void {
  for (const item of range.spec?.limits ?? []) {
    const columns = [item.min, item.max, item.defaultRequest, item.default, item.maxLimitRequestRatio];
    const names = new Set(columns.flatMap((column) => Object.keys(column ?? {})));
    for (const name of [...names].sort()) {
      out.write(
        0,
        `${prefix}${item.type}\t${name}\t${columns.map((column) => column?.[name] ?? '-').join('\t')}\n`,
      );
    }
  }
}
