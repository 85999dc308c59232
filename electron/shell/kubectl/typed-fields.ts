import type { JsonObject } from './json.ts';
import { at, clone, isObject, listAt, setAt, stringAt } from './json.ts';

const emptyStatus: Readonly<Record<string, JsonObject>> = {
  Pod: {},
  Deployment: {},
  Job: {},
  CronJob: {},
  ReplicaSet: { replicas: 0 },
  ReplicationController: { replicas: 0 },
  StatefulSet: { availableReplicas: 0, replicas: 0 },
  DaemonSet: {
    currentNumberScheduled: 0,
    desiredNumberScheduled: 0,
    numberMisscheduled: 0,
    numberReady: 0,
  },
  Service: { loadBalancer: {} },
};

/**
 * The object as Go's types print it: fields without `omitempty` are there even when empty. What commands that know the
 * built-in types (`set`, `run`) show of an object no server has completed. Models k8s.io/api's JSON tags (v1.33).
 */
export function withTypedFields(object: JsonObject): JsonObject {
  const typed = clone(object);
  if (at(typed, 'metadata', 'creationTimestamp') === undefined)
    setAt(typed, ['metadata', 'creationTimestamp'], null);
  const kind = stringAt(typed, 'kind');
  for (const path of [['spec'], ['spec', 'jobTemplate', 'spec']]) {
    const spec = at(typed, ...path);
    const template = isObject(spec) ? spec['template'] : undefined;
    if (isObject(template)) {
      if (at(template, 'metadata', 'creationTimestamp') === undefined)
        setAt(template, ['metadata', 'creationTimestamp'], null);
      withResources(template['spec']);
    }
  }
  if (kind === 'Pod') withResources(typed['spec']);
  if (kind === 'CronJob' && at(typed, 'spec', 'jobTemplate', 'metadata', 'creationTimestamp') === undefined)
    setAt(typed, ['spec', 'jobTemplate', 'metadata', 'creationTimestamp'], null);
  if (kind === 'Deployment' && at(typed, 'spec', 'strategy') === undefined)
    setAt(typed, ['spec', 'strategy'], {});
  if ((kind === 'StatefulSet' || kind === 'DaemonSet') && at(typed, 'spec', 'updateStrategy') === undefined)
    setAt(typed, ['spec', 'updateStrategy'], {});
  const status = emptyStatus[kind];
  if (status !== undefined)
    typed['status'] = { ...status, ...(isObject(typed['status']) ? typed['status'] : {}) };
  return typed;
}

function withResources(spec: JsonObject[string] | undefined): void {
  for (const list of ['containers', 'initContainers'])
    for (const container of listAt(spec, list).filter(isObject)) container['resources'] ??= {};
}
