import { parseGoDuration } from '../../../../apimachinery/duration.ts';
import { quote } from '../../../../apimachinery/validation/field-error.ts';

/** When a schedule fires: the minutes, hours, days … it allows; or a fixed distance. */
export type CronSchedule =
  | {
      readonly kind: 'fields';
      readonly minutes: CronField;
      readonly hours: CronField;
      readonly daysOfMonth: CronField;
      readonly months: CronField;
      readonly daysOfWeek: CronField;
      /** Of the time zone database, as written before the fields (`TZ=Europe/Lisbon …`). */
      readonly zone?: string;
    }
  | { readonly kind: 'every'; readonly milliseconds: number };

export interface CronField {
  readonly values: ReadonlySet<number>;
  /** Written as `*`: of the two day fields the other one then decides alone. */
  readonly any: boolean;
}

/** The schedule cannot be read. `message` is the upstream parser's. */
export class CronScheduleError extends Error {}

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly names: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
/** In the order in which a schedule names them. */
const BOUNDS: readonly Bounds[] = [
  { min: 0, max: 59, names: [] },
  { min: 0, max: 23, names: [] },
  { min: 1, max: 31, names: [] },
  { min: 1, max: 12, names: MONTHS },
  { min: 0, max: 6, names: DAYS },
];
const DESCRIPTORS: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

/**
 * Reads a schedule: five fields or a descriptor such as `@daily` or `@every 1h`.
 * Models ParseStandard of github.com/robfig/cron (v3). @throws CronScheduleError
 */
export function parseCronSchedule(text: string): CronSchedule {
  if (text === '') throw new CronScheduleError('empty spec string');
  let spec = text;
  let zone: string | undefined;
  if (/^(CRON_)?TZ=/.test(spec)) {
    const space = spec.indexOf(' ');
    zone = spec.slice(spec.indexOf('=') + 1, space < 0 ? undefined : space);
    if (!isTimeZone(zone))
      throw new CronScheduleError(`provided bad location ${zone}: unknown time zone ${zone}`);
    spec = space < 0 ? '' : spec.slice(space).trim();
  }
  const schedule = spec.startsWith('@') ? parseDescriptor(spec) : parseFields(spec);
  return zone === undefined || schedule.kind === 'every' ? schedule : { ...schedule, zone };
}

function parseDescriptor(spec: string): CronSchedule {
  const fields = DESCRIPTORS[spec];
  if (fields !== undefined) return parseFields(fields);
  if (!spec.startsWith('@every ')) throw new CronScheduleError(`unrecognized descriptor: ${spec}`);
  const written = spec.slice('@every '.length);
  const milliseconds = parseGoDuration(written);
  if (milliseconds === undefined) {
    const why = `time: invalid duration ${quote(written)}`;
    throw new CronScheduleError(`failed to parse duration ${spec}: ${why}`);
  }
  // Nothing fires more than once a second.
  return { kind: 'every', milliseconds: Math.max(1000, Math.floor(milliseconds / 1000) * 1000) };
}

function parseFields(spec: string): CronSchedule {
  const fields = spec.split(/\s+/).filter((field) => field !== '');
  if (fields.length !== BOUNDS.length) {
    throw new CronScheduleError(
      `expected exactly ${BOUNDS.length} fields, found ${fields.length}: [${fields.join(' ')}]`,
    );
  }
  const [minutes, hours, daysOfMonth, months, daysOfWeek] = fields.map((field, index) =>
    parseField(field, BOUNDS[index] as Bounds),
  ) as [CronField, CronField, CronField, CronField, CronField];
  return { kind: 'fields', minutes, hours, daysOfMonth, months, daysOfWeek };
}

function parseField(field: string, bounds: Bounds): CronField {
  const values = new Set<number>();
  let any = false;
  for (const expression of field.split(',').filter((part) => part !== '')) {
    if (parseRange(expression, bounds, values)) any = true;
  }
  return { values, any };
}

/** Adds what the expression allows; true when it is a plain `*`. */
function parseRange(expression: string, bounds: Bounds, values: Set<number>): boolean {
  const [range = '', stepText, ...tooManySteps] = expression.split('/');
  const [low = '', high, ...tooManyEnds] = range.split('-');
  const star = low === '*' || low === '?';
  let start = bounds.min;
  let end = bounds.max;
  if (!star) {
    start = intOrName(low, bounds.names, bounds.min);
    end = start;
    if (tooManyEnds.length > 0) throw new CronScheduleError(`too many hyphens: ${expression}`);
    if (high !== undefined) end = intOrName(high, bounds.names, bounds.min);
  }
  let step = 1;
  if (tooManySteps.length > 0) throw new CronScheduleError(`too many slashes: ${expression}`);
  if (stepText !== undefined) {
    step = parseInteger(stepText);
    // `N/step` means from N on.
    if (high === undefined) end = bounds.max;
  }
  if (start < bounds.min) {
    const what = `beginning of range (${start}) below minimum (${bounds.min})`;
    throw new CronScheduleError(`${what}: ${expression}`);
  }
  if (end > bounds.max)
    throw new CronScheduleError(`end of range (${end}) above maximum (${bounds.max}): ${expression}`);
  if (start > end)
    throw new CronScheduleError(`beginning of range (${start}) beyond end of range (${end}): ${expression}`);
  if (step === 0) throw new CronScheduleError(`step of range should be a positive number: ${expression}`);
  for (let value = start; value <= end; value += step) values.add(value);
  return star && step === 1;
}

function intOrName(text: string, names: readonly string[], min: number): number {
  const index = names.indexOf(text.toLowerCase());
  return index < 0 ? parseInteger(text) : index + min;
}

function parseInteger(text: string): number {
  if (!/^[+-]?[0-9]+$/.test(text)) {
    const why = `strconv.Atoi: parsing ${quote(text)}: invalid syntax`;
    throw new CronScheduleError(`failed to parse int from ${text}: ${why}`);
  }
  const value = Number(text);
  if (value < 0) throw new CronScheduleError(`negative number (${value}) not allowed: ${text}`);
  return value;
}

/** True for a name of the time zone database. */
export function isTimeZone(name: string): boolean {
  if (name === '' || /^[+-]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
