/** A number or text, such as `maxSurge: 1` and `maxSurge: "25%"`, or a port's number and name. */
export type IntOrString = number | string;

const PERCENT = /^[0-9]+%$/;

/** True for texts like `25%`. */
export function isPercent(value: string): boolean {
  return PERCENT.test(value);
}

/** The number before `%`, or undefined when the value is no percentage. */
export function percentOf(value: IntOrString): number | undefined {
  return typeof value === 'string' && isPercent(value) ? Number(value.slice(0, -1)) : undefined;
}

/**
 * The value in units of `total`: numbers as they are, percentages scaled and rounded up or down.
 * Returns undefined for a text that is no percentage. Models intstr.GetScaledValueFromIntOrPercent (v1.34).
 */
export function scaledValue(value: IntOrString, total: number, roundUp: boolean): number | undefined {
  if (typeof value === 'number') return value;
  const percent = percentOf(value);
  if (percent === undefined) return undefined;
  const scaled = (percent * total) / 100;
  return roundUp ? Math.ceil(scaled) : Math.floor(scaled);
}
