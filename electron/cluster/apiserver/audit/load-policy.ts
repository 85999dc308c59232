import { JsonSyntaxError } from '../../apimachinery/json.ts';
import { SchemaRegistry } from '../../apimachinery/schema/compile.ts';
import { DecodeError, decodeValue } from '../../apimachinery/schema/decode.ts';
import type { OpenApiSchema } from '../../apimachinery/schema/openapi.ts';
import type { StructType } from '../../apimachinery/schema/type-schema.ts';
import type { FieldError } from '../../apimachinery/validation/field-error.ts';
import {
  fieldErrorMessage,
  invalid,
  notSupported,
  required,
} from '../../apimachinery/validation/field-error.ts';
import { isDNS1123Subdomain } from '../../apimachinery/validation/names.ts';
import { parseYaml, YamlSyntaxError } from '../../apimachinery/yaml.ts';
import type { AuditPolicy, AuditRule } from './interface.ts';
import { AUDIT_LEVELS, AUDIT_STAGES } from './interface.ts';

/** A policy file is not what it has to be. `message` is upstream's. */
export class AuditPolicyError extends Error {}

export interface LoadedPolicy {
  readonly policy: AuditPolicy;
  /** Fields that are unknown, which are ignored. */
  readonly warning: string | undefined;
}

const VERSION = 'audit.k8s.io/v1';
const SCHEME = 'k8s.io/apiserver/pkg/audit/scheme.go:30';
const PACKAGE = 'io.k8s.apiserver.pkg.apis.audit.v1.';

const STRING: OpenApiSchema = { type: 'string' };
const STRINGS: OpenApiSchema = { type: 'array', items: STRING };
const listOf = (name: string): OpenApiSchema => ({
  type: 'array',
  items: { $ref: `#/components/schemas/${PACKAGE}${name}` },
});

const TYPES = new SchemaRegistry({
  [`${PACKAGE}Policy`]: {
    properties: {
      apiVersion: STRING,
      kind: STRING,
      metadata: { type: 'object' },
      rules: listOf('PolicyRule'),
      omitStages: STRINGS,
      omitManagedFields: { type: 'boolean' },
    },
  },
  [`${PACKAGE}PolicyRule`]: {
    properties: {
      level: STRING,
      users: STRINGS,
      userGroups: STRINGS,
      verbs: STRINGS,
      resources: listOf('GroupResources'),
      namespaces: STRINGS,
      nonResourceURLs: STRINGS,
      omitStages: STRINGS,
      omitManagedFields: { type: 'boolean' },
    },
  },
  [`${PACKAGE}GroupResources`]: {
    properties: { group: STRING, resources: STRINGS, resourceNames: STRINGS },
  },
});

/**
 * Reads an audit policy, YAML or JSON. Models LoadPolicyFromBytes of audit/policy/reader.go (v1.34).
 * @throws AuditPolicyError
 */
export function loadAuditPolicy(text: string): LoadedPolicy {
  const value = parse(text);
  const { apiVersion, kind } = value;
  const missing = (what: string): Error =>
    new AuditPolicyError(`failed decoding: Object '${what}' is missing in '${JSON.stringify(value)}'`);
  if (typeof kind !== 'string' || kind === '') throw missing('Kind');
  if (typeof apiVersion !== 'string' || apiVersion === '') throw missing('apiVersion');
  if (apiVersion !== VERSION || kind !== 'Policy')
    throw new AuditPolicyError(
      `failed decoding: no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme ${JSON.stringify(SCHEME)}`,
    );
  const { policy, unknown } = decode(value);
  const errors = policy.rules.flatMap((rule, index) => validateRule(rule, `rules[${index}]`));
  if (errors.length > 0) throw new AuditPolicyError(aggregate(errors.map(fieldErrorMessage)));
  if (policy.rules.length === 0) throw new AuditPolicyError('loaded illegal policy with 0 rules');
  const warning =
    unknown.length === 0
      ? undefined
      : `Audit policy contains errors, falling back to lenient decoding: strict decoding error: ${unknown.join(', ')}`;
  return { policy, warning };
}

function parse(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = parseYaml(text, 'allowed');
  } catch (error) {
    if (!(error instanceof YamlSyntaxError) && !(error instanceof JsonSyntaxError)) throw error;
    throw new AuditPolicyError(`failed decoding: ${error.message}`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Readonly<Record<string, unknown>>;
  if (value === null || value === undefined) return {};
  const what = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  const type =
    'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';
  throw new AuditPolicyError(
    `failed decoding: couldn't get version/kind; json parse error: json: cannot unmarshal ${what} into Go value of type ${type}`,
  );
}

function decode(value: Readonly<Record<string, unknown>>): {
  policy: AuditPolicy;
  unknown: readonly string[];
} {
  try {
    const decoded = decodeValue(TYPES.byName(`${PACKAGE}Policy`) as StructType, value);
    const policy = decoded.value as unknown as Partial<AuditPolicy>;
    return { policy: { ...policy, rules: policy.rules ?? [] }, unknown: decoded.strictErrors };
  } catch (error) {
    if (error instanceof DecodeError) throw new AuditPolicyError(`failed decoding: ${error.message}`);
    throw error;
  }
}

/** Models ValidatePolicy of pkg/apis/audit/validation. */
function validateRule(rule: AuditRule, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const {
    level = '' as const,
    nonResourceURLs = [],
    resources = [],
    namespaces = [],
    omitStages = [],
  } = rule as Partial<AuditRule>;
  if (level === '') errors.push(required(`${path}.level`));
  else if (!AUDIT_LEVELS.includes(level)) errors.push(notSupported(`${path}.level`, level, AUDIT_LEVELS));
  nonResourceURLs.forEach((url, index) => {
    const at = `${path}.nonResourceURLs[${index}]`;
    if (url === '*') return;
    if (!url.startsWith('/'))
      errors.push(invalid(at, url, "non-resource URL rules must begin with a '/' character"));
    if (url.slice(0, -1).includes('*'))
      errors.push(invalid(at, url, "non-resource URL wildcards '*' must be the final character of the rule"));
  });
  for (const { group = '', resources: names = [], resourceNames = [] } of resources) {
    if (group !== '')
      for (const why of isDNS1123Subdomain(group))
        errors.push(invalid(`${path}.resources.group`, group, why));
    if (resourceNames.length > 0 && names.length === 0) {
      const why = 'using resourceNames requires at least one resource';
      errors.push(invalid(`${path}.resources.resourceNames`, resourceNames, why));
    }
  }
  omitStages.forEach((stage, index) => {
    if (AUDIT_STAGES.includes(stage)) return;
    const why = `allowed stages are ${AUDIT_STAGES.join(',')}`;
    errors.push(invalid(`${path}.omitStages[${index}]`, stage, why));
  });
  if (nonResourceURLs.length > 0 && (resources.length > 0 || namespaces.length > 0)) {
    const why = 'rules cannot apply to both regular resources and non-resource URLs';
    errors.push(invalid(`${path}.nonResourceURLs`, nonResourceURLs, why));
  }
  return errors;
}

/** As an error aggregate reads: each once, in brackets when there are several. */
function aggregate(messages: readonly string[]): string {
  const once = [...new Set(messages)];
  return once.length === 1 ? (once[0] as string) : `[${once.join(', ')}]`;
}
