import type { CommandSpec } from '../command-spec.ts';
import { selectorFlag } from '../common-flags.ts';
import { KubectlError, StatusError, usageError } from '../errors.ts';
import type { FlagSet } from '../flags.ts';
import { quote } from '../go-format.ts';
import type { JsonObject } from '../json.ts';
import { listAt, nameOf, stringAt } from '../json.ts';
import { getObject, listObjects } from '../objects.ts';
import type { ApiResource } from '../discovery.ts';
import { podsBehind } from '../remote/pods-behind.ts';
import { checkRunningTimeout, runningTimeoutFlag } from '../remote/remote-pod.ts';
import { mappingFor } from '../resource-args.ts';
import { kindName, resourcePath } from '../rest-mapper.ts';
import type { Session } from '../session.ts';

const bool = (
  name: string,
  en: string,
  pt: string,
  short?: string,
): NonNullable<CommandSpec['flags']>[number] => ({
  name,
  kind: 'bool',
  ...(short === undefined ? {} : { short }),
  help: { en, 'pt-BR': pt },
});

export const logs: CommandSpec = {
  name: 'logs',
  usage: '[-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]',
  group: 'troubleshooting',
  short: { en: 'Print what a container writes.', 'pt-BR': 'Mostra o que um contêiner escreve.' },
  examples: ['kubectl logs web-1', 'kubectl logs web-1 -c side --tail=20 -f', 'kubectl logs deployment/web'],
  arguments: { of: 'names', type: 'pods' },
  flags: [
    selectorFlag,
    bool('follow', 'Go on as more is written.', 'Continua conforme mais é escrito.', 'f'),
    bool('previous', 'Of the container that ended before.', 'Do contêiner que terminou antes.', 'p'),
    bool('timestamps', 'With the time of each line.', 'Com a hora de cada linha.'),
    bool('all-containers', 'Of all containers.', 'De todos os contêineres.'),
    bool('prefix', 'With Pod and container before each line.', 'Com Pod e contêiner antes de cada linha.'),
    bool('all-pods', 'Of all Pods of a workload.', 'De todos os Pods de uma carga.'),
    runningTimeoutFlag,
    bool('ignore-errors', 'Go on after failures.', 'Continua depois de falhas.'),
    {
      name: 'container',
      short: 'c',
      kind: 'string',
      help: { en: 'The container.', 'pt-BR': 'O contêiner.' },
    },
    {
      name: 'tail',
      kind: 'int',
      initial: '-1',
      help: { en: 'Only this many last lines.', 'pt-BR': 'Só tantas últimas linhas.' },
    },
    {
      name: 'since',
      kind: 'duration',
      initial: '0s',
      help: {
        en: 'Only what is newer than this, as 5m.',
        'pt-BR': 'Só o que é mais novo que isto, como 5m.',
      },
    },
    {
      name: 'since-time',
      kind: 'string',
      help: { en: 'Only what is newer than this time.', 'pt-BR': 'Só o que é mais novo que esta hora.' },
    },
    {
      name: 'limit-bytes',
      kind: 'int',
      initial: '0',
      help: { en: 'At most this many bytes.', 'pt-BR': 'No máximo tantos bytes.' },
    },
    {
      name: 'max-log-requests',
      kind: 'int',
      initial: '5',
      help: {
        en: 'How many streams at once with -f and -l.',
        'pt-BR': 'Quantos fluxos ao mesmo tempo com -f e -l.',
      },
    },
  ],
  run,
};

async function podsOf(session: Session, typed: string): Promise<JsonObject[]> {
  const namespace = await session.namespace();
  const [type = '', name = ''] = typed.includes('/') ? typed.split('/') : ['pods', typed];
  const mapping = await mappingFor(session, type);
  let object: JsonObject;
  try {
    object = await getObject(session, mapping, namespace, name);
  } catch (error) {
    if (error instanceof StatusError)
      throw new KubectlError(
        `error from server (${error.reason}): ${error.message} in namespace ${quote(namespace)}`,
      );
    throw error;
  }
  return podsBehind(session, mapping, object, 'get the logs from');
}

function containerNames(pod: JsonObject): string[] {
  return ['initContainers', 'containers', 'ephemeralContainers'].flatMap((list) =>
    listAt(pod, 'spec', list).map((each) => stringAt(each, 'name')),
  );
}

const since = ['since-time', 'since'] as const;

/** @throws KubectlError for two beginnings, or one that is no time */
function checkTimes(flags: FlagSet): void {
  if (since.every((name) => flags.changed(name)) && flags.number('since') !== 0)
    throw new KubectlError('at most one of `sinceTime` or `sinceSeconds` may be specified');
  const time = flags.string('since-time');
  if (time !== '' && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(time))
    throw new KubectlError(
      `parsing time ${quote(time)} as "2006-01-02T15:04:05Z07:00": cannot parse ${quote(time)} as "2006"`,
    );
}

/** What is only looked at once the Pods are known. Models `LogsOptions.Validate`. */
function checkOptions(flags: FlagSet, container: string): void {
  if (flags.number('since') < 0) throw new KubectlError('--since must be greater than 0');
  if (flags.bool('all-containers') && container !== '')
    throw new KubectlError(`--all-containers=true should not be specified with container name ${container}`);
  if (flags.number('tail') < -1) throw new KubectlError('--tail must be greater than or equal to -1');
  if (flags.number('limit-bytes') < 0) throw new KubectlError('--limit-bytes must be greater than 0');
}

async function run(session: Session, flags: FlagSet, args: string[]): Promise<void> {
  const selector = flags.string('selector');
  if (args.length === 0 && selector === '') {
    throw usageError(
      session.path,
      `expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command`,
    );
  }
  if (args.length > 0 && selector !== '')
    throw usageError(session.path, 'only a selector (-l) or a POD name is allowed');
  if (args.length > 2)
    throw usageError(
      session.path,
      `expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command`,
    );
  checkTimes(flags);
  checkRunningTimeout(flags);
  if (args.length === 2 && flags.string('container') !== '')
    throw new KubectlError('only one of -c or an inline [CONTAINER] arg is allowed');
  const mapping = await mappingFor(session, 'pods');
  const [typed = '', second] = args;
  let pods: JsonObject[];
  if (selector !== '') {
    pods = await listObjects(session, mapping, await session.namespace(), { selector });
    if (pods.length === 0)
      await session.err(`No resources found in ${await session.namespace()} namespace.\n`);
  } else {
    const found = await podsOf(session, typed);
    if (found.length > 1 && !flags.bool('all-pods')) {
      await session.err(
        `Found ${found.length} pods, using ${kindName(mapping.kind, mapping.group)}/${nameOf(found[0] ?? null)}\n`,
      );
      pods = found.slice(0, 1);
    } else pods = found;
    if (found.length === 0) throw new KubectlError('timed out waiting for the condition');
  }
  const wanted = flags.string('container') || second || '';
  checkOptions(flags, wanted);
  const streams: { pod: string; container: string }[] = [];
  for (const pod of pods) {
    const names = containerNames(pod);
    if (wanted !== '' && !names.includes(wanted))
      throw new KubectlError(`container ${wanted} is not valid for pod ${nameOf(pod)}`);
    if (wanted !== '') streams.push({ pod: nameOf(pod), container: wanted });
    else if (flags.bool('all-containers'))
      for (const container of names) streams.push({ pod: nameOf(pod), container });
    else streams.push({ pod: nameOf(pod), container: await defaultContainer(session, pod) });
  }
  const limit = flags.number('max-log-requests');
  if (flags.bool('follow') && streams.length > limit) {
    throw new KubectlError(
      `you are attempting to follow ${streams.length} log streams, but maximum allowed concurrency is ${limit}, use --max-log-requests to increase the limit`,
    );
  }
  if (flags.bool('follow'))
    await Promise.all(streams.map((stream) => copy(session, flags, mapping, stream, selector !== '')));
  else for (const stream of streams) await copy(session, flags, mapping, stream, selector !== '');
}

async function defaultContainer(session: Session, pod: JsonObject): Promise<string> {
  const annotated = stringAt(pod, 'metadata', 'annotations', 'kubectl.kubernetes.io/default-container');
  if (annotated !== '') return annotated;
  const names = listAt(pod, 'spec', 'containers').map((each) => stringAt(each, 'name'));
  const all = [
    ...names,
    ...listAt(pod, 'spec', 'initContainers').map((each) => `${stringAt(each, 'name')} (init)`),
    ...listAt(pod, 'spec', 'ephemeralContainers').map((each) => `${stringAt(each, 'name')} (ephem)`),
  ];
  if (all.length > 1)
    await session.err(`Defaulted container ${quote(names[0] ?? '')} out of: ${all.join(', ')}\n`);
  return names[0] ?? '';
}

async function copy(
  session: Session,
  flags: FlagSet,
  mapping: ApiResource,
  stream: { pod: string; container: string },
  many: boolean,
): Promise<void> {
  const transport = await session.transport();
  const tail = flags.changed('tail') ? flags.number('tail') : many ? 10 : -1;
  const since = flags.number('since');
  const query = {
    container: stream.container || undefined,
    follow: flags.bool('follow') ? 'true' : undefined,
    previous: flags.bool('previous') ? 'true' : undefined,
    timestamps: flags.bool('timestamps') ? 'true' : undefined,
    tailLines: tail >= 0 ? String(tail) : undefined,
    sinceSeconds: since > 0 ? String(Math.ceil(since / 1000)) : undefined,
    sinceTime: flags.string('since-time') || undefined,
    limitBytes: flags.number('limit-bytes') > 0 ? String(flags.number('limit-bytes')) : undefined,
  };
  const request = {
    path: resourcePath(mapping, await session.namespace(), stream.pod, 'log'),
    query,
    accept: '*/*',
  };
  if (!flags.bool('prefix') && !flags.bool('all-pods')) {
    for await (const chunk of transport.chunks(request, session.io.stdout.closed))
      await session.io.stdout.write(chunk);
    return;
  }
  for await (const line of transport.lines(request, session.io.stdout.closed))
    await session.out(`[pod/${stream.pod}/${stream.container}] ${line}\n`);
}
