import { describe, expect, it } from 'vitest';
import { parseCronSchedule } from '../../api/batch/v1/cron-job/cron-schedule.ts';
import { NEVER, ScheduleTimes } from './schedule-times.ts';
import { TimeZone } from './time-zone.ts';

function fires(schedule: string, after: string, count: number): string[] {
  const times = new ScheduleTimes(parseCronSchedule(schedule));
  const found: string[] = [];
  for (let t = times.next(Date.parse(after)); found.length < count; t = times.next(t))
    found.push(new Date(t).toISOString().replace('.000', ''));
  return found;
}

describe('ScheduleTimes', () => {
  it.each([
    ['* * * * *', '2026-03-01T10:00:00Z', '2026-03-01T10:01:00Z'],
    ['* * * * *', '2026-03-01T10:00:59.999Z', '2026-03-01T10:01:00Z'],
    ['*/15 * * * *', '2026-03-01T10:46:00Z', '2026-03-01T11:00:00Z'],
    ['30 4 1,15 * 5', '2026-03-02T00:00:00Z', '2026-03-06T04:30:00Z'],
    ['30 4 * * 5', '2026-03-02T00:00:00Z', '2026-03-06T04:30:00Z'],
    ['0 0 31 * *', '2026-03-31T00:00:00Z', '2026-05-31T00:00:00Z'],
    ['0 0 29 2 *', '2026-03-01T00:00:00Z', '2028-02-29T00:00:00Z'],
    ['@hourly', '2026-12-31T23:10:00Z', '2027-01-01T00:00:00Z'],
    ['@every 90s', '2026-03-01T10:00:00.500Z', '2026-03-01T10:01:30Z'],
    ['30 6-16/4 * * 1-5', '2026-03-06T14:30:00Z', '2026-03-09T06:30:00Z'],
    ['TZ=America/Sao_Paulo 0 9 * * *', '2026-03-01T00:00:00Z', '2026-03-01T12:00:00Z'],
    ['CRON_TZ=Asia/Kolkata 15 0 * * *', '2026-03-01T00:00:00Z', '2026-03-01T18:45:00Z'],
    ['TZ=Pacific/Auckland 0 0 1 1 *', '2026-06-01T00:00:00Z', '2026-12-31T11:00:00Z'],
  ])('%s after %s', (schedule, after, next) => {
    expect(fires(schedule, after, 1)).toEqual([next]);
  });

  it('leaves out the hour that a zone leaves out', () => {
    // Lisbon: 01:00 becomes 02:00 on 29 March 2026.
    expect(fires('TZ=Europe/Lisbon 30 1 * * *', '2026-03-28T00:00:00Z', 3)).toEqual([
      '2026-03-28T01:30:00Z',
      '2026-03-30T00:30:00Z',
      '2026-03-31T00:30:00Z',
    ]);
  });

  it('fires twice in the hour that a zone repeats', () => {
    // Lisbon: 02:00 becomes 01:00 on 25 October 2026.
    expect(fires('TZ=Europe/Lisbon 30 1 * * *', '2026-10-24T12:00:00Z', 3)).toEqual([
      '2026-10-25T00:30:00Z',
      '2026-10-25T01:30:00Z',
      '2026-10-26T01:30:00Z',
    ]);
  });

  it('never fires on the 31st of February', () => {
    const times = new ScheduleTimes(parseCronSchedule('0 0 31 2 *'));
    expect(times.next(Date.parse('2026-01-01T00:00:00Z'))).toBe(NEVER);
    expect(new ScheduleTimes(parseCronSchedule('TZ=Europe/Lisbon 0 0 31 2 *')).next(0)).toBe(NEVER);
  });
});

describe('TimeZone', () => {
  it('writes instants with its offset', () => {
    const instant = Date.parse('2026-07-01T12:00:00Z');
    const written = (name: string): string => new TimeZone(name).format(instant);
    expect(written('')).toBe('2026-07-01T12:00:00Z');
    expect(written('Europe/Lisbon')).toBe('2026-07-01T13:00:00+01:00');
    expect(written('Asia/Kathmandu')).toBe('2026-07-01T17:45:00+05:45');
    expect(written('America/St_Johns')).toBe('2026-07-01T09:30:00-02:30');
  });

  it('does not know zones that there are not', () => {
    expect(() => new TimeZone('Mars/Olympus')).toThrow(RangeError);
  });
});
