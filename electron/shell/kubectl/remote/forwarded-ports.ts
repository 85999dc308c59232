import { KubectlError } from '../errors.ts';
import { quote } from '../go-format.ts';
import type { Json, JsonObject } from '../json.ts';
import { at, listAt, nameOf, numberAt, stringAt } from '../json.ts';
import { containersOf } from './remote-pod.ts';

export interface ForwardedPort {
  /** 0 takes any that is free. */
  readonly local: number;
  readonly remote: number;
}

interface Typed {
  readonly local: string;
  readonly remote: string;
}

function typedPort(typed: string): Typed {
  const parts = typed.split(':');
  if (parts.length === 1) return { local: typed, remote: typed };
  if (parts.length > 2) throw new KubectlError(`invalid port format '${typed}'`);
  return { local: parts[0] || '0', remote: parts[1] ?? '' };
}

const isNumber = (text: string): boolean => /^\d+$/.test(text);

function portNumber(text: string, which: string): number {
  const why = isNumber(text) ? (Number(text) > 65_535 ? 'value out of range' : '') : 'invalid syntax';
  if (why !== '')
    throw new KubectlError(
      `error parsing ${which} port '${text}': strconv.ParseUint: parsing ${quote(text)}: ${why}`,
    );
  if (which === 'remote' && Number(text) === 0) throw new KubectlError('remote port must be > 0');
  return Number(text);
}

function namedContainerPort(pod: JsonObject, name: string): number | undefined {
  for (const container of containersOf(pod))
    for (const port of listAt(container, 'ports'))
      if (stringAt(port, 'name') === name) return numberAt(port, 'containerPort');
  return undefined;
}

/** The port of the Pod behind a Service's port. Models `translateServicePortToTargetPort`. */
function targetOf(service: JsonObject, pod: JsonObject, typed: string): string {
  const port = listAt(service, 'spec', 'ports').find((each) =>
    isNumber(typed) ? numberAt(each, 'port') === Number(typed) : stringAt(each, 'name') === typed,
  );
  if (port === undefined)
    throw new KubectlError(
      isNumber(typed)
        ? `Service ${nameOf(service)} does not have a service port ${typed}`
        : `Service '${nameOf(service)}' does not have a named port '${typed}'`,
    );
  // A headless Service has no address of its own: clients reach the Pod's port as it is.
  if (stringAt(service, 'spec', 'clusterIP') === 'None') return String(numberAt(port, 'port'));
  const target: Json | undefined = at(port, 'targetPort');
  if (typeof target === 'number') return String(target === 0 ? numberAt(port, 'port') : target);
  const found = namedContainerPort(pod, String(target ?? ''));
  if (found === undefined)
    throw new KubectlError(`Pod '${nameOf(pod)}' does not have a named port '${String(target ?? '')}'`);
  return String(found);
}

/** What `[LOCAL:]REMOTE` words mean for a Pod, or for a Service and the Pod behind it. @throws KubectlError */
export function forwardedPorts(
  words: readonly string[],
  pod: JsonObject,
  service: JsonObject | undefined,
): ForwardedPort[] {
  return words.map((word) => {
    const typed = typedPort(word);
    let remote = typed.remote;
    if (service !== undefined) remote = targetOf(service, pod, remote);
    else if (!isNumber(remote)) {
      const found = namedContainerPort(pod, remote);
      if (found === undefined)
        throw new KubectlError(`Pod '${nameOf(pod)}' does not have a named port '${remote}'`);
      remote = String(found);
    }
    // A name alone stands for the same number on both sides.
    const local = typed.local === typed.remote && !isNumber(typed.local) ? remote : typed.local;
    return { local: portNumber(local, 'local'), remote: portNumber(remote, 'remote') };
  });
}
