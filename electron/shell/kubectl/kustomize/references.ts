import type { Json, JsonObject } from '../json.ts';
import { isObject, nameOf, namespaceOf, stringAt } from '../json.ts';
import { podTemplates, visitField } from './field-paths.ts';
import type { Resource } from './interface.ts';

/** Where Pods name objects of a kind, below their spec. */
const inPods: Readonly<Record<string, readonly string[]>> = {
  ConfigMap: [
    'volumes[]/configMap/name',
    'volumes[]/projected/sources[]/configMap/name',
    ...['containers', 'initContainers', 'ephemeralContainers'].flatMap((list) => [
      `${list}[]/env[]/valueFrom/configMapKeyRef/name`,
      `${list}[]/envFrom[]/configMapRef/name`,
    ]),
  ],
  Secret: [
    'volumes[]/secret/secretName',
    'volumes[]/projected/sources[]/secret/name',
    'imagePullSecrets[]/name',
    ...['containers', 'initContainers', 'ephemeralContainers'].flatMap((list) => [
      `${list}[]/env[]/valueFrom/secretKeyRef/name`,
      `${list}[]/envFrom[]/secretRef/name`,
    ]),
  ],
  ServiceAccount: ['serviceAccountName'],
  PersistentVolumeClaim: ['volumes[]/persistentVolumeClaim/claimName'],
  PriorityClass: ['priorityClassName'],
};

/** Where other kinds name objects: `[kind named, kind that names, path]`. */
const elsewhere: readonly (readonly [string, string, string])[] = [
  ['Service', 'StatefulSet', 'spec/serviceName'],
  ['Service', 'Ingress', 'spec/rules[]/http/paths[]/backend/service/name'],
  ['Service', 'Ingress', 'spec/defaultBackend/service/name'],
  ['Service', 'APIService', 'spec/service/name'],
  ['Service', 'ValidatingWebhookConfiguration', 'webhooks[]/clientConfig/service/name'],
  ['Service', 'MutatingWebhookConfiguration', 'webhooks[]/clientConfig/service/name'],
  ['Secret', 'Ingress', 'spec/tls[]/secretName'],
  ['Secret', 'ServiceAccount', 'secrets[]/name'],
  ['Secret', 'ServiceAccount', 'imagePullSecrets[]/name'],
  ['IngressClass', 'Ingress', 'spec/ingressClassName'],
  ['StorageClass', 'PersistentVolumeClaim', 'spec/storageClassName'],
  ['StorageClass', 'PersistentVolume', 'spec/storageClassName'],
  ['StorageClass', 'StatefulSet', 'spec/volumeClaimTemplates[]/spec/storageClassName'],
  ['PersistentVolume', 'PersistentVolumeClaim', 'spec/volumeName'],
];

/** Names that follow their objects: kustomize's default name references, for the kinds this cluster has. */
export function fixReferences(resources: readonly Resource[]): void {
  for (const from of resources) {
    const { object } = from;
    const kind = stringAt(object, 'kind');
    const follow = (named: string, path: string): void =>
      visitField(object, path, (holder, field) => {
        const next = newName(resources, from, named, holder[field]);
        if (next !== undefined) holder[field] = nameOf(next.object);
      });
    const specs = [
      ...podTemplates(kind).map((template) => `${template}/spec`),
      ...(kind === 'Pod' ? ['spec'] : []),
    ];
    for (const [named, paths] of Object.entries(inPods))
      for (const spec of specs) for (const path of paths) follow(named, `${spec}/${path}`);
    for (const [named, by, path] of elsewhere) if (by === kind) follow(named, path);
    if (kind === 'HorizontalPodAutoscaler')
      visitField(object, 'spec/scaleTargetRef/name', (holder, field) => {
        const next = newName(resources, from, stringAt(holder, 'kind'), holder[field]);
        if (next !== undefined) holder[field] = nameOf(next.object);
      });
    if (kind === 'RoleBinding' || kind === 'ClusterRoleBinding') followBinding(resources, from);
  }
}

function followBinding(resources: readonly Resource[], from: Resource): void {
  visitField(from.object, 'roleRef/name', (holder, field) => {
    const next = newName(resources, from, stringAt(holder, 'kind'), holder[field]);
    if (next !== undefined) holder[field] = nameOf(next.object);
  });
  const subjects = from.object['subjects'];
  for (const subject of Array.isArray(subjects) ? subjects.filter(isObject) : []) {
    // A subject of any kind that has the name of a service account follows it, as in kustomize.
    const next = newName(resources, from, 'ServiceAccount', subject['name']);
    if (next === undefined) continue;
    subject['name'] = nameOf(next.object);
    const namespace = namespaceOf(next.object);
    if (namespace !== '') subject['namespace'] = namespace;
  }
}

/** The object of a kind that had or has this name; of several, the one that went through the same bases. */
function newName(
  resources: readonly Resource[],
  from: Resource,
  kind: string,
  name: Json | undefined,
): Resource | undefined {
  const all = resources.filter(
    (each) =>
      stringAt(each.object, 'kind') === kind &&
      typeof name === 'string' &&
      (each.formerNames.includes(name) || nameOf(each.object) === name),
  );
  if (all.length < 2) return all[0];
  const near = all.filter((each) => each.affixes.join(' ') === from.affixes.join(' '));
  return near.length === 1 ? near[0] : undefined;
}

/** The object of a manifest, new on its way. */
export function resourceOf(object: JsonObject): Resource {
  return { object, formerNames: [], affixes: [], needsHash: false };
}

/** Gives a new name and remembers the old. */
export function rename(resource: Resource, name: string): void {
  const before = nameOf(resource.object);
  if (before === name) return;
  resource.formerNames.push(before);
  const { metadata } = resource.object;
  if (isObject(metadata)) metadata['name'] = name;
}
