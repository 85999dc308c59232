import { parseGoDuration } from '../../apimachinery/duration.ts';
import { JsonSyntaxError } from '../../apimachinery/json.ts';
import { DecodeError, decodeValue } from '../../apimachinery/schema/decode.ts';
import { parseYaml, YamlSyntaxError } from '../../apimachinery/yaml.ts';
import type { KubeletConfigurationFile } from './interface.ts';
import { KubeletConfigurationError } from './interface.ts';
import { DURATIONS, kubeletConfigurationType } from './schema.ts';

const VERSION = 'kubelet.config.k8s.io/v1beta1';
const SCHEME = 'pkg/kubelet/apis/config/scheme/scheme.go:33';

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads a KubeletConfiguration, YAML or JSON. Unknown and repeated fields are told in `warning` only: what cannot be read
 * strictly is read leniently. Models DecodeKubeletConfiguration of pkg/kubelet/kubeletconfig/util/codec (v1.34).
 * @throws KubeletConfigurationError
 */
export function decodeConfiguration(text: string): {
  readonly file: KubeletConfigurationFile;
  readonly warning?: string;
} {
  const strict: string[] = [];
  const value = parse(text, strict);
  const { apiVersion, kind } = value;
  const missing = (what: string): Error =>
    failed(`Object '${what}' is missing in '${JSON.stringify(value)}'`);
  if (typeof kind !== 'string' || kind === '') throw missing('Kind');
  if (typeof apiVersion !== 'string' || apiVersion === '') throw missing('apiVersion');
  if (kind !== 'KubeletConfiguration' || apiVersion !== VERSION)
    throw failed(
      `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme ${JSON.stringify(SCHEME)}`,
    );
  const decoded = decode(value);
  checkDurations(decoded.value);
  strict.push(...decoded.strictErrors);
  const file = decoded.value as KubeletConfigurationFile;
  return strict.length === 0 ? { file } : { file, warning: `strict decoding error: ${strict.join(', ')}` };
}

function failed(text: string): KubeletConfigurationError {
  return new KubeletConfigurationError(`failed to decode: ${text}`);
}

function decode(value: Json): ReturnType<typeof decodeValue> {
  try {
    return decodeValue(kubeletConfigurationType, value);
  } catch (error) {
    if (error instanceof DecodeError) throw failed(error.message);
    throw error;
  }
}

function checkDurations(value: Json): void {
  const { crashLoopBackOff = {} } = value as { crashLoopBackOff?: Json };
  for (const text of [
    ...DURATIONS.map((name) => value[name]),
    crashLoopBackOff['maxContainerRestartPeriod'],
  ]) {
    if (typeof text !== 'string' || parseGoDuration(text) !== undefined) continue;
    const why = /^[+-]?\d+(\.\d*)?$/.test(text) ? 'missing unit in' : 'invalid';
    throw failed(`time: ${why} duration ${JSON.stringify(text)}`);
  }
}

function parse(text: string, repeated: string[]): Json {
  let value: unknown;
  try {
    value = parseYaml(text, 'allowed');
    parseYaml(text, 'refused');
  } catch (error) {
    if (!(error instanceof YamlSyntaxError) && !(error instanceof JsonSyntaxError)) throw error;
    if (!error.message.includes(' already set in map'))
      throw failed(`error converting YAML to JSON: ${error.message}`);
    repeated.push(error.message);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  if (value === null || value === undefined) return {};
  const what = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  const goType =
    'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';
  throw failed(
    `couldn't get version/kind; json parse error: json: cannot unmarshal ${what} into Go value of type ${goType}`,
  );
}
