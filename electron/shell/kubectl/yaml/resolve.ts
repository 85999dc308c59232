const words = new Map<string, null | boolean | number>([
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map(
    (word) => [word, true] as const,
  ),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map(
    (word) => [word, false] as const,
  ),
  ...['.nan', '.NaN', '.NAN'].map((word) => [word, Number.NaN] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map(
    (word) => [word, Number.POSITIVE_INFINITY] as const,
  ),
  ...['-.inf', '-.Inf', '-.INF'].map((word) => [word, Number.NEGATIVE_INFINITY] as const),
]);

const timestamp =
  /^\d{4}-\d{1,2}-\d{1,2}(?:[Tt]\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)| \d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?)?$/;
const float = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;

function integer(plain: string): number | undefined {
  const sign = plain.startsWith('-') ? -1 : 1;
  const digits = plain.replace(/^[-+]/, '');
  if (/^0[xX][0-9a-fA-F]+$/.test(digits) || /^0[oO][0-7]+$/.test(digits) || /^0[bB][01]+$/.test(digits)) {
    return sign * Number(digits.toLowerCase());
  }
  if (/^0[0-7]+$/.test(digits)) return sign * Number(`0o${digits.slice(1)}`);
  if (/^(0|[1-9]\d*)$/.test(digits) && BigInt(digits) < 2n ** 64n) return sign * Number(digits);
  return undefined;
}

/**
 * What a plain scalar means to go-yaml v2, which kubectl reads and writes YAML with: YAML 1.1 words (`on`, `y`), octal
 * `017`, underscores in numbers; timestamps and base-60 stay text when read.
 * Answers undefined for text. Models `resolve` of gopkg.in/yaml.v2.
 */
export function resolvePlain(text: string): { value: null | boolean | number | string } | undefined {
  if (words.has(text)) return { value: words.get(text) ?? null };
  const first = text[0] ?? '';
  if (first === '.') return float.test(text) ? { value: Number(text) } : undefined;
  if (!/[-+0-9]/.test(first)) return undefined;
  if (timestamp.test(text)) return { value: text };
  const plain = text.replaceAll('_', '');
  const whole = integer(plain);
  if (whole !== undefined) return { value: whole };
  if (float.test(plain)) return { value: Number(plain) };
  return undefined;
}

/** `12:30:45`, which older parsers read as a number; it is quoted on the way out. */
export function isBase60(text: string): boolean {
  return /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/.test(text);
}
