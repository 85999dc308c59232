import { isNotFound, StatusError, throwAll } from '../errors.ts';
import { humanDuration } from '../duration.ts';
import type { JsonObject } from '../json.ts';
import { isObject, listAt, objectAt, parseObject, stringAt } from '../json.ts';
import { withSelectorContext } from '../objects.ts';
import { TablePrinter, isTable, plainTable } from '../printers/table.ts';
import type { TableOptions } from '../printers/table.ts';
import { NoSuchField, sortByField } from '../printers/sorting.ts';
import type { Resolved, Selection, Target } from '../resource-args.ts';
import { kindName, resourcePath } from '../rest-mapper.ts';
import type { Session } from '../session.ts';
import { acceptTable } from '../transport.ts';
import { needsKind } from './get.ts';

/** The options of `get`'s flags for one type. */
export function tableOptions(
  session: Session,
  target: Target,
  selection: Selection,
  withKind: boolean,
): TableOptions {
  const { flags } = session;
  return {
    wide: flags.string('output') === 'wide',
    noHeaders: flags.bool('no-headers'),
    showLabels: flags.bool('show-labels'),
    labelColumns: flags.list('label-columns'),
    withNamespace: selection.allNamespaces === true && target.mapping.namespaced,
    kindPrefix:
      withKind || flags.bool('show-kind') ? kindName(target.mapping.kind, target.mapping.group) : undefined,
    withEvents: flags.bool('output-watch-events'),
  };
}

/** The Tables of one target, page by page. */
export async function* fetchTables(
  session: Session,
  target: Target,
  selection: Selection,
): AsyncGenerator<JsonObject> {
  const transport = await session.transport();
  const { flags } = session;
  const { mapping, namespace, name } = target;
  const limit = flags.number('chunk-size');
  const subresource = flags.string('subresource') || undefined;
  let next: string | undefined;
  do {
    const options = { selector: selection.selector, fieldSelector: selection.fieldSelector };
    const ask = async (): Promise<JsonObject> => {
      const response = await transport.send({
        path: resourcePath(mapping, namespace, name, subresource),
        accept: flags.bool('server-print') ? acceptTable : 'application/json',
        query: {
          ...(flags.string('sort-by') === '' ? {} : { includeObject: 'Object' }),
          ...(name === undefined
            ? {
                labelSelector: selection.selector || undefined,
                fieldSelector: selection.fieldSelector || undefined,
                limit: limit > 0 ? String(limit) : undefined,
                continue: next,
              }
            : {}),
        },
      });
      const value = parseObject(response.text);
      if (!value) throw new StatusError({ message: 'the server answered something that is not JSON' });
      return value;
    };
    const value = name === undefined ? await withSelectorContext(mapping, options, ask) : await ask();
    yield isTable(value) ? value : asTable(value, transport.now());
    next = stringAt(value, 'metadata', 'continue') || undefined;
  } while (next !== undefined);
}

function asTable(value: JsonObject, now: number): JsonObject {
  const objects = Array.isArray(value['items']) ? value['items'].filter(isObject) : [value];
  const table = plainTable(objects, (created) =>
    created === '' ? '<unknown>' : humanDuration(now - Date.parse(created)),
  );
  return { ...table, metadata: objectAt(value, 'metadata') };
}

/** Prints tables for all targets, those of one type as one; answers whether anything was printed. */
export async function printTables(
  session: Session,
  resolved: Resolved,
  selection: Selection,
): Promise<boolean> {
  const withKind = needsKind(resolved);
  const errors: unknown[] = [];
  const groups: { target: Target; tables: JsonObject[] }[] = [];
  for (const target of resolved.targets) {
    if (target instanceof Error) {
      errors.push(target);
      continue;
    }
    try {
      for await (const table of fetchTables(session, target, selection)) {
        if (listAt(table, 'rows').length === 0) continue;
        const last = groups.at(-1);
        if (last?.target.mapping === target.mapping) last.tables.push(table);
        else groups.push({ target, tables: [table] });
      }
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      if (session.flags.bool('ignore-not-found') && isNotFound(error)) continue;
      errors.push(error);
    }
  }
  const sortBy = session.flags.string('sort-by');
  let written = false;
  for (const { target, tables } of groups) {
    const shown = sortBy === '' ? [joined(tables)] : sorted(tables, sortBy);
    for (const table of shown) {
      if (written && !session.flags.bool('no-headers')) await session.out('\n');
      await session.out(new TablePrinter(tableOptions(session, target, selection, withKind)).print(table));
      written = true;
    }
  }
  throwAll(errors);
  return written;
}

function joined(tables: readonly JsonObject[]): JsonObject {
  const [first = {}] = tables;
  return { ...first, rows: tables.flatMap((table) => listAt(table, 'rows')) };
}

/** One Table of all rows in order; none at all when no row has the field, as upstream does. */
function sorted(tables: readonly JsonObject[], sortBy: string): JsonObject[] {
  const [first = {}] = tables;
  const rows = tables.flatMap((table) => listAt(table, 'rows')).filter(isObject);
  try {
    return [{ ...first, rows: sortByField(rows, sortBy, (row) => objectAt(row, 'object')) }];
  } catch (error) {
    if (error instanceof NoSuchField) return [];
    throw error;
  }
}
