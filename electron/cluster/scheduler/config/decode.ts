import { JsonSyntaxError } from '../../apimachinery/json.ts';
import { DecodeError, decodeValue } from '../../apimachinery/schema/decode.ts';
import type { StructType } from '../../apimachinery/schema/type-schema.ts';
import { parseYaml, YamlSyntaxError } from '../../apimachinery/yaml.ts';
import { SchedulerConfigurationError } from './interface.ts';
import { configType } from './schema.ts';
import type { KubeSchedulerConfiguration, PluginConfig } from './types.ts';
import { configVersion } from './types.ts';

type Json = Readonly<Record<string, unknown>>;

const scheme = 'pkg/scheduler/apis/config/scheme/scheme.go:30';
const strictPrefix = 'strict decoding error: ';

/**
 * Reads a KubeSchedulerConfiguration, YAML or JSON: unknown and repeated fields are errors. Nothing is defaulted.
 * Models loadConfig of cmd/kube-scheduler/app/options and the strict codec of the scheduler's scheme (v1.34).
 * @throws SchedulerConfigurationError
 */
export function decodeConfiguration(text: string): KubeSchedulerConfiguration {
  const repeated: string[] = [];
  const value = parse(text, repeated);
  const { apiVersion, kind } = value;
  const missing = (what: string): Error =>
    new SchedulerConfigurationError(`Object '${what}' is missing in '${JSON.stringify(value)}'`);
  if (typeof kind !== 'string' || kind === '') throw missing('Kind');
  if (typeof apiVersion !== 'string' || apiVersion === '') throw missing('apiVersion');
  const type = apiVersion === configVersion ? configType(kind) : undefined;
  if (type === undefined || (kind !== 'KubeSchedulerConfiguration' && !kind.endsWith('Args')))
    throw new SchedulerConfigurationError(
      `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme ${JSON.stringify(scheme)}`,
    );
  if (kind !== 'KubeSchedulerConfiguration')
    throw new SchedulerConfigurationError(
      `couldn't decode as KubeSchedulerConfiguration, got ${apiVersion}, Kind=${kind}: `,
    );
  const decoded = decode(type, value);
  const strict = [...repeated, ...decoded.strictErrors];
  const config = decoded.value as KubeSchedulerConfiguration;
  const profiles = config.profiles?.map((profile, index) => ({
    ...profile,
    ...(profile.pluginConfig === undefined
      ? {}
      : {
          pluginConfig: profile.pluginConfig.map((one, at) =>
            decodeArgs(one, `decoding .profiles[${index}].pluginConfig[${at}]: `, strict),
          ),
        }),
  }));
  if (strict.length > 0) throw new SchedulerConfigurationError(strictPrefix + strict.join(', '));
  return { ...config, ...(profiles === undefined ? {} : { profiles }) };
}

function parse(text: string, repeated: string[]): Json {
  let value: unknown;
  try {
    value = parseYaml(text, 'allowed');
    parseYaml(text, 'refused');
  } catch (error) {
    if (!(error instanceof YamlSyntaxError) && !(error instanceof JsonSyntaxError)) throw error;
    if (!error.message.includes(' already set in map'))
      throw new SchedulerConfigurationError(`error converting YAML to JSON: ${error.message}`);
    repeated.push(error.message);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  if (value === null || value === undefined) return {};
  const what = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  const goType =
    'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';
  throw new SchedulerConfigurationError(
    `couldn't get version/kind; json parse error: json: cannot unmarshal ${what} into Go value of type ${goType}`,
  );
}

function decode(type: StructType, value: Json): ReturnType<typeof decodeValue> {
  try {
    return decodeValue(type, value);
  } catch (error) {
    if (error instanceof DecodeError) throw new SchedulerConfigurationError(error.message);
    throw error;
  }
}

/** Arguments of a plugin that is not ours stay as they are. Models PluginConfig.decodeNestedObjects. */
function decodeArgs(one: PluginConfig, where: string, strict: string[]): PluginConfig {
  const { name, args = {} } = one;
  const type = configType(`${name}Args`);
  if (type === undefined) return one;
  const { apiVersion = configVersion, kind = `${name}Args` } = args;
  if (kind !== `${name}Args` || apiVersion !== configVersion) {
    const known = apiVersion === configVersion && configType(String(kind)) !== undefined;
    throw new SchedulerConfigurationError(
      known
        ? `${where}args for plugin ${name} were not of type ${name}Args.kubescheduler.config.k8s.io, got ${String(kind)}.kubescheduler.config.k8s.io`
        : `${where}decoding args for plugin ${name}: no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme ${JSON.stringify(scheme)}`,
    );
  }
  let decoded: ReturnType<typeof decodeValue>;
  try {
    decoded = decodeValue(type, args);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new SchedulerConfigurationError(`${where}decoding args for plugin ${name}: ${error.message}`);
  }
  if (decoded.strictErrors.length > 0) {
    const why = `${strictPrefix}${decoded.strictErrors.join(', ')}`;
    strict.push(`${where}${strictPrefix}decoding args for plugin ${name}: ${why}`);
  }
  const { apiVersion: _version, kind: _kind, ...rest } = decoded.value;
  return { name, args: rest };
}
