import { isAlias, isMap, isScalar, isSeq, parseDocument, type Node } from 'yaml';
import type { Json, JsonObject } from '../json.ts';
import { goYamlMessage } from './go-message.ts';
import { resolvePlain } from './resolve.ts';

/** The text is no YAML; the message is go-yaml's where its cause is known. */
export class YamlError extends Error {
  override readonly name = 'YamlError';
}

/**
 * Reads one YAML document as kubectl does (go-yaml v2: YAML 1.1 scalars, the last of two equal keys wins). Empty text is null.
 * With `coreWords` as kustomize does (go-yaml v3): `y`, `on` and the like are text.
 */
export function readYaml(text: string, coreWords = false): Json {
  const document = parseDocument(text, {
    schema: 'failsafe',
    version: '1.1',
    uniqueKeys: false,
    merge: false,
    logLevel: 'silent',
  });
  const first = document.errors[0];
  if (first) throw new YamlError(`yaml: ${goYamlMessage(first, text)}`);
  let budget = 200_000;
  const anchors = new Map<string, Node>();
  const convert = (node: unknown, depth: number): Json => {
    if (--budget < 0 || depth > 200) throw new YamlError('yaml: document contains excessive aliasing');
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (!target) throw new YamlError(`yaml: unknown anchor '${node.source}' referenced`);
      return convert(target, depth + 1);
    }
    if (isMap(node)) {
      if (node.anchor) anchors.set(node.anchor, node);
      const object: JsonObject = {};
      const merged: JsonObject[] = [];
      for (const pair of node.items) {
        const key = keyText(isScalar(pair.key) ? pair.key : undefined);
        const value = convert(pair.value, depth + 1);
        if (key === '<<' && isScalar(pair.key) && pair.key.type === 'PLAIN')
          merged.push(...mergeSources(value));
        else object[key] = value;
      }
      for (const source of merged)
        for (const [key, value] of Object.entries(source))
          if (!Object.hasOwn(object, key)) object[key] = value;
      return object;
    }
    if (isSeq(node)) {
      if (node.anchor) anchors.set(node.anchor, node);
      return node.items.map((item) => convert(item, depth + 1));
    }
    if (isScalar(node)) {
      if (node.anchor) anchors.set(node.anchor, node);
      return coreWords && node.type === 'PLAIN' && onlyOldWord.test(String(node.value))
        ? String(node.value)
        : scalarValue(node.value, node.type, node.tag);
    }
    return null;
  };
  return convert(document.contents, 0);
}

/** Booleans of YAML 1.1 that YAML 1.2 takes for text. */
const onlyOldWord = /^(?:y|n|yes|no|on|off)$/i;

function mergeSources(value: Json): JsonObject[] {
  const list = Array.isArray(value) ? value : [value];
  return list.filter(
    (item): item is JsonObject => typeof item === 'object' && item !== null && !Array.isArray(item),
  );
}

function scalarValue(value: unknown, type: string | undefined, tag: string | undefined): Json {
  const text = typeof value === 'string' ? value : value === null || value === undefined ? '' : String(value);
  if (tag === '!!str' || tag === 'tag:yaml.org,2002:str') return text;
  if (type !== undefined && type !== 'PLAIN') return text;
  const resolved = resolvePlain(text);
  return resolved === undefined ? text : resolved.value;
}

/** Keys become text, as in JSON: `1: x` is `"1": x`. */
function keyText(key: { value: unknown; type?: string | undefined } | undefined): string {
  if (key === undefined) return '';
  const value = scalarValue(key.value, key.type, undefined);
  return typeof value === 'string' ? value : value === null ? 'null' : String(value);
}
