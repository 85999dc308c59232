import type { CustomKind, KindStrategy } from '../../api/strategy.ts';

type Json = Readonly<Record<string, unknown>>;

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const REF = '#/components/schemas/';

const API_VERSION: Json = {
  description:
    'APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the latest internal value, and may reject unrecognized values. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources',
  type: 'string',
};
const KIND: Json = {
  description:
    'Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds',
  type: 'string',
};
const METADATA: Json = {
  description:
    "Standard object's metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata",
  allOf: [{ $ref: `${REF}${META}.ObjectMeta` }],
};
const LIST_METADATA: Json = {
  description:
    'Standard list metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds',
  allOf: [{ $ref: `${REF}${META}.ListMeta` }],
};

/**
 * The components that OpenAPI documents have of a custom kind: the object and its list.
 * Models controller/openapi/builder of apiextensions (v1.34).
 */
export function customComponents(strategy: KindStrategy, custom: CustomKind): Readonly<Record<string, Json>> {
  const { gvk, listKind } = strategy;
  const { schema, component } = custom;
  const list = component.slice(0, -gvk.kind.length) + listKind;
  return {
    [component]: {
      ...schema,
      type: 'object',
      properties: { ...schema.properties, apiVersion: API_VERSION, kind: KIND, metadata: METADATA },
      'x-kubernetes-group-version-kind': [gvk],
    },
    [list]: {
      description: `${listKind} is a list of ${gvk.kind}`,
      type: 'object',
      required: ['items'],
      properties: {
        apiVersion: API_VERSION,
        items: {
          description: `List of ${strategy.resource}. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md`,
          type: 'array',
          items: { $ref: `${REF}${component}` },
        },
        kind: KIND,
        metadata: LIST_METADATA,
      },
      'x-kubernetes-group-version-kind': [{ ...gvk, kind: listKind }],
    },
  };
}
