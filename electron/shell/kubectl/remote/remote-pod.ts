import type { FlagSet, FlagSpec } from '../flags.ts';
import { KubectlError, StatusError, usageError } from '../errors.ts';
import { quote } from '../go-format.ts';
import type { JsonObject } from '../json.ts';
import { isObject, listAt, nameOf, namespaceOf, stringAt } from '../json.ts';
import { resourcePath } from '../rest-mapper.ts';
import { mappingFor } from '../resource-args.ts';
import type { Session } from '../session.ts';
import { withDeadline } from '../wait-gone.ts';
import { watchObject } from '../watch-object.ts';

export const containerFlag: FlagSpec = {
  name: 'container',
  short: 'c',
  kind: 'string',
  help: { en: 'The container.', 'pt-BR': 'O contêiner.' },
};

export const runningTimeoutFlag: FlagSpec = {
  name: 'pod-running-timeout',
  kind: 'duration',
  initial: '1m0s',
  help: {
    en: 'How long to wait until a Pod of the workload is there.',
    'pt-BR': 'Quanto esperar até haver um Pod da carga de trabalho.',
  },
};

/** @throws KubectlError for no time at all; with a path it points to the command's help */
export function checkRunningTimeout(flags: FlagSet, path?: string): void {
  if (flags.number('pod-running-timeout') > 0) return;
  const why = '--pod-running-timeout must be higher than zero';
  throw path === undefined ? new KubectlError(why) : usageError(path, why);
}

export const streamFlags: readonly FlagSpec[] = [
  containerFlag,
  {
    name: 'stdin',
    short: 'i',
    kind: 'bool',
    help: { en: 'Pass standard input.', 'pt-BR': 'Passa a entrada padrão.' },
  },
  { name: 'tty', short: 't', kind: 'bool', help: { en: 'With a terminal.', 'pt-BR': 'Com um terminal.' } },
  {
    name: 'quiet',
    short: 'q',
    kind: 'bool',
    help: { en: 'Only what the command writes.', 'pt-BR': 'Só o que o comando escreve.' },
  },
  runningTimeoutFlag,
];

export const completed = (pod: JsonObject): boolean =>
  ['Succeeded', 'Failed'].includes(stringAt(pod, 'status', 'phase'));

/** All containers of a Pod, those of `spec.containers` first, as upstream looks for one. */
export function containersOf(pod: JsonObject): JsonObject[] {
  return ['containers', 'initContainers', 'ephemeralContainers'].flatMap((list) =>
    listAt(pod, 'spec', list).filter(isObject),
  );
}

/**
 * The container to talk to: by name, by the annotation, or the first. Says which when there was a choice. Models
 * kubectl's cmd/util/podcmd (v1.33).
 */
export async function chosenContainer(
  session: Session,
  pod: JsonObject,
  named: string,
  quiet: boolean,
): Promise<JsonObject> {
  const all = containersOf(pod);
  const find = (name: string): JsonObject | undefined => all.find((each) => stringAt(each, 'name') === name);
  if (named !== '') {
    const found = find(named);
    if (!found) throw new KubectlError(`container ${named} not found in pod ${nameOf(pod)}`);
    return found;
  }
  const annotated = find(stringAt(pod, 'metadata', 'annotations', 'kubectl.kubernetes.io/default-container'));
  if (annotated) return annotated;
  const first = all[0];
  if (!first) throw new KubectlError(`container not found in pod ${nameOf(pod)}`);
  if (all.length > 1 && !quiet) {
    const names = [
      ...listAt(pod, 'spec', 'containers').map((each) => stringAt(each, 'name')),
      ...listAt(pod, 'spec', 'initContainers').map((each) => `${stringAt(each, 'name')} (init)`),
      ...listAt(pod, 'spec', 'ephemeralContainers').map((each) => `${stringAt(each, 'name')} (ephem)`),
    ];
    await session.err(`Defaulted container ${quote(stringAt(first, 'name'))} out of: ${names.join(', ')}\n`);
  }
  return first;
}

/** The path of a subresource of a Pod. */
export async function podPath(session: Session, pod: JsonObject, subresource: string): Promise<string> {
  return resourcePath(await mappingFor(session, 'pods'), namespaceOf(pod), nameOf(pod), subresource);
}

/** The Pod once `until` says so. Throws kubectl's words after `timeoutMs`. */
export async function awaitPod(
  session: Session,
  name: string,
  timeoutMs: number,
  until: (pod: JsonObject) => boolean,
): Promise<JsonObject> {
  const ref = { mapping: await mappingFor(session, 'pods'), namespace: await session.namespace(), name };
  const outcome = await withDeadline(timeoutMs, async (signal) => {
    for await (const change of watchObject(session, ref, signal)) {
      if (change === undefined || change.type === 'DELETED')
        throw new StatusError({ reason: 'NotFound', code: 404, message: `pods ${quote(name)} not found` });
      if (until(change.object)) return change.object;
    }
    return undefined;
  });
  if (outcome === 'timeout' || outcome.value === undefined)
    throw new KubectlError('timed out waiting for the condition');
  return outcome.value;
}
