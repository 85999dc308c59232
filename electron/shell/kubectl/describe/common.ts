import { humanDuration } from '../duration.ts';
import { labelText } from '../printers/table.ts';
import { lastApplied } from '../last-applied.ts';
import type { LabelSelector, ObjectMeta } from './types.ts';
import type { DescribeWriter } from './writer.ts';

/** `Mon, 02 Jan 2006 15:04:05 -0700` in UTC, as Go's RFC1123Z. */
export function longTime(time: string | undefined | null): string {
  const ms = Date.parse(time ?? '');
  if (Number.isNaN(ms)) return '<unknown>';
  return new Date(ms).toUTCString().replace('GMT', '+0000');
}

export function age(time: string | undefined | null, now: number): string {
  const ms = Date.parse(time ?? '');
  return Number.isNaN(ms) ? '<unknown>' : humanDuration(now - ms);
}

export function labelsLine(labels: Readonly<Record<string, string>> | undefined | null): string {
  return labelText(labels ?? {});
}

/** A map over several lines: `title:\tkey=value`, the rest aligned below. Models `printLabelsMultiline`. */
export function mapLines(
  out: DescribeWriter,
  level: number,
  title: string,
  innerIndent: string,
  map: Readonly<Record<string, string>> | undefined | null,
  skip: readonly string[] = [],
): void {
  const keys = Object.keys(map ?? {})
    .filter((key) => !skip.includes(key))
    .sort();
  out.write(level, `${title}:${innerIndent}`);
  if (keys.length === 0) {
    out.write(0, '<none>\n');
    return;
  }
  keys.forEach((key, i) => {
    if (i !== 0) out.write(0, innerIndent);
    out.write(0, `${key}=${map?.[key] ?? ''}\n`);
  });
}

export function labelLines(
  out: DescribeWriter,
  title: string,
  map: Readonly<Record<string, string>> | undefined | null,
  level = 0,
): void {
  mapLines(out, level, title, '\t', map);
}

const maxAnnotation = 140;

/** Annotations without those of apply; long or multi-line values begin on their own line and are cut. */
export function annotationLines(
  out: DescribeWriter,
  annotations: Readonly<Record<string, string>> | undefined | null,
  level = 0,
): void {
  out.write(level, 'Annotations:\t');
  const keys = Object.keys(annotations ?? {})
    .filter((key) => key !== lastApplied)
    .sort();
  if (keys.length === 0) {
    out.write(0, '<none>\n');
    return;
  }
  keys.forEach((key, i) => {
    if (i !== 0) out.write(0, '\t');
    const value = (annotations?.[key] ?? '').replace(/\n+$/, '');
    if (key.length + value.length + 2 < maxAnnotation && !value.includes('\n')) {
      out.write(0, `${key}: ${value}\n`);
      return;
    }
    out.write(0, `${key}:\n`);
    for (const line of value.split('\n')) out.write(0, `\t  ${shorten(line, maxAnnotation - 2)}\n`);
  });
}

function shorten(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}...` : text;
}

/** `a=b,c in (d,e)`, or `<none>`. Models `metav1.FormatLabelSelector`. */
export function formatSelector(selector: LabelSelector | undefined | null): string {
  if (!selector) return '<none>';
  const terms: { key: string; text: string }[] = Object.entries(selector.matchLabels ?? {}).map(
    ([key, value]) => ({ key, text: `${key}=${value}` }),
  );
  for (const { key, operator, values } of selector.matchExpressions ?? []) {
    const set = `(${[...(values ?? [])].sort().join(',')})`;
    if (operator === 'In') terms.push({ key, text: `${key} in ${set}` });
    else if (operator === 'NotIn') terms.push({ key, text: `${key} notin ${set}` });
    else terms.push({ key, text: operator === 'Exists' ? key : `!${key}` });
  }
  terms.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return terms.length === 0 ? '<none>' : terms.map((term) => term.text).join(',');
}

export function controllerOf(metadata: ObjectMeta | undefined): string | undefined {
  const owner = metadata?.ownerReferences?.find((each) => each.controller === true);
  return owner ? `${owner.kind}/${owner.name}` : undefined;
}

/** Name, namespace and labels, which nearly every description begins with. */
export function header(out: DescribeWriter, metadata: ObjectMeta | undefined): void {
  out.line(0, `Name:\t${metadata?.name ?? ''}`);
  if (metadata?.namespace) out.line(0, `Namespace:\t${metadata.namespace}`);
}
