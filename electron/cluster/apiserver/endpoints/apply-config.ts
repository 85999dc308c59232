import { decodeObject } from '../../api/decode-body.ts';
import type { FieldValidation } from '../../api/decode-body.ts';
import type { KubeObject } from '../../api/types.ts';
import { gvkOf } from '../../apimachinery/gvk.ts';
import type { KindStrategy } from '../../api/strategy.ts';
import { parseJson, JsonSyntaxError } from '../../apimachinery/json.ts';
import { DecodeError } from '../../apimachinery/schema/decode.ts';
import { newBadRequest, StatusError } from '../../apimachinery/status.ts';
import { parseYaml, YamlSyntaxError } from '../../apimachinery/yaml.ts';
import type { HttpRequest } from '../../network/http.ts';
import { bodyText } from './body-decoder.ts';
import type { JsonObject } from './wire-order.ts';
import { isJsonObject } from './wire-order.ts';

/** The media type of server-side apply; its body is YAML, and so may be JSON. */
export const APPLY_TYPE = 'application/apply-patch+yaml';

export interface ApplyConfig {
  readonly config: KubeObject;
  /** What a strict reader says of keys that occur twice. */
  readonly strictError: string | undefined;
}

/** Reads the configuration of a server-side apply. @throws StatusError 400 */
export function parseApplyConfig(request: HttpRequest, validation: FieldValidation): ApplyConfig {
  const { body } = request;
  if (body?.type === 'object') return { config: body.value as KubeObject, strictError: undefined };
  const text = bodyText(request);
  const { value, duplicates } = parse(text);
  if (value === null || value === undefined) return { config: {}, strictError: undefined };
  if (!isJsonObject(value)) {
    const what = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
    throw newBadRequest(
      `error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${what} into Go value of type map[string]interface {}`,
    );
  }
  return {
    config: value as KubeObject,
    strictError: duplicates && validation !== 'Ignore' ? strictErrorOf(text) : undefined,
  };
}

function parse(text: string): { value: unknown; duplicates: boolean } {
  if (text.trimStart().startsWith('{')) {
    try {
      const { value, duplicates } = parseJson(text);
      return { value, duplicates: duplicates !== undefined };
    } catch (error) {
      // What is no JSON may be YAML all the same.
      if (!(error instanceof JsonSyntaxError)) throw error;
    }
  }
  try {
    const value = parseYaml(text, 'allowed');
    return { value, duplicates: true };
  } catch (error) {
    if (!(error instanceof YamlSyntaxError)) throw error;
    throw newBadRequest(`error decoding YAML: error converting YAML to JSON: ${error.message}`);
  }
}

function strictErrorOf(text: string): string | undefined {
  try {
    parseYaml(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof YamlSyntaxError)) throw error;
    return `error converting YAML to JSON: ${error.message}`;
  }
}

/** What was applied, in the shape of its type. `config` names it in the complaint. @throws StatusError 500 */
export function decodeApplied(
  object: KubeObject,
  config: KubeObject,
  kindOf: Pick<KindStrategy, 'gvk' | 'custom'>,
): KubeObject {
  try {
    return decodeObject(kindOf, object as JsonObject).object;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    const { namespace = '', name = '' } = config.metadata ?? {};
    const { group, version, kind } = gvkOf(config);
    const named = `${group}/${version}, Kind=${kind}`;
    throw new StatusError(
      500,
      undefined,
      `failed to convert new object (${namespace}/${name}; ${named}) to proper version: unable to convert unstructured object to ${named}: ${error.message}`,
    );
  }
}
