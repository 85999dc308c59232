import type { CommandSpec } from '../command-spec.ts';
import { allNamespacesFlag } from '../common-flags.ts';
import { KubectlError, ManyErrors, StatusError } from '../errors.ts';
import { eventAge } from '../describe/events.ts';
import type { Event } from '../describe/types.ts';
import type { FlagSet } from '../flags.ts';
import type { JsonObject } from '../json.ts';
import { isObject, listAt, parseObject, stringAt } from '../json.ts';
import { objectPrinter, noPrinter, outputFlags } from '../printers/object-printer.ts';
import { TabWriter, tableTabs } from '../printers/tab-writer.ts';
import { mappingFor } from '../resource-args.ts';
import { resourcePath } from '../rest-mapper.ts';
import type { Session } from '../session.ts';

export const events: CommandSpec = {
  name: 'events',
  usage: '[(-o|--output=)json|yaml|name|go-template|…] [--for TYPE/NAME] [--watch] [--types=Normal,Warning]',
  group: 'troubleshooting',
  short: { en: 'List events, oldest first.', 'pt-BR': 'Lista eventos, do mais antigo ao mais novo.' },
  examples: ['kubectl events', 'kubectl events --for pod/web-1 --watch', 'kubectl events --types=Warning'],
  arguments: { of: 'nothing' },
  flags: [
    ...outputFlags,
    allNamespacesFlag,
    {
      name: 'watch',
      short: 'w',
      kind: 'bool',
      help: { en: 'Go on as more happen.', 'pt-BR': 'Continua conforme mais acontecem.' },
    },
    {
      name: 'for',
      kind: 'string',
      help: { en: 'Only about this object, TYPE/NAME.', 'pt-BR': 'Só sobre este objeto, TIPO/NOME.' },
    },
    {
      name: 'types',
      kind: 'slice',
      values: ['Normal', 'Warning'],
      help: { en: 'Only these types.', 'pt-BR': 'Só estes tipos.' },
    },
    {
      name: 'no-headers',
      kind: 'bool',
      help: { en: 'Without the line of column names.', 'pt-BR': 'Sem a linha de nomes das colunas.' },
    },
    {
      name: 'chunk-size',
      kind: 'int',
      initial: '500',
      hidden: true,
      help: { en: 'Accepted.', 'pt-BR': 'Aceita.' },
    },
  ],
  run,
};

function byLastSeen(list: readonly Event[]): Event[] {
  const when = (event: Event): number =>
    Date.parse(event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? '') || 0;
  return list
    .map((event, i) => ({ event, i }))
    .sort((a, b) => when(a.event) - when(b.event) || a.i - b.i)
    .map((each) => each.event);
}

async function about(session: Session, typed: string): Promise<string> {
  if (typed === '') return '';
  const parts = typed.split('/');
  const [type = '', name = ''] = parts;
  if (parts.length !== 2 || type === '' || name === '')
    throw new KubectlError(`--for must be in resource/name form`);
  const mapping = await mappingFor(session, type).catch((error: unknown) => {
    // Upstream tells this one as a list of errors: without a prefix.
    throw error instanceof KubectlError ? new ManyErrors([error]) : error;
  });
  return `involvedObject.kind=${mapping.kind},involvedObject.name=${name}`;
}

async function run(session: Session, flags: FlagSet): Promise<void> {
  const types = flags.list('types').map((type) => type.toLowerCase());
  for (const type of types)
    if (type !== 'normal' && type !== 'warning')
      throw new KubectlError(`valid --types are Normal or Warning`);
  const mapping = (await session.mapper()).find('events');
  if (!mapping) throw new KubectlError(`the server doesn't have a resource type "events"`);
  const everywhere = flags.bool('all-namespaces');
  const namespace = everywhere ? '' : await session.namespace();
  const fieldSelector = (await about(session, flags.string('for'))) || undefined;
  const transport = await session.transport();
  const list = await transport.json({
    path: resourcePath(mapping, namespace),
    query: { fieldSelector, limit: '500' },
  });
  const wanted = (event: JsonObject): boolean =>
    types.length === 0 || types.includes(stringAt(event, 'type').toLowerCase());
  const found = listAt(list, 'items').filter(isObject).filter(wanted);
  const output = flags.string('output');
  if (output !== '') {
    const printer = await objectPrinter(session, output);
    if (!printer) throw noPrinter(output);
    await session.out(
      printer.print({ kind: 'EventList', apiVersion: 'v1', metadata: list['metadata'] ?? {}, items: found }),
    );
    return;
  }
  if (found.length === 0 && !flags.bool('watch')) {
    await session.err(everywhere ? 'No events found.\n' : `No events found in ${namespace} namespace.\n`);
    return;
  }
  const tabs = new TabWriter(tableTabs);
  if (!flags.bool('no-headers'))
    tabs.write(`${everywhere ? 'NAMESPACE\t' : ''}LAST SEEN\tTYPE\tREASON\tOBJECT\tMESSAGE\n`);
  const row = (event: Event): string =>
    `${everywhere ? `${event.metadata.namespace ?? ''}\t` : ''}${eventAge(event, transport.now())}\t${event.type ?? ''}\t${event.reason ?? ''}\t${event.involvedObject.kind ?? ''}/${event.involvedObject.name ?? ''}\t${(event.message ?? '').trim()}\n`;
  for (const event of byLastSeen(found as unknown as Event[])) tabs.write(row(event));
  await session.out(tabs.flush());
  if (!flags.bool('watch')) return;
  const query = {
    watch: 'true',
    fieldSelector,
    resourceVersion: stringAt(list, 'metadata', 'resourceVersion'),
  };
  for await (const line of transport.lines(
    { path: resourcePath(mapping, namespace), query },
    session.io.stdout.closed,
  )) {
    const change = parseObject(line);
    const object = change?.['object'];
    if (!isObject(object)) continue;
    if (stringAt(change, 'type') === 'ERROR') throw new StatusError(object);
    if (!['ADDED', 'MODIFIED'].includes(stringAt(change, 'type')) || !wanted(object)) continue;
    tabs.write(row(object as unknown as Event));
    await session.out(tabs.flush());
  }
}
