import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import { invalid, notSupported, required } from '../../../../apimachinery/validation/field-error.ts';
import { maxLengthError } from '../../../../apimachinery/validation/names.ts';
import { nonNegative } from '../../../apps/v1/pod-template.ts';
import type { CronJob, CronJobSpec, JobTemplateSpec } from '../../../types.ts';
import { validateJobSpec } from '../job/validation.ts';
import { CronScheduleError, isTimeZone, parseCronSchedule } from './cron-schedule.ts';

/** A Job's name is the CronJob's with `-` and minutes since the epoch; a Pod's name is a label. */
const MAX_NAME = 52;

/** Models ValidateCronJobCreate (pkg/apis/batch/validation, v1.34); metadata is checked elsewhere. */
export function validateCronJobCreate(cronJob: CronJob): FieldError[] {
  const errors = validateCronJobSpec(cronJob, undefined);
  const name = cronJob.metadata?.name ?? '';
  if (name.length > MAX_NAME) errors.push(invalid('metadata.name', name, maxLengthError(MAX_NAME)));
  return errors;
}

/** Models ValidateCronJobUpdate (v1.34). */
export function validateCronJobUpdate(cronJob: CronJob, old: CronJob): FieldError[] {
  return validateCronJobSpec(cronJob, old.spec);
}

function validateCronJobSpec(cronJob: CronJob, before: CronJobSpec | undefined): FieldError[] {
  const spec = cronJob.spec as CronJobSpec;
  const errors = validateSchedule(spec, before?.schedule?.includes('TZ') ?? false);
  errors.push(...nonNegative(spec.startingDeadlineSeconds, 'spec.startingDeadlineSeconds'));
  if (before === undefined || before.timeZone !== spec.timeZone)
    errors.push(...validateTimeZone(spec.timeZone));
  const { concurrencyPolicy = '' } = spec;
  const policies = ['Allow', 'Forbid', 'Replace'];
  if (concurrencyPolicy === '') errors.push(required('spec.concurrencyPolicy'));
  else if (!policies.includes(concurrencyPolicy))
    errors.push(notSupported('spec.concurrencyPolicy', concurrencyPolicy, policies));
  errors.push(...validateJobTemplate(spec.jobTemplate));
  errors.push(...nonNegative(spec.successfulJobsHistoryLimit, 'spec.successfulJobsHistoryLimit'));
  errors.push(...nonNegative(spec.failedJobsHistoryLimit, 'spec.failedJobsHistoryLimit'));
  return errors;
}

/** `zoneAllowed`: the CronJob had a zone in its schedule before that was refused. */
function validateSchedule(
  { schedule = '', timeZone }: Partial<CronJobSpec>,
  zoneAllowed: boolean,
): FieldError[] {
  const path = 'spec.schedule';
  if (schedule === '') return [required(path)];
  const errors: FieldError[] = [];
  try {
    parseCronSchedule(schedule);
  } catch (error) {
    if (!(error instanceof CronScheduleError)) throw error;
    errors.push(invalid(path, schedule, error.message));
  }
  if (!schedule.includes('TZ')) return errors;
  if (!zoneAllowed) {
    const detail = 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead';
    errors.push(invalid(path, schedule, detail));
  } else if (timeZone !== undefined) {
    const detail = 'cannot use both timeZone field and TZ or CRON_TZ in schedule';
    errors.push(invalid(path, schedule, detail));
  }
  return errors;
}

function validateTimeZone(timeZone: string | undefined): FieldError[] {
  const path = 'spec.timeZone';
  if (timeZone === undefined) return [];
  if (timeZone === '') return [invalid(path, timeZone, 'timeZone must be nil or non-empty string')];
  if (timeZone.toLowerCase() === 'local') {
    const detail = 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones';
    return [invalid(path, timeZone, detail)];
  }
  return isTimeZone(timeZone) ? [] : [invalid(path, timeZone, `unknown time zone ${timeZone}`)];
}

/** Models validateJobTemplateSpec (v1.34): the selector is always generated. */
function validateJobTemplate(template: JobTemplateSpec): FieldError[] {
  const path = 'spec.jobTemplate.spec';
  const { spec } = template;
  if (spec === undefined) return [];
  const errors = validateJobSpec(spec, path);
  if (spec.selector !== undefined)
    errors.push(invalid(`${path}.selector`, spec.selector, '`selector` will be auto-generated'));
  if (spec.manualSelector === true)
    errors.push(notSupported(`${path}.manualSelector`, true, ['nil', 'false']));
  return errors;
}
