import type { CommandSpec } from '../command-spec.ts';
import { dryRunFlag, fieldManagerFlag, filenameFlags, filesOf, selectorFlag } from '../common-flags.ts';
import { KubectlError, throwAll } from '../errors.ts';
import type { FlagSet } from '../flags.ts';
import type { Json, JsonObject } from '../json.ts';
import { isObject, listAt, numberAt, objectAt, stringAt } from '../json.ts';
import { dryRunOf, ResultPrinter, writeQuery } from '../mutation.ts';
import type { Found } from '../objects.ts';
import { findTargets } from '../objects.ts';
import { outputFlags } from '../printers/object-printer.ts';
import { mappingFor } from '../resource-args.ts';
import type { Session } from '../session.ts';
import { createObject } from '../writes.ts';
import { overlay, overrideFlags, parseLabels } from './run.ts';
import { podSpecOf } from './set-change.ts';

const text = (
  name: string,
  en: string,
  pt: string,
  short?: string,
): NonNullable<CommandSpec['flags']>[number] => ({
  name,
  kind: 'string',
  ...(short === undefined ? {} : { short }),
  help: { en, 'pt-BR': pt },
});

export const expose: CommandSpec = {
  name: 'expose',
  usage: '(-f FILENAME | TYPE NAME) [--port=port] [--target-port=number-or-name] [--name=name] [--type=type]',
  group: 'basic',
  short: { en: 'Make a service for a workload.', 'pt-BR': 'Cria um service para uma carga.' },
  examples: ['kubectl expose deployment web --port=80 --target-port=8080'],
  arguments: { of: 'resources', slash: true },
  flags: [
    ...filenameFlags.filter((flag) => flag.name !== 'kustomize'),
    ...outputFlags,
    ...overrideFlags,
    dryRunFlag,
    fieldManagerFlag('kubectl-expose'),
    { name: 'selector', kind: 'string', help: selectorFlag.help },
    text('labels', 'Labels of the service.', 'Rótulos do service.', 'l'),
    text('port', 'The port of the service.', 'A porta do service.'),
    text('target-port', 'The port or its name on the Pods.', 'A porta, ou seu nome, nos Pods.'),
    text('name', 'The name of the service.', 'O nome do service.'),
    text(
      'type',
      'ClusterIP, NodePort, LoadBalancer or ExternalName.',
      'ClusterIP, NodePort, LoadBalancer ou ExternalName.',
    ),
    text('protocol', 'TCP, UDP or SCTP.', 'TCP, UDP ou SCTP.'),
    text('cluster-ip', 'Address to have, or None.', 'Endereço a ter, ou None.'),
    text('external-ip', 'An address of yours that leads here.', 'Um endereço seu que leva até aqui.'),
    text('session-affinity', 'None or ClientIP.', 'None ou ClientIP.'),
  ],
  run,
};

function expressions(selector: JsonObject): string {
  return listAt(selector, 'matchExpressions')
    .map(
      (each) =>
        `{Key:${stringAt(each, 'key')} Operator:${stringAt(each, 'operator')} Values:[${listAt(each, 'values').join(' ')}]}`,
    )
    .join(' ');
}

function selectorOf(each: Found): JsonObject {
  const { kind } = each.mapping;
  if (kind === 'Pod') {
    const labels = objectAt(each.object, 'metadata', 'labels');
    if (Object.keys(labels).length === 0)
      throw new KubectlError(
        `couldn't retrieve selectors via --selector flag or introspection: the pod has no labels and cannot be exposed`,
      );
    return labels;
  }
  const selector = objectAt(each.object, 'spec', 'selector');
  if (kind === 'Service' || kind === 'ReplicationController') {
    if (Object.keys(selector).length === 0)
      throw new KubectlError(
        `couldn't retrieve selectors via --selector flag or introspection: the service has no pod selector set`,
      );
    return selector;
  }
  if (listAt(selector, 'matchExpressions').length > 0)
    throw new KubectlError(
      `couldn't retrieve selectors via --selector flag or introspection: couldn't convert expressions - "[${expressions(selector)}]" to map-based selector format`,
    );
  return objectAt(selector, 'matchLabels');
}

function portsOf(each: Found): { port: number; protocol: string }[] {
  const list =
    each.mapping.kind === 'Service'
      ? listAt(each.object, 'spec', 'ports')
      : listAt(podSpecOf(each.object), 'containers').flatMap((container) => listAt(container, 'ports'));
  return list.map((port) => ({
    port: numberAt(port, 'port') ?? numberAt(port, 'containerPort') ?? 0,
    protocol: stringAt(port, 'protocol') || 'TCP',
  }));
}

async function run(session: Session, flags: FlagSet, args: string[]): Promise<void> {
  const dryRun = await dryRunOf(session);
  const printer = await ResultPrinter.make(session, dryRun, true);
  const selection = {
    args,
    ...filesOf(flags),
  };
  const { found, errors } = await findTargets(session, selection);
  for (const each of found) {
    if (!['Pod', 'Service', 'ReplicationController', 'Deployment', 'ReplicaSet'].includes(each.mapping.kind))
      throw new KubectlError(`cannot expose a ${each.mapping.kind}`);
    const service = serviceFor(flags, each);
    overlay(flags, service);
    if (dryRun === 'client') {
      await printer.done(service, 'exposed');
      continue;
    }
    const mapping = await mappingFor(session, 'services');
    await printer.done(
      await createObject(session, mapping, each.namespace, service, writeQuery(session, dryRun)),
      'exposed',
    );
  }
  throwAll(errors);
}

function serviceFor(flags: FlagSet, each: Found): JsonObject {
  const selector = flags.string('selector') === '' ? selectorOf(each) : parseLabels(flags.string('selector'));
  const known = portsOf(each);
  const typed =
    flags.string('port') === '' ? known.map((port) => String(port.port)) : flags.string('port').split(',');
  if (typed.length === 0) throw new KubectlError(`couldn't find port via --port flag or introspection`);
  const target = flags.string('target-port');
  const ports: Json[] = typed.map((text_, i) => {
    if (!/^\d+$/.test(text_))
      throw new KubectlError(`strconv.Atoi: parsing ${JSON.stringify(text_)}: invalid syntax`);
    const port = Number(text_);
    const protocol = flags.string('protocol') || known.find((one) => one.port === port)?.protocol || 'TCP';
    return {
      ...(typed.length > 1 ? { name: `port-${i + 1}` } : {}),
      protocol,
      port,
      targetPort: target === '' ? port : /^\d+$/.test(target) ? Number(target) : target,
    };
  });
  const own = objectAt(each.object, 'metadata', 'labels');
  const labels = flags.string('labels') === '' ? own : parseLabels(flags.string('labels'));
  const affinity = flags.string('session-affinity');
  if (!['', 'None', 'ClientIP'].includes(affinity))
    throw new KubectlError(`unknown session affinity: ${affinity}`);
  const type = flags.string('type');
  const clusterIP = flags.string('cluster-ip');
  return {
    kind: 'Service',
    apiVersion: 'v1',
    metadata: {
      name: flags.string('name') || each.name,
      ...(each.namespace === '' ? {} : { namespace: each.namespace }),
      creationTimestamp: null,
      ...(isObject(labels) && Object.keys(labels).length > 0 ? { labels } : {}),
    },
    spec: {
      ports,
      selector,
      ...(clusterIP === '' ? {} : { clusterIP }),
      ...(type === '' ? {} : { type }),
      ...(flags.string('external-ip') === '' ? {} : { externalIPs: [flags.string('external-ip')] }),
      ...(affinity === '' ? {} : { sessionAffinity: affinity }),
    },
    status: { loadBalancer: {} },
  };
}
