import { LineCounter, parseDocument } from 'yaml';

/** The text is no acceptable YAML. `message` is worded as kubectl's library would where that is practical. */
export class YamlSyntaxError extends Error {}

/** More aliases than this in one document are refused: a small text could grow without bound. */
const MAX_ALIASES = 100;

const MESSAGES: Readonly<Record<string, string>> = {
  BLOCK_AS_IMPLICIT_KEY: 'mapping values are not allowed in this context',
  BAD_INDENT: 'did not find expected key',
  MISSING_CHAR: "could not find expected ':'",
  TAB_AS_INDENT: 'found character that cannot start any token',
  BAD_DQ_ESCAPE: 'found unknown escape character',
  MULTILINE_IMPLICIT_KEY: "could not find expected ':'",
};

/**
 * Parses one YAML 1.1 document into a JSON value, as sigs.k8s.io/yaml does: `yes` and `on` are booleans,
 * `017` is octal, keys are texts. JSON is YAML too. Of keys that occur twice the last one counts when
 * `duplicates` are allowed. @throws YamlSyntaxError
 */
export function parseYaml(text: string, duplicates: 'refused' | 'allowed' = 'refused'): unknown {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, {
    version: '1.1',
    schema: 'yaml-1.1',
    merge: true,
    uniqueKeys: duplicates === 'refused',
    lineCounter,
    prettyErrors: false,
    customTags: (tags) => tags.filter((tag) => !(typeof tag === 'object' && UNWANTED_TAGS.has(tag.tag))),
  });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line } = lineCounter.linePos(error.pos[0]);
    if (error.code === 'DUPLICATE_KEY') {
      const name = text.slice(error.pos[0]).split(/[:\s,}]/, 1)[0] ?? '';
      throw new YamlSyntaxError(`yaml: unmarshal errors:\n  line ${line}: key "${name}" already set in map`);
    }
    throw new YamlSyntaxError(`yaml: line ${line}: ${MESSAGES[error.code] ?? lowerFirst(error.message)}`);
  }
  try {
    return toJson(document.toJS({ maxAliasCount: MAX_ALIASES }) as unknown);
  } catch (failure) {
    if (failure instanceof ReferenceError)
      throw new YamlSyntaxError('yaml: document contains excessive aliasing');
    throw failure;
  }
}

/** Times stay text and sexagesimal numbers too: Kubernetes' YAML knows neither. */
const UNWANTED_TAGS = new Set([
  'tag:yaml.org,2002:timestamp',
  'tag:yaml.org,2002:binary',
  'tag:yaml.org,2002:set',
  'tag:yaml.org,2002:omap',
  'tag:yaml.org,2002:pairs',
]);

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** Plain JSON of what the YAML library gives: no bigints, dates or Maps. */
function toJson(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value === 'object' && value !== null) {
    const plain: Record<string, unknown> = {};
    for (const [key, child] of Object.entries(value)) plain[key] = toJson(child);
    return plain;
  }
  return value;
}
