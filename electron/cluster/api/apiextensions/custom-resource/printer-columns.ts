import type { Json, JsonObject } from '../../../../base/jsonpath/json.ts';
import { PathError, walk } from '../../../../base/jsonpath/evaluate.ts';
import type { PathNode } from '../../../../base/jsonpath/nodes.ts';
import { parseTemplate, PathSyntaxError } from '../../../../base/jsonpath/parse.ts';
import { ageOf } from '../../../apimachinery/duration.ts';
import { canonicalText } from '../../../apimachinery/names.ts';
import type { ColumnDefinition, TableCell } from '../../../apimachinery/table.ts';
import type { KubeObject } from '../../../apimachinery/types.ts';
import type { CustomResourceDefinition } from '../../types.ts';

type Column = NonNullable<
  CustomResourceDefinition['spec']['versions'][number]['additionalPrinterColumns']
>[number];

const NAME: ColumnDefinition = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description:
    'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names',
  priority: 0,
};

const AGE: Column = {
  name: 'Age',
  type: 'date',
  description:
    'CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata',
  jsonPath: '.metadata.creationTimestamp',
};

export interface PrinterColumns {
  readonly columns: readonly ColumnDefinition[];
  tableRow(object: KubeObject, now: number): TableCell[];
}

/** The table of a custom resource: its name and what its columns' paths find. Models tableconvertor of apiextensions (v1.34). */
export function printerColumns(columns: readonly Column[] | undefined): PrinterColumns {
  const shown = (columns === undefined || columns.length === 0 ? [AGE] : columns).map((column) => ({
    column,
    path: pathOf(column.jsonPath),
  }));
  return {
    columns: [
      NAME,
      ...shown.map(
        ({ column: { name, type, format = '', description, priority = 0 }, path: _path, column }) => ({
          name,
          type,
          format,
          description:
            description ?? `Custom resource definition column (in JSONPath format): ${column.jsonPath}`,
          priority,
        }),
      ),
    ],
    tableRow: (object, now) => [
      object.metadata?.name ?? '',
      ...shown.map(({ column, path }) => cellOf(column.type, firstValue(path, object as JsonObject), now)),
    ],
  };
}

/** The steps of a path such as `.status.conditions[?(@.type=="Ready")].status`; none when it cannot be read. */
export function pathOf(jsonPath: string): readonly PathNode[] {
  try {
    const [first] = parseTemplate(`{${jsonPath}}`);
    return first?.type === 'list' ? first.nodes : [];
  } catch (error) {
    if (error instanceof PathSyntaxError) return [];
    throw error;
  }
}

/** The first thing a path finds; undefined when it finds nothing. */
export function firstValue(path: readonly PathNode[], object: JsonObject): Json | undefined {
  if (path.length === 0) return undefined;
  try {
    return walk([object], path, { allowMissing: true })[0];
  } catch (error) {
    if (error instanceof PathError) return undefined;
    throw error;
  }
}

/** Models cellForJSONValue. */
function cellOf(type: string, value: Json | undefined, now: number): TableCell {
  if (value === undefined) return null;
  if (type === 'string') return textOf(value);
  if (value === null) return null;
  if (type === 'integer') return typeof value === 'number' ? Math.trunc(value) : null;
  if (type === 'number') return typeof value === 'number' ? value : null;
  if (type === 'boolean') return typeof value === 'boolean' ? value : null;
  if (type !== 'date' || typeof value !== 'string') return null;
  return Number.isNaN(Date.parse(value)) ? '<invalid>' : ageOf(value, now);
}

function textOf(value: Json): string {
  if (value === null) return '<nil>';
  return typeof value === 'object' ? canonicalText(value) : String(value);
}
