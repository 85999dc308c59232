import type { GroupVersionKind } from '../apimachinery/gvk.ts';
import { SchemaRegistry } from '../apimachinery/schema/compile.ts';
import type { StructType } from '../apimachinery/schema/type-schema.ts';
import type { KindStrategy } from './strategy.ts';
import { OPENAPI_SCHEMAS } from './generated/openapi-schemas.ts';

/** The types of every kind this API server knows, by kind and by component name. */
export const SCHEMES = new SchemaRegistry(OPENAPI_SCHEMAS);

/** The struct of a kind. @throws Error when the kind is unknown */
export function schemaOf(gvk: GroupVersionKind): StructType {
  const type = SCHEMES.forKind(gvk);
  if (type === undefined) throw new Error(`no schema for ${gvk.kind} in ${gvk.group}/${gvk.version}`);
  return type;
}

/** The struct of a served kind, of the scheme or custom. */
export function typeOf(kind: Pick<KindStrategy, 'gvk' | 'custom'>): StructType {
  return kind.custom?.type ?? schemaOf(kind.gvk);
}

/** ObjectMeta: that of every kind. */
export function metadataType(): StructType {
  return SCHEMES.byName('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta') as StructType;
}

const INTERNAL_PACKAGES: Readonly<Record<string, string>> = { '': 'core', 'events.k8s.io': 'core' };

/** The package of a group's internal types as conversion messages name it: `core`, `apps`, `coordination`. */
export function internalPackage(group: string): string {
  return INTERNAL_PACKAGES[group] ?? (group.split('.')[0] as string);
}
