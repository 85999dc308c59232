import { parseApiVersion } from '../apimachinery/gvk.ts';
import { JsonSyntaxError } from '../apimachinery/json.ts';
import { DecodeError, decodeValue } from '../apimachinery/schema/decode.ts';
import { fieldErrorMessage } from '../apimachinery/validation/field-error.ts';
import { parseYaml, YamlSyntaxError } from '../apimachinery/yaml.ts';
import { defaultPod } from '../api/core/v1/pod/defaults.ts';
import { validatePodSpec } from '../api/core/v1/pod/spec-validation.ts';
import { internalPackage, schemaOf, SCHEMES } from '../api/scheme.ts';
import type { Container, Pod, PodSpec } from '../api/types.ts';

const SCHEME = 'pkg/api/legacyscheme/scheme.go:30';
const POD = { group: '', version: 'v1', kind: 'Pod' };

type Json = Readonly<Record<string, unknown>>;

/** A manifest that is no Pod; `message` as the kubelet logs it. */
export class ManifestError extends Error {}

/** Not even something of the API. */
class NoPod extends Error {}

function parse(text: string): Json {
  let value: unknown;
  try {
    value = parseYaml(text, 'allowed');
  } catch (error) {
    if (!(error instanceof YamlSyntaxError) && !(error instanceof JsonSyntaxError)) throw error;
    throw new NoPod(`error converting YAML to JSON: ${error.message}`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  if (value === null || value === undefined) throw new NoPod("Object 'Kind' is missing in 'null'");
  const what = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  throw new NoPod(
    `couldn't get version/kind; json parse error: json: cannot unmarshal ${what} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`,
  );
}

function decode(text: string): Pod {
  const value = parse(text);
  const { apiVersion, kind } = value;
  if (typeof kind !== 'string' || kind === '')
    throw new NoPod(`Object 'Kind' is missing in '${JSON.stringify(value)}'`);
  if (typeof apiVersion !== 'string' || apiVersion === '')
    throw new NoPod(`Object 'apiVersion' is missing in '${JSON.stringify(value)}'`);
  const version = parseApiVersion(apiVersion);
  const gvk = version === undefined ? undefined : { ...version, kind };
  if (gvk === undefined || SCHEMES.forKind(gvk) === undefined)
    throw new NoPod(
      `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme ${JSON.stringify(SCHEME)}`,
    );
  // Upstream prints all of it.
  if (apiVersion !== 'v1' || kind !== 'Pod')
    throw new NoPod(`invalid pod: &${internalPackage(gvk.group)}.${kind}{...}`);
  try {
    return decodeValue(schemaOf(POD), value).value as Pod;
  } catch (error) {
    if (error instanceof DecodeError) throw new NoPod(error.message);
    throw error;
  }
}

/** The first kind of object that a Pod needs of the API. Models HasAPIObjectReference (pkg/api/pod/util.go, v1.34). */
function neededOfApi(spec: PodSpec): string | undefined {
  const containers: readonly Container[] = [...(spec.initContainers ?? []), ...spec.containers];
  const sources = (spec.volumes ?? []).flatMap(({ projected, ...volume }) => [
    volume,
    ...(projected?.sources ?? []),
  ]);
  const env = containers.flatMap((container) => container.env ?? []).map(({ valueFrom }) => valueFrom);
  const envFrom = containers.flatMap((container) => container.envFrom ?? []);
  const volumes = sources as readonly { readonly [kind: string]: unknown }[];
  if ((spec.serviceAccountName ?? '') !== '') return 'serviceaccounts';
  if (
    (spec.imagePullSecrets ?? []).length > 0 ||
    volumes.some((volume) => volume['secret'] !== undefined) ||
    env.some((from) => from?.secretKeyRef !== undefined) ||
    envFrom.some(({ secretRef }) => secretRef !== undefined)
  )
    return 'secrets';
  if (
    volumes.some((volume) => volume['configMap'] !== undefined) ||
    env.some((from) => from?.configMapKeyRef !== undefined) ||
    envFrom.some(({ configMapRef }) => configMapRef !== undefined)
  )
    return 'configmaps';
  if (volumes.some((volume) => volume['persistentVolumeClaim'] !== undefined))
    return 'persistentvolumeclaims';
  return undefined;
}

/**
 * The Pod of a manifest file, YAML or JSON, as it is written there. Models tryDecodeSinglePod and extractFromFile
 * (pkg/kubelet/config, v1.34). @throws ManifestError
 */
export function parseManifest(text: string, path: string): Pod {
  let pod: Pod;
  try {
    pod = decode(text);
  } catch (error) {
    if (!(error instanceof NoPod)) throw error;
    throw new ManifestError(`${path}: couldn't parse as pod(${error.message}), please check config file`);
  }
  if ((pod.metadata?.name ?? '') === '') throw new ManifestError('invalid pod: name is needed for the pod');
  const { spec = { containers: [] } } = defaultPod({
    ...pod,
    spec: { ...pod.spec, containers: pod.spec?.containers ?? [] },
  });
  const errors = validatePodSpec(spec, 'spec').map(fieldErrorMessage);
  if (errors.length > 0) throw new ManifestError(`invalid pod: [${errors.join(' ')}]`);
  const needed = neededOfApi(spec);
  if (needed !== undefined) throw new ManifestError(`static pods may not reference ${needed}`);
  return pod;
}
