import { z } from 'zod';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const FACTORS: Readonly<Record<string, number>> = {
  B: 1, kB: 1e3, MB: 1e6, GB: 1e9, Ki: 1024, Mi: 1024 ** 2, Gi: 1024 ** 3,
}; // prettier-ignore
const DURATION = /^(\d{1,6}(?:\.\d{1,3})?)(ms|s|m|h)$/;
const BYTES = /^(\d{1,6}(?:\.\d{1,3})?)(B|kB|MB|GB|Ki|Mi|Gi)$/;

/** A length of time as it is written (`500ms`, `10s`, `2m`, `1h`); milliseconds once it is read. */
export const Duration = z
  .string()
  .regex(DURATION, 'not a duration: write a number and ms, s, m or h, such as 500ms or 10s')
  .transform((text) => {
    const [, number = '0', unit = 'ms'] = DURATION.exec(text) ?? [];
    return Math.round(Number(number) * (UNITS[unit] ?? 1));
  });

/** An amount of bytes as it is written (`72.9MB`, `64Mi`); bytes once it is read. */
export const Bytes = z
  .string()
  .regex(BYTES, 'not a size: write a number and B, kB, MB, GB, Ki, Mi or Gi, such as 72.9MB or 64Mi')
  .transform((text) => {
    const [, number = '0', unit = 'B'] = BYTES.exec(text) ?? [];
    return Math.round(Number(number) * (FACTORS[unit] ?? 1));
  });
