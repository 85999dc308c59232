/** What one command answered. */
export interface Outcome {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Log lines of the stock client and its warning about versions: nothing a person asked for. */
const noise =
  /^(?:[IWEF]\d{4} \d\d:\d\d:\d\d|WARNING: version difference between client|WARNING: the client version)/;
const age = /(?<![\w.-])(?:(?:\d+[ydhms]){1,3}|<unknown>|<invalid>)(?![\w.-])/g;
/** The alphabet of generated suffixes (apimachinery's util/rand). */
const safe = 'bcdfghjklmnpqrstvwxz2456789';

/** Names that belong to one side of a comparison, and what stands for them: `[namespace, 'NS']`. */
export type OwnNames = readonly (readonly [string, string])[];

/**
 * A text with what cannot be equal masked: names of this side, ages, times, UIDs, versions, generated suffixes and addresses,
 * numbered in the order they are first seen. Where ages were masked runs of spaces inside lines are as one width, because
 * the columns after them shift.
 */
export function normalised(text: string, own: OwnNames): string {
  let out = text
    .split('\n')
    .filter((line) => !noise.test(line))
    .join('\n');
  for (const [name, mask] of own) out = out.replaceAll(name, mask);
  const seen = new Map<string, string>();
  const numbered =
    (kind: string) =>
    (found: string): string => {
      const key = `${kind} ${found}`;
      const known = seen.get(key) ?? `<${kind}${seen.size + 1}>`;
      seen.set(key, known);
      return known;
    };
  out = out
    .replace(/\t\d{4}-\d\d-\d\d \d\d:\d\d:\d\d.*$/gm, '')
    .replace(/\beyJ[\w-]+\.[\w-]+\.[\w-]+/g, '<token>')
    .replace(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, numbered('uid'))
    .replace(/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z| \+0000(?: UTC)?)/g, '<time>')
    .replace(
      /\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}/g,
      '<time>',
    )
    .replace(/\b(resource ?version(?:\\?")?[:=] ?(?:\\?")?)\d+/gi, '$1<rv>')
    .replace(/\b(MERGED|LIVE)-\d+/g, '$1')
    .replace(
      /(?:pod-template-hash|controller-revision-hash)(?:\\?")?[=:] ?(?:\\?")?([a-z0-9]+)/g,
      (all, hash: string) => all.replace(hash, '<hash>'),
    )
    .replace(new RegExp(`(?<=[a-z0-9]-)[${safe}]{6,10}-[${safe}]{5}(?![a-z0-9-])`, 'g'), '<suffix>')
    .replace(new RegExp(`(?<=[a-z0-9]-)(?:[${safe}]{8,10}|[${safe}]{5})(?![a-z0-9-])`, 'g'), '<suffix>')
    .replace(/(?<=[a-z0-9]-)2\d{7}(?![0-9])/g, '<minute>')
    .replace(/(?<=\.)[0-9a-f]{16}\b/g, '<event>')
    .replace(/(?<![\d.])10\.\d{1,3}\.\d{1,3}\.\d{1,3}(?![\d.])/g, numbered('ip'));
  const masked = out.replace(age, '<age>');
  if (masked === out && !out.includes('<suffix>') && !out.includes('<ip')) return out;
  return masked
    .split('\n')
    .map((line) => line.replace(/(?<=\S) {2,}/g, '  ').trimEnd())
    .join('\n');
}

/** What two answers differ in; undefined when in nothing. */
export function differs(
  expected: Outcome,
  found: Outcome,
  expectedNames: OwnNames = [],
  foundNames: OwnNames = expectedNames,
): 'exit' | 'stdout' | 'stderr' | undefined {
  if (expected.exit !== found.exit) return 'exit';
  for (const part of ['stdout', 'stderr'] as const)
    if (normalised(expected[part], expectedNames) !== normalised(found[part], foundNames)) return part;
  return undefined;
}
