const factors: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** The value of a Kubernetes quantity (`100m`, `1Gi`, `1e3`), or undefined when it is none. */
export function parseQuantity(text: string): number | undefined {
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][-+]?\d+)|([numkMGTPE]|[KMGTPE]i))?$/.exec(text);
  if (!match) return undefined;
  const [, number = '', exponent, suffix] = match;
  return exponent === undefined ? Number(number) * (factors[suffix ?? ''] ?? 1) : Number(number + exponent);
}

/** Milli-units as kubectl's resource tables write CPU: `250m`, `1`, `0`. */
export function formatMilli(value: number): string {
  const milli = Math.round(value * 1000);
  return milli % 1000 === 0 ? String(milli / 1000) : `${milli}m`;
}

/** Sums keep the notation of their first part, as upstream's Quantity does for whole values. */
export function formatBinary(value: number): string {
  if (value === 0) return '0';
  for (const [suffix, factor] of [
    ['Ei', 2 ** 60],
    ['Pi', 2 ** 50],
    ['Ti', 2 ** 40],
    ['Gi', 2 ** 30],
    ['Mi', 2 ** 20],
    ['Ki', 2 ** 10],
  ] as const) {
    if (value >= factor && value % factor === 0) return `${value / factor}${suffix}`;
  }
  return String(value);
}

export function formatDecimal(value: number): string {
  if (value === 0) return '0';
  if (!Number.isInteger(value)) return formatMilli(value);
  for (const [suffix, factor] of [
    ['E', 1e18],
    ['P', 1e15],
    ['T', 1e12],
    ['G', 1e9],
    ['M', 1e6],
    ['k', 1e3],
  ] as const) {
    if (value >= factor && value % factor === 0) return `${value / factor}${suffix}`;
  }
  return String(value);
}

/** A quantity as the API writes it (`1024Mi` is `1Gi`, `0.1` is `100m`), or undefined when it is none. Models `CanonicalizeBytes`. */
export function canonicalQuantity(text: string): string | undefined {
  const value = parseQuantity(text);
  if (value === undefined) return undefined;
  const sign = value < 0 ? '-' : '';
  const size = Math.abs(value);
  if (/i$/.test(text) && size >= 1024) return sign + formatBinary(size);
  if (!/[eE][-+]?\d+$/.test(text)) return sign + formatDecimal(size);
  let exponent = 0;
  while (size !== 0 && Number.isInteger(size / 10 ** (exponent + 3))) exponent += 3;
  return `${sign}${size / 10 ** exponent}${exponent === 0 ? '' : `e${exponent}`}`;
}
