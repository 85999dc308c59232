import { DESCRIPTIONS_FINGERPRINT } from '../../api/generated/descriptions.ts';
import { OPENAPI_SCHEMAS } from '../../api/generated/openapi-schemas.ts';
import type { GroupVersionKind } from '../../apimachinery/gvk.ts';
import type { OpenApiSchema } from '../../apimachinery/schema/openapi.ts';
import type { KindStrategy } from '../../api/strategy.ts';
import { canonicalText, fnv32a } from '../../apimachinery/names.ts';
import { SCHEMES } from '../../api/scheme.ts';
import { customComponents } from './custom-components.ts';
import { describedSchema } from './described-schemas.ts';

type Json = Readonly<Record<string, unknown>>;

const REF = '#/components/schemas/';

interface Operation {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  readonly action: string;
}

const COLLECTION: readonly Operation[] = [
  { method: 'get', action: 'list' },
  { method: 'post', action: 'post' },
  { method: 'delete', action: 'deletecollection' },
];
const SINGLE: readonly Operation[] = [
  { method: 'get', action: 'get' },
  { method: 'put', action: 'put' },
  { method: 'patch', action: 'patch' },
  { method: 'delete', action: 'delete' },
];

const query = (name: string, type: string): Json => ({
  name,
  in: 'query',
  schema: { type, uniqueItems: true },
});
const LIST_PARAMETERS = [
  query('allowWatchBookmarks', 'boolean'),
  query('continue', 'string'),
  query('fieldSelector', 'string'),
  query('labelSelector', 'string'),
  query('limit', 'integer'),
  query('resourceVersion', 'string'),
  query('resourceVersionMatch', 'string'),
  query('sendInitialEvents', 'boolean'),
  query('timeoutSeconds', 'integer'),
  query('watch', 'boolean'),
];
const WRITE_PARAMETERS = [
  query('dryRun', 'string'),
  query('fieldManager', 'string'),
  query('fieldValidation', 'string'),
];
const DELETE_PARAMETERS = [
  query('dryRun', 'string'),
  query('gracePeriodSeconds', 'integer'),
  query('orphanDependents', 'boolean'),
  query('propagationPolicy', 'string'),
];
const PATCH_TYPES = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
];

/** kubectl reads here how it may patch a kind. */
function patchTypesOf({ custom }: KindStrategy): readonly string[] {
  if (custom === undefined) return PATCH_TYPES;
  return PATCH_TYPES.filter((type) => type !== 'application/strategic-merge-patch+json');
}

function parametersOf(action: string): readonly Json[] {
  switch (action) {
    case 'list':
      return LIST_PARAMETERS;
    case 'post':
    case 'put':
    case 'patch':
      return WRITE_PARAMETERS;
    case 'delete':
      return DELETE_PARAMETERS;
    case 'deletecollection':
      return [...DELETE_PARAMETERS, ...LIST_PARAMETERS.slice(1, 7)];
    default:
      return [];
  }
}

function operation(strategy: KindStrategy, { method, action }: Operation, schema: Json): Json {
  const { gvk } = strategy;
  const content = { 'application/json': { schema }, 'application/yaml': { schema } };
  const types = method === 'patch' ? patchTypesOf(strategy) : ['*/*'];
  const needsBody = method === 'post' || method === 'put' || method === 'patch';
  const bodySchema = method === 'patch' ? { type: 'object' } : schema;
  return {
    tags: [gvk.group === '' ? `core_${gvk.version}` : `${gvk.group.split('.')[0] ?? ''}_${gvk.version}`],
    operationId: `${action}${gvk.kind}`,
    parameters: parametersOf(action),
    ...(needsBody
      ? {
          requestBody: {
            content: Object.fromEntries(types.map((type) => [type, { schema: bodySchema }])),
            required: true,
          },
        }
      : {}),
    responses: { '200': { description: 'OK', content }, '401': { description: 'Unauthorized' } },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': gvk,
  };
}

const VERB_OF_ACTION: Readonly<Record<string, string>> = { post: 'create', put: 'update' };

function operationsOf(strategy: KindStrategy, operations: readonly Operation[], schema: Json): Json {
  const verbs: readonly string[] = strategy.verbs;
  const offered = operations.filter(({ action }) => verbs.includes(VERB_OF_ACTION[action] ?? action));
  return Object.fromEntries(offered.map((offer) => [offer.method, operation(strategy, offer, schema)]));
}

function documentName({ group, version }: GroupVersionKind): string {
  return group === '' ? `api/${version}` : `apis/${group}/${version}`;
}

function collectRefs(value: unknown, found: Set<string>): void {
  if (Array.isArray(value)) {
    for (const item of value) collectRefs(item, found);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [key, child] of Object.entries(value)) {
    if (key === '$ref' && typeof child === 'string' && child.startsWith(REF)) {
      const name = child.slice(REF.length);
      if (found.has(name)) continue;
      found.add(name);
      collectRefs(OPENAPI_SCHEMAS[name], found);
    } else collectRefs(child, found);
  }
}

/** OpenAPI v3 documents of the groups served, made from the recorded schemas. Models kube-openapi handler3 (v1.34). */
export class OpenApi {
  readonly #builtIn: readonly KindStrategy[];
  #strategies: readonly KindStrategy[];
  readonly #gitVersion: string;
  readonly #hashes = new Map<string, string>();
  readonly #documents = new Map<string, Json>();

  constructor(strategies: readonly KindStrategy[], gitVersion: string) {
    this.#builtIn = strategies;
    this.#strategies = strategies;
    this.#gitVersion = gitVersion;
  }

  /** Custom kinds come, change and go; documents of other groups stay as they are. */
  setCustom(strategies: readonly KindStrategy[]): void {
    const before = this.#strategies.filter(({ custom }) => custom !== undefined);
    for (const { gvk } of [...before, ...strategies]) {
      this.#hashes.delete(documentName(gvk));
      this.#documents.delete(documentName(gvk));
    }
    this.#strategies = [...this.#builtIn, ...strategies];
  }

  /** `api/v1`, `apis/apps/v1`, … */
  get names(): readonly string[] {
    const names = this.#strategies.map(({ gvk }) => documentName(gvk));
    return [...new Set(names)].sort();
  }

  /** `GET /openapi/v3` */
  index(): Json {
    const entry = (name: string): [string, Json] => [
      name,
      { serverRelativeURL: `/openapi/v3/${name}?hash=${this.hash(name)}` },
    ];
    return { paths: Object.fromEntries(this.names.map(entry)) };
  }

  /** Changes when the document of a group version does. The texts count by their fingerprint: they need not be read. */
  hash(name: string): string {
    let hash = this.#hashes.get(name);
    if (hash === undefined) {
      const document = this.#build(name, (component) => OPENAPI_SCHEMAS[component]);
      const text = `${DESCRIPTIONS_FINGERPRINT}${canonicalText(document)}`;
      hash = [0, 1, 2, 3]
        .map((seed) => fnv32a(`${seed}${text}`).toString(16).padStart(8, '0'))
        .join('')
        .toUpperCase();
      this.#hashes.set(name, hash);
    }
    return hash;
  }

  /** One group version; undefined when it is not served. Built when first asked for. */
  document(name: string): Json | undefined {
    let document = this.#documents.get(name);
    if (document === undefined && this.names.includes(name)) {
      document = this.#build(name, describedSchema);
      this.#documents.set(name, document);
    }
    return document;
  }

  #build(name: string, schemaOf: (component: string) => OpenApiSchema | undefined): Json {
    const [prefix, ...rest] = name.split('/');
    const group = prefix === 'api' ? '' : (rest[0] ?? '');
    const version = rest[rest.length - 1] ?? '';
    const paths: Record<string, Json> = {};
    const names = new Set<string>();
    const custom: Record<string, Json> = {};
    for (const strategy of this.#strategies) {
      if (strategy.gvk.group !== group || strategy.gvk.version !== version) continue;
      const component = strategy.custom?.component ?? SCHEMES.nameOf(strategy.gvk);
      if (strategy.custom !== undefined) {
        const own = customComponents(strategy, strategy.custom);
        Object.assign(custom, own);
        for (const each of Object.keys(own)) names.add(each);
      }
      const schema: Json = component === undefined ? { type: 'object' } : { $ref: `${REF}${component}` };
      if (component !== undefined) names.add(component);
      const list = SCHEMES.nameOf({ ...strategy.gvk, kind: strategy.listKind });
      if (list !== undefined) names.add(list);
      const base = `/${name}${strategy.namespaced ? '/namespaces/{namespace}' : ''}/${strategy.resource}`;
      if (strategy.namespaced)
        paths[`/${name}/${strategy.resource}`] = operationsOf(strategy, COLLECTION.slice(0, 1), schema);
      paths[`${base}/`.slice(0, -1)] = operationsOf(strategy, COLLECTION, schema);
      paths[`${base}/{name}`] = operationsOf(strategy, SINGLE, schema);
      for (const subresource of strategy.subresources) {
        const isSelf = subresource.kind.kind === strategy.gvk.kind;
        const own = isSelf ? component : SCHEMES.nameOf(subresource.kind);
        if (own !== undefined) names.add(own);
        const ref: Json = own === undefined ? { type: 'object' } : { $ref: `${REF}${own}` };
        const verbs: readonly string[] = subresource.verbs;
        const as: KindStrategy = {
          ...strategy,
          gvk: subresource.kind,
          verbs: verbs as KindStrategy['verbs'],
        };
        paths[`${base}/{name}/${subresource.name}`] = operationsOf(
          as,
          [...SINGLE.slice(0, 3), { method: 'post', action: 'post' }],
          ref,
        );
      }
    }
    for (const component of [...names]) collectRefs(custom[component] ?? OPENAPI_SCHEMAS[component], names);
    const components = [...names]
      .sort()
      .map((component): [string, unknown] => [component, custom[component] ?? schemaOf(component)]);
    return {
      openapi: '3.0.0',
      info: { title: 'Kubernetes', version: this.#gitVersion },
      paths,
      components: { schemas: Object.fromEntries(components) },
    };
  }
}
