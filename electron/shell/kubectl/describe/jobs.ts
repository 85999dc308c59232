import { humanDuration } from '../duration.ts';
import { annotationLines, controllerOf, formatSelector, labelLines, longTime } from './common.ts';
import { eventLines } from './events.ts';
import type { DescribeTarget } from './interface.ts';
import { templateLines } from './template.ts';
import type { CronJob, Job } from './types.ts';
import { DescribeWriter } from './writer.ts';

export async function describeJob(target: DescribeTarget): Promise<string> {
  const { metadata, spec, status } = target.object as unknown as Job;
  const out = new DescribeWriter();
  out.line(0, `Name:\t${metadata?.name ?? ''}`);
  out.line(0, `Namespace:\t${metadata?.namespace ?? ''}`);
  if (spec?.selector) out.line(0, `Selector:\t${formatSelector(spec.selector)}`);
  labelLines(out, 'Labels', metadata?.labels);
  annotationLines(out, metadata?.annotations);
  const controller = controllerOf(metadata);
  if (controller) out.line(0, `Controlled By:\t${controller}`);
  out.line(0, `Parallelism:\t${spec?.parallelism ?? '<unset>'}`);
  out.line(0, `Completions:\t${spec?.completions ?? '<unset>'}`);
  if (spec?.completionMode) out.line(0, `Completion Mode:\t${spec.completionMode}`);
  if (spec?.suspend !== undefined && spec.suspend !== null) out.line(0, `Suspend:\t${spec.suspend}`);
  if (spec?.backoffLimit !== undefined && spec.backoffLimit !== null)
    out.line(0, `Backoff Limit:\t${spec.backoffLimit}`);
  if (spec?.ttlSecondsAfterFinished !== undefined && spec.ttlSecondsAfterFinished !== null)
    out.line(0, `TTL Seconds After Finished:\t${spec.ttlSecondsAfterFinished}`);
  if (status?.startTime) out.line(0, `Start Time:\t${longTime(status.startTime)}`);
  if (status?.completionTime) {
    out.line(0, `Completed At:\t${longTime(status.completionTime)}`);
    if (status.startTime)
      out.line(
        0,
        `Duration:\t${humanDuration(Date.parse(status.completionTime) - Date.parse(status.startTime))}`,
      );
  }
  if (spec?.activeDeadlineSeconds) out.line(0, `Active Deadline Seconds:\t${spec.activeDeadlineSeconds}s`);
  const ready = status?.ready === undefined || status.ready === null ? '' : ` (${status.ready} Ready)`;
  out.line(
    0,
    `Pods Statuses:\t${status?.active ?? 0} Active${ready} / ${status?.succeeded ?? 0} Succeeded / ${status?.failed ?? 0} Failed`,
  );
  if (spec?.completionMode === 'Indexed')
    out.line(0, `Completed Indexes:\t${status?.completedIndexes || '<none>'}`);
  templateLines(out, spec?.template);
  await eventLines(out, target);
  return out.finish();
}

export async function describeCronJob(target: DescribeTarget): Promise<string> {
  const { metadata, spec, status } = target.object as unknown as CronJob;
  const out = new DescribeWriter();
  out.line(0, `Name:\t${metadata?.name ?? ''}`);
  out.line(0, `Namespace:\t${metadata?.namespace ?? ''}`);
  labelLines(out, 'Labels', metadata?.labels);
  annotationLines(out, metadata?.annotations);
  out.line(0, `Schedule:\t${spec?.schedule ?? ''}`);
  out.line(0, `Concurrency Policy:\t${spec?.concurrencyPolicy ?? ''}`);
  const suspend = spec?.suspend;
  out.line(
    0,
    `Suspend:\t${suspend === undefined || suspend === null ? '<unset>' : suspend ? 'True' : 'False'}`,
  );
  out.line(0, `Successful Job History Limit:\t${spec?.successfulJobsHistoryLimit ?? '<unset>'}`);
  out.line(0, `Failed Job History Limit:\t${spec?.failedJobsHistoryLimit ?? '<unset>'}`);
  const deadline = spec?.startingDeadlineSeconds;
  out.line(
    0,
    `Starting Deadline Seconds:\t${deadline === undefined || deadline === null ? '<unset>' : `${deadline}s`}`,
  );
  const job = spec?.jobTemplate.spec;
  out.line(0, `Selector:\t${job?.selector ? formatSelector(job.selector) : '<unset>'}`);
  out.line(0, `Parallelism:\t${job?.parallelism ?? '<unset>'}`);
  out.line(0, `Completions:\t${job?.completions ?? '<unset>'}`);
  if (job?.activeDeadlineSeconds) out.line(0, `Active Deadline Seconds:\t${job.activeDeadlineSeconds}s`);
  templateLines(out, job?.template);
  out.line(
    0,
    `Last Schedule Time:\t${status?.lastScheduleTime ? longTime(status.lastScheduleTime) : '<unset>'}`,
  );
  out.line(
    0,
    `Active Jobs:\t${status?.active?.length ? status.active.map((each) => each.name ?? '').join(', ') : '<none>'}`,
  );
  await eventLines(out, target);
  return out.finish();
}
