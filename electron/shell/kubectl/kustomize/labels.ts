import type { JsonObject } from '../json.ts';
import { isObject, stringAt } from '../json.ts';
import { podTemplates, visitField } from './field-paths.ts';

function put(
  object: JsonObject,
  path: string,
  pairs: Readonly<Record<string, string>>,
  create: boolean,
): void {
  visitField(
    object,
    path,
    (holder, field) => {
      const before = holder[field];
      if (!isObject(before) && !create) return;
      holder[field] = { ...(isObject(before) ? before : {}), ...pairs };
    },
    create,
  );
}

const selecting = ['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet'];

/** Labels an object, with its Pod templates and selectors where wished. Models kustomize's default `commonLabels` field specs. */
export function addLabels(
  object: JsonObject,
  pairs: Readonly<Record<string, string>>,
  where: { readonly templates: boolean; readonly selectors: boolean },
): void {
  const kind = stringAt(object, 'kind');
  put(object, 'metadata/labels', pairs, true);
  if (where.templates || where.selectors) {
    for (const template of podTemplates(kind)) put(object, `${template}/metadata/labels`, pairs, true);
    if (kind === 'CronJob') put(object, 'spec/jobTemplate/metadata/labels', pairs, true);
    if (kind === 'StatefulSet') put(object, 'spec/volumeClaimTemplates[]/metadata/labels', pairs, true);
  }
  if (!where.selectors) return;
  if (kind === 'Service' || kind === 'ReplicationController') put(object, 'spec/selector', pairs, true);
  if (selecting.includes(kind)) {
    put(object, 'spec/selector/matchLabels', pairs, true);
    const spec = 'spec/template/spec';
    for (const affinity of ['podAffinity', 'podAntiAffinity']) {
      put(
        object,
        `${spec}/affinity/${affinity}/preferredDuringSchedulingIgnoredDuringExecution[]/podAffinityTerm/labelSelector/matchLabels`,
        pairs,
        false,
      );
      put(
        object,
        `${spec}/affinity/${affinity}/requiredDuringSchedulingIgnoredDuringExecution[]/labelSelector/matchLabels`,
        pairs,
        false,
      );
    }
    put(object, `${spec}/topologySpreadConstraints[]/labelSelector/matchLabels`, pairs, false);
  }
  if (kind === 'Job' || kind === 'PodDisruptionBudget')
    put(object, 'spec/selector/matchLabels', pairs, false);
  if (kind === 'CronJob') put(object, 'spec/jobTemplate/spec/selector/matchLabels', pairs, false);
  if (kind === 'NetworkPolicy') {
    put(object, 'spec/podSelector/matchLabels', pairs, false);
    put(object, 'spec/ingress[]/from[]/podSelector/matchLabels', pairs, false);
    put(object, 'spec/egress[]/to[]/podSelector/matchLabels', pairs, false);
  }
}

/** Annotates an object and its Pod templates. */
export function addAnnotations(object: JsonObject, pairs: Readonly<Record<string, string>>): void {
  const kind = stringAt(object, 'kind');
  put(object, 'metadata/annotations', pairs, true);
  for (const template of podTemplates(kind)) put(object, `${template}/metadata/annotations`, pairs, true);
  if (kind === 'CronJob') put(object, 'spec/jobTemplate/metadata/annotations', pairs, true);
}
