import { StatusError } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import { isObject, listAt, parseObject, stringAt } from '../json.ts';
import { listObjects, getObject } from '../objects.ts';
import { humanDuration } from '../duration.ts';
import type { ObjectPrinter } from '../printers/interface.ts';
import { TablePrinter, isTable, plainTable } from '../printers/table.ts';
import type { Selection, Target } from '../resource-args.ts';
import { apiVersionOf, resourcePath } from '../rest-mapper.ts';
import type { Session } from '../session.ts';
import { acceptTable } from '../transport.ts';
import { fetchTables, tableOptions } from './get-table.ts';

/** `get -w`: what is there, then every change until interrupted or the server ends the watch. */
export async function watchTarget(
  session: Session,
  target: Target,
  selection: Selection,
  printer: ObjectPrinter | undefined,
): Promise<void> {
  const { flags } = session;
  const tables = printer ? undefined : new TablePrinter(tableOptions(session, target, selection, false));
  const events = flags.bool('output-watch-events');
  let resourceVersion = '0';
  if (!flags.bool('watch-only')) {
    if (tables) {
      for await (const table of fetchTables(session, target, selection)) {
        resourceVersion = stringAt(table, 'metadata', 'resourceVersion') || resourceVersion;
        await session.out(tables.print(table, 'ADDED'));
      }
    } else if (printer) {
      resourceVersion = await printCurrent(session, target, selection, printer, events);
    }
  } else {
    resourceVersion = await currentVersion(session, target, selection);
  }
  // The version of one object may have left the server's window: begin at "about now" and drop the first event, which is known.
  const single = target.name !== undefined;
  if (single) resourceVersion = '0';
  let known = single && !flags.bool('watch-only');
  const transport = await session.transport();
  const lines = transport.lines(
    {
      path: resourcePath(target.mapping, target.namespace),
      accept: tables && flags.bool('server-print') ? acceptTable : 'application/json',
      query: {
        watch: 'true',
        resourceVersion,
        labelSelector: selection.selector || undefined,
        fieldSelector:
          target.name === undefined ? selection.fieldSelector || undefined : `metadata.name=${target.name}`,
      },
    },
    session.io.stdout.closed,
  );
  for await (const line of lines) {
    const event = parseObject(line);
    const object = event?.['object'];
    const type = stringAt(event, 'type');
    if (!isObject(object) || type === 'BOOKMARK') continue;
    if (known) {
      known = false;
      if (type === 'ADDED') continue;
    }
    if (type === 'ERROR') throw new StatusError(object);
    if (tables)
      await session.out(
        tables.print(
          isTable(object)
            ? object
            : plainTable([object], (created) => humanDuration(transport.now() - Date.parse(created))),
          type,
        ),
      );
    else if (printer)
      await session.out(
        printer.print(
          events
            ? { object, type }
            : { apiVersion: apiVersionOf(target.mapping), kind: target.mapping.kind, ...object },
        ),
      );
  }
}

async function printCurrent(
  session: Session,
  target: Target,
  selection: Selection,
  printer: ObjectPrinter,
  events: boolean,
): Promise<string> {
  let version = '0';
  const objects: JsonObject[] =
    target.name === undefined
      ? await listObjects(session, target.mapping, target.namespace, selection)
      : [await getObject(session, target.mapping, target.namespace, target.name)];
  for (const object of objects) {
    const own = stringAt(object, 'metadata', 'resourceVersion');
    if (BigInt(own || '0') > BigInt(version)) version = own;
    await session.out(printer.print(events ? { object, type: 'ADDED' } : object));
  }
  return version === '0' ? currentVersion(session, target, selection) : version;
}

async function currentVersion(session: Session, target: Target, selection: Selection): Promise<string> {
  let version = '0';
  for await (const table of fetchTables(session, target, selection)) {
    version = stringAt(table, 'metadata', 'resourceVersion') || version;
    if (version === '0')
      for (const row of listAt(table, 'rows'))
        version = stringAt(row, 'object', 'metadata', 'resourceVersion') || version;
  }
  return version;
}
