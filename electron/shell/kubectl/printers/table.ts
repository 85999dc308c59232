import { goValue } from '../go-format.ts';
import type { Json, JsonObject } from '../json.ts';
import { at, isObject, listAt, nameOf, namespaceOf, numberAt, stringAt, stringsAt } from '../json.ts';
import { TabWriter, tableTabs } from './tab-writer.ts';

export interface TableOptions {
  readonly wide: boolean;
  readonly noHeaders: boolean;
  readonly showLabels: boolean;
  /** `-L`: labels as columns. */
  readonly labelColumns: readonly string[];
  readonly withNamespace: boolean;
  /** Put `kind.group/` before names. */
  readonly kindPrefix?: string | undefined;
  /** Put the type of a watch event first. */
  readonly withEvents?: boolean;
}

interface Column {
  readonly header: string;
  readonly index: number;
}

/** The server's columns for a kind: rows are added as they come (watch), the header is written once. */
export class TablePrinter {
  private readonly options: TableOptions;
  private readonly tabs: TabWriter;
  private columns: readonly Column[] | undefined;
  private headerDone = false;

  constructor(options: TableOptions, tabs = new TabWriter(tableTabs)) {
    this.options = options;
    this.tabs = tabs;
  }

  /** True once something was printed. */
  get started(): boolean {
    return this.headerDone;
  }

  /** Aligned text for the rows of a `meta.k8s.io/v1` Table. */
  print(table: JsonObject, event = ''): string {
    const definitions = listAt(table, 'columnDefinitions');
    if (definitions.length > 0 || !this.columns) {
      this.columns = definitions
        .map((definition, index) => ({
          header: stringAt(definition, 'name').toUpperCase(),
          index,
          priority: numberAt(definition, 'priority') ?? 0,
        }))
        .filter((column) => this.options.wide || column.priority === 0);
    }
    const rows = listAt(table, 'rows').filter(isObject);
    if (rows.length === 0) return '';
    if (!this.headerDone) {
      this.headerDone = true;
      if (!this.options.noHeaders) this.tabs.write(`${this.header().join('\t')}\n`);
    }
    for (const row of rows) this.tabs.write(`${this.row(row, event).join('\t')}\n`);
    return this.tabs.flush();
  }

  private header(): string[] {
    const { withEvents, withNamespace, labelColumns, showLabels } = this.options;
    const names = (this.columns ?? []).map((column) => column.header);
    return [
      ...(withEvents ? ['EVENT'] : []),
      ...(withNamespace ? ['NAMESPACE'] : []),
      ...names,
      ...labelColumns.map((label) => (label.split('/').at(-1) ?? label).toUpperCase()),
      ...(showLabels ? ['LABELS'] : []),
    ];
  }

  private row(row: JsonObject, event: string): string[] {
    const { withEvents, withNamespace, labelColumns, showLabels, kindPrefix } = this.options;
    const cells = listAt(row, 'cells');
    const object = row['object'] ?? null;
    const labels = stringsAt(object, 'metadata', 'labels');
    const values = (this.columns ?? []).map((column, i) => {
      const text = cellText(cells[column.index]);
      return i === 0 && kindPrefix ? `${kindPrefix}/${text}` : text;
    });
    return [
      ...(withEvents ? [event.padEnd(8)] : []),
      ...(withNamespace ? [namespaceOf(object)] : []),
      ...values,
      ...labelColumns.map((label) => (Object.hasOwn(labels, label) ? (labels[label] ?? '') : '')),
      ...(showLabels ? [labelText(labels)] : []),
    ];
  }
}

/** One line of a cell; what follows a line break is cut and marked. */
function cellText(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') return goValue(value);
  const cut = value.search(/[\f\n\r]/);
  const text = cut < 0 ? value : `${value.slice(0, cut)}...`;
  return text.replaceAll('\t', '\\t').replaceAll('\v', '\\v').replaceAll('\x1b', '^[');
}

/** `a=b,c=d` sorted by key, or `<none>`. */
export function labelText(labels: Readonly<Record<string, string>>): string {
  const text = Object.keys(labels)
    .sort()
    .map((key) => `${key}=${labels[key] ?? ''}`)
    .join(',');
  return text === '' ? '<none>' : text;
}

/** A Table for a server that does not make them: name and age. */
export function plainTable(objects: readonly JsonObject[], age: (created: string) => string): JsonObject {
  return {
    kind: 'Table',
    columnDefinitions: [
      { name: 'Name', priority: 0 },
      { name: 'Age', priority: 0 },
    ],
    rows: objects.map((object) => ({
      cells: [nameOf(object), age(stringAt(object, 'metadata', 'creationTimestamp'))],
      object,
    })),
  };
}

export function isTable(value: Json | undefined): value is JsonObject {
  return isObject(value) && value['kind'] === 'Table' && at(value, 'rows') !== undefined;
}
