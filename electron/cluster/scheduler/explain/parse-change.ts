import { parse, stringify } from 'yaml';
import { canonicalQuantity, isQuantity } from '../../apimachinery/quantity.ts';
import type { Container, Pod } from '../../api/types.ts';
import { configVersion } from '../config/types.ts';
import { SchedulerConfigurationError } from '../config/interface.ts';
import { defaultSchedulerName } from '../config/defaults.ts';
import { loadConfiguration } from '../config/load.ts';
import { checkProfiles } from '../framework/create-framework.ts';
import { inTreeRegistry } from '../plugins/registry.ts';
import type { Change, ChangeId } from './interface.ts';

/** A profile needs one that sorts its queue and one that binds. */
const vital = new Set(['PrioritySort', 'DefaultBinder']);

/** A change that cannot be read, worded for people. */
export class ChangeSyntaxError extends Error {}

/**
 * Reads a change as a person types it:
 * `request.cpu=200m`, `priority=1000`, `tolerate=KEY[=VALUE][:EFFECT]`, `pod=PATCH`;
 * `label/NODE=KEY=VALUE`, `label/NODE=KEY-`, `cordon=NODE`, `uncordon=NODE`, `node/NODE=PATCH`;
 * `remove=pod/[NAMESPACE/]NAME`, `remove=node/NAME`; `weight/PLUGIN=N`, `disable=PLUGIN`, `config=KubeSchedulerConfiguration`.
 * A PATCH is a merge patch (RFC 7386) in JSON or YAML. @throws ChangeSyntaxError
 */
export function parseChange(text: string, pod: Pod): Change {
  const at = text.indexOf('=');
  if (at <= 0) throw new ChangeSyntaxError(`${JSON.stringify(text)}: expected WHAT=VALUE`);
  const what = text.slice(0, at);
  const value = text.slice(at + 1);
  const [verb = '', ...rest] = what.split('/');
  const name = rest.join('/');
  const refuse = (why: string): never => {
    throw new ChangeSyntaxError(`${JSON.stringify(text)}: ${why}`);
  };
  const onNode = (id: ChangeId, patch: object, params: Record<string, string>): Change => ({
    target: 'node',
    name,
    patch,
    wording: { id, params: { node: name, ...params } },
  });
  const onPod = (patch: object): Change => ({
    target: 'pod',
    patch,
    wording: { id: 'patch-pod', params: { patch: text } },
  });
  if (verb.startsWith('request.')) {
    if (!isQuantity(value)) refuse(`${JSON.stringify(value)} is not a quantity`);
    return onPod(request(pod, verb.slice('request.'.length), canonicalQuantity(value)));
  }
  switch (verb) {
    case 'priority': {
      const priority = Number(value);
      if (!Number.isInteger(priority)) refuse('expected an integer');
      return onPod({ spec: { priority } });
    }
    case 'tolerate':
      return onPod({ spec: { tolerations: [...(pod.spec?.tolerations ?? []), toleration(value)] } });
    case 'pod':
      return onPod(readPatch(value, refuse));
    case 'node':
      return onNode('patch-node', readPatch(value, refuse), { patch: text });
    case 'label': {
      if (name === '') refuse('expected label/NODE=KEY=VALUE');
      if (value.endsWith('-'))
        return onNode(
          'unlabel-node',
          { metadata: { labels: { [value.slice(0, -1)]: null } } },
          { key: value.slice(0, -1) },
        );
      const split = value.indexOf('=');
      if (split <= 0) refuse('expected label/NODE=KEY=VALUE');
      const label = { [value.slice(0, split)]: value.slice(split + 1) };
      return onNode('label-node', { metadata: { labels: label } }, { label: value });
    }
    case 'cordon':
    case 'uncordon': {
      const unschedulable = verb === 'cordon' ? true : null;
      const wording = { id: 'patch-node' as const, params: { node: value, patch: text } };
      return { target: 'node', name: value, patch: { spec: { unschedulable } }, wording };
    }
    case 'remove': {
      const [kind, ...path] = value.split('/');
      const named = path.join('/');
      if (named === '') refuse('expected remove=pod/NAME or remove=node/NAME');
      if (kind === 'node')
        return {
          target: 'remove-node',
          name: named,
          wording: { id: 'remove-node', params: { node: named } },
        };
      if (kind !== 'pod') refuse('expected remove=pod/NAME or remove=node/NAME');
      const key = path.length > 1 ? named : `${pod.metadata?.namespace ?? ''}/${named}`;
      return { target: 'remove-pod', name: key, wording: { id: 'remove-pod', params: { pod: key } } };
    }
    case 'weight': {
      const weight = Number(value);
      if (!Object.hasOwn(inTreeRegistry, name)) refuse(`there is no plugin ${JSON.stringify(name)}`);
      if (!Number.isInteger(weight) || weight < 0)
        refuse('expected weight/PLUGIN=N, N a whole number, 0 or more');
      return {
        target: 'weight',
        name,
        weight,
        wording: { id: 'weight', params: { plugin: name, weight: value } },
      };
    }
    case 'config':
      return configuration(value, pod, refuse);
    case 'disable':
      if (!Object.hasOwn(inTreeRegistry, value)) refuse(`there is no plugin ${JSON.stringify(value)}`);
      if (vital.has(value)) refuse('no scheduler can run without it');
      return { target: 'disable', name: value, wording: { id: 'disable', params: { plugin: value } } };
    default:
      return refuse(
        'expected request.RESOURCE, priority, tolerate, pod, label/NODE, cordon, uncordon, node/NODE, remove, weight/PLUGIN, disable or config',
      );
  }
}

function readPatch(text: string, refuse: (why: string) => never): object {
  let patch: unknown;
  try {
    patch = parse(text);
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch))
    return refuse('expected an object');
  return patch;
}

/** A configuration as the scheduler's file has it; `apiVersion` and `kind` may be left out. Checked as the scheduler checks it. */
function configuration(text: string, pod: Pod, refuse: (why: string) => never): Change {
  const own = pod.spec?.schedulerName ?? '';
  const name = own === '' ? defaultSchedulerName : own;
  const head = { apiVersion: configVersion, kind: 'KubeSchedulerConfiguration' };
  try {
    const { profiles } = loadConfiguration(stringify({ ...head, ...readPatch(text, refuse) }));
    checkProfiles(profiles, inTreeRegistry);
    const profile = profiles.find(({ schedulerName }) => schedulerName === name);
    if (profile === undefined) return refuse(`no profile has the schedulerName ${JSON.stringify(name)}`);
    return { target: 'profile', profile, wording: { id: 'configuration', params: {} } };
  } catch (error) {
    if (error instanceof SchedulerConfigurationError) return refuse(error.message);
    throw error;
  }
}

/** The first container asks for so much, the others for nothing of it. */
function request(pod: Pod, resource: string, amount: string): object {
  const containers = (pod.spec?.containers ?? []).map((container: Container, index) => {
    const { [resource]: _, ...others } = (container.resources?.requests ?? {}) as Record<string, string>;
    const requests = index === 0 ? { ...others, [resource]: amount } : others;
    return { ...container, resources: { ...container.resources, requests } };
  });
  return { spec: { containers } };
}

/** `key=value:NoSchedule`, `key:NoExecute`, `key`. */
function toleration(text: string): object {
  const [front = '', effect] = text.split(':');
  const split = front.indexOf('=');
  const key = split < 0 ? front : front.slice(0, split);
  return {
    key,
    ...(split < 0 ? { operator: 'Exists' } : { operator: 'Equal', value: front.slice(split + 1) }),
    ...(effect === undefined ? {} : { effect }),
  };
}
