import { formatSelector } from '../describe/common.ts';
import type { Deployment } from '../describe/types.ts';
import type { ApiResource } from '../discovery.ts';
import { KubectlError } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import { listAt, nameOf, numberAt, stringAt, stringsAt } from '../json.ts';
import { listObjects } from '../objects.ts';
import { mappingFor } from '../resource-args.ts';
import type { Session } from '../session.ts';

/** Kinds that say which Pods are theirs. */
const withSelector: readonly string[] = [
  'ReplicaSet',
  'ReplicationController',
  'StatefulSet',
  'DaemonSet',
  'Deployment',
  'Job',
  'Service',
];

/** The Pods an object stands for, the one most worth talking to first. Models kubectl's pkg/polymorphichelpers (v1.33). */
export async function podsBehind(
  session: Session,
  mapping: ApiResource,
  object: JsonObject,
  doing: 'attach to' | 'get the logs from',
): Promise<JsonObject[]> {
  if (mapping.name === 'pods' && mapping.group === '') return [object];
  if (!withSelector.includes(mapping.kind))
    throw new KubectlError(
      `cannot ${doing} *${mapping.version}.${mapping.kind}: selector for *${mapping.version}.${mapping.kind} not implemented`,
    );
  const selector = formatSelector(
    mapping.kind === 'Service' || mapping.kind === 'ReplicationController'
      ? { matchLabels: stringsAt(object, 'spec', 'selector') }
      : (object as unknown as Deployment).spec?.selector,
  );
  if (selector === '<none>')
    throw new KubectlError(
      mapping.kind === 'Service'
        ? `cannot ${doing} *${mapping.version}.Service: invalid service '${nameOf(object)}': Service is defined without a selector`
        : `cannot ${doing} *${mapping.version}.${mapping.kind}: selector is empty`,
    );
  const pods = await mappingFor(session, 'pods');
  return (await listObjects(session, pods, await session.namespace(), { selector })).sort(byLogging);
}

/** The first of them. @throws KubectlError when there is none */
export async function firstPodBehind(
  session: Session,
  mapping: ApiResource,
  object: JsonObject,
): Promise<JsonObject> {
  const [pod] = await podsBehind(session, mapping, object, 'attach to');
  if (!pod) throw new KubectlError('timed out waiting for the condition');
  return pod;
}

/** The Pod most worth reading first: assigned, running, ready for longest, restarted most, oldest. Models `ByLogging`. */
function byLogging(a: JsonObject, b: JsonObject): number {
  const keys = (pod: JsonObject): (number | string)[] => {
    const ready = listAt(pod, 'status', 'conditions').find((each) => stringAt(each, 'type') === 'Ready');
    const restarts = Math.max(
      0,
      ...listAt(pod, 'status', 'containerStatuses').map((each) => numberAt(each, 'restartCount') ?? 0),
    );
    return [
      stringAt(pod, 'spec', 'nodeName') === '' ? 1 : 0,
      { Running: 0, Unknown: 1, Pending: 2 }[stringAt(pod, 'status', 'phase')] ?? 3,
      stringAt(ready, 'status') === 'True' ? 0 : 1,
      stringAt(ready, 'lastTransitionTime') || '9999',
      -restarts,
      stringAt(pod, 'metadata', 'creationTimestamp'),
    ];
  };
  const x = keys(a);
  const y = keys(b);
  for (let i = 0; i < x.length; i++) {
    const left = x[i] ?? 0;
    const right = y[i] ?? 0;
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}
