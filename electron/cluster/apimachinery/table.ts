import type { KubeObject, ObjectMeta } from './types.ts';

/** A column of a `metav1.Table`. Priority 0 is always shown; higher only with `-o wide`. */
export interface ColumnDefinition {
  readonly name: string;
  readonly type: string;
  readonly format: string;
  readonly description: string;
  readonly priority: number;
}

/** A cell: text, number or boolean as the column's type says; null where a custom resource has nothing to show. */
export type TableCell = string | number | boolean | null;

/** `includeObject` of a Table request. */
export type IncludeObject = 'Metadata' | 'Object' | 'None';

export interface TableRow {
  readonly cells: readonly TableCell[];
  readonly object?: unknown;
}

/** `metav1.Table`. */
export interface Table {
  readonly kind: 'Table';
  readonly apiVersion: 'meta.k8s.io/v1';
  readonly metadata: {
    readonly resourceVersion?: string;
    readonly continue?: string;
    readonly remainingItemCount?: number;
  };
  readonly columnDefinitions: readonly ColumnDefinition[];
  readonly rows: readonly TableRow[];
}

/** What a table needs of a kind: its columns and how an object becomes a row. */
export interface TableSource<T extends KubeObject> {
  readonly columns: readonly ColumnDefinition[];
  tableRow(object: T, now: number): TableCell[];
}

/** Columns from compact tuples `[name, type, format, priority]`. */
export function columnDefinitions(
  tuples: readonly (readonly [
    name: string,
    type: string,
    format: string,
    priority: number,
    description?: string,
  ])[],
): ColumnDefinition[] {
  return tuples.map(([name, type, format, priority, description = '']) => ({
    name,
    type,
    format,
    description,
    priority,
  }));
}

/** Builds a Table of the objects, rows in their order. `now` in milliseconds. */
export function toTable<T extends KubeObject>(
  source: TableSource<T>,
  objects: readonly T[],
  now: number,
  metadata: Table['metadata'] = {},
  include: IncludeObject = 'Metadata',
): Table {
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: source.columns,
    rows: objects.map((object) => toRow(source, object, now, include)),
  };
}

function toRow<T extends KubeObject>(
  source: TableSource<T>,
  object: T,
  now: number,
  include: IncludeObject,
): TableRow {
  const cells = source.tableRow(object, now);
  if (include === 'None') return { cells };
  return { cells, object: include === 'Object' ? object : partialObjectMetadata(object.metadata ?? {}) };
}

const partials = new WeakMap<ObjectMeta, unknown>();

/** The object's metadata alone, as Tables carry it by default; the same for the same metadata. */
export function partialObjectMetadata(metadata: ObjectMeta): unknown {
  let partial = partials.get(metadata);
  if (partial === undefined) {
    partial = { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
    partials.set(metadata, partial);
  }
  return partial;
}
