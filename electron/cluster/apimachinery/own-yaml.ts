import { parse, stringify } from 'yaml';

/** What this program wrote lately, by its text: at a cluster's start components read what has been written just now. */
const written = new Map<string, unknown>();
const MAX_REMEMBERED = 64;

/** A value of JSON as YAML text; long texts are folded at `lineWidth`, 0 for never. */
export function writeOwnYaml(value: unknown, lineWidth = 80): string {
  const text = stringify(value, { lineWidth });
  written.set(text, JSON.parse(JSON.stringify(value)) as unknown);
  if (written.size > MAX_REMEMBERED) {
    const oldest = written.keys().next();
    if (oldest.done !== true) written.delete(oldest.value);
  }
  return text;
}

/** The value of a YAML text; not parsed when `writeOwnYaml` made it. To be left as it is: others get it too. @throws YAMLParseError */
export function readOwnYaml(text: string): unknown {
  return written.get(text) ?? (parse(text) as unknown);
}
