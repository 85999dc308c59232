import type { JsonObject } from '../json.ts';
import { isObject, listAt, nameOf, numberAt, objectAt, setAt, stringAt } from '../json.ts';
import { visitField } from './field-paths.ts';
import type { Resource } from './interface.ts';
import { KustomizeError } from './kustomize-error.ts';
import { rename } from './references.ts';

/** Kinds that live in no namespace. Kustomize knows them by a list too: it asks no server. */
const clusterScoped = new Set([
  'APIService',
  'CSIDriver',
  'CSINode',
  'CertificateSigningRequest',
  'ClusterRole',
  'ClusterRoleBinding',
  'ComponentStatus',
  'CustomResourceDefinition',
  'FlowSchema',
  'IngressClass',
  'MutatingWebhookConfiguration',
  'Namespace',
  'Node',
  'PersistentVolume',
  'PriorityClass',
  'PriorityLevelConfiguration',
  'RuntimeClass',
  'StorageClass',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'ValidatingWebhookConfiguration',
  'VolumeAttachment',
]);

/** `namespace`: where everything goes that lives in one. */
export function setNamespace(resources: readonly Resource[], namespace: string): void {
  for (const resource of resources) {
    const kind = stringAt(resource.object, 'kind');
    if (kind === 'Namespace') rename(resource, namespace);
    if (!clusterScoped.has(kind)) setAt(resource.object, ['metadata', 'namespace'], namespace);
    if (kind !== 'RoleBinding' && kind !== 'ClusterRoleBinding') continue;
    for (const subject of listAt(resource.object, 'subjects').filter(isObject))
      if (subject['kind'] === 'ServiceAccount' && subject['name'] === 'default')
        subject['namespace'] = namespace;
  }
}

const unchanged = ['CustomResourceDefinition', 'APIService', 'Namespace'];

/** `namePrefix` and `nameSuffix`. */
export function affixNames(resources: readonly Resource[], prefix: string, suffix: string): void {
  if (prefix === '' && suffix === '') return;
  for (const resource of resources) {
    if (unchanged.includes(stringAt(resource.object, 'kind'))) continue;
    rename(resource, `${prefix}${nameOf(resource.object)}${suffix}`);
    resource.affixes.push(`${prefix}|${suffix}`);
  }
}

/** `REPOSITORY[:TAG][@DIGEST]`; a port of the registry is no tag. */
function splitImage(image: string): { name: string; tag: string; digest: string } {
  const at = image.indexOf('@');
  const digest = at < 0 ? '' : image.slice(at + 1);
  const rest = at < 0 ? image : image.slice(0, at);
  const colon = rest.indexOf(':', rest.lastIndexOf('/') + 1);
  return colon < 0
    ? { name: rest, tag: '', digest }
    : { name: rest.slice(0, colon), tag: rest.slice(colon + 1), digest };
}

/** One entry of `images`: every container of that image gets the new name, tag or digest. */
export function setImage(object: JsonObject, wanted: JsonObject): void {
  const change = (value: JsonObject[string] | undefined): string | undefined => {
    if (typeof value !== 'string') return undefined;
    const { name, tag, digest } = splitImage(value);
    if (name !== stringAt(wanted, 'name')) return undefined;
    const next = stringAt(wanted, 'newName') || name;
    const newTag = stringAt(wanted, 'newTag');
    const newDigest = stringAt(wanted, 'digest');
    const suffix = stringAt(wanted, 'tagSuffix');
    if (newTag !== '' && newDigest !== '') return `${next}:${newTag}@${newDigest}`;
    if (newDigest !== '') return `${next}@${newDigest}`;
    if (newTag !== '') return `${next}:${newTag}`;
    return `${next}${tag === '' ? '' : `:${tag}${suffix}`}${digest === '' ? '' : `@${digest}`}`;
  };
  const walk = (value: JsonObject[string] | undefined): void => {
    if (Array.isArray(value)) value.forEach(walk);
    else if (isObject(value)) {
      for (const list of ['containers', 'initContainers'])
        for (const container of listAt(value, list).filter(isObject)) {
          const image = change(container['image']);
          if (image !== undefined) container['image'] = image;
        }
      Object.values(value).forEach(walk);
    }
  };
  walk(object);
}

/** One entry of `replicas`. @throws KustomizeError when nothing has the name */
export function setReplicas(resources: readonly Resource[], wanted: JsonObject): void {
  const name = stringAt(wanted, 'name');
  const count = numberAt(wanted, 'count') ?? 0;
  const found = resources.filter(
    (each) =>
      ['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController'].includes(
        stringAt(each.object, 'kind'),
      ) &&
      (nameOf(each.object) === name || each.formerNames.includes(name)),
  );
  if (found.length === 0)
    throw new KustomizeError(
      `resource with name ${name} does not match a config with the following GVK [Deployment.[noVer].[noGrp] StatefulSet.[noVer].[noGrp] ReplicaSet.[noVer].[noGrp] ReplicationController.[noVer].[noGrp]]`,
    );
  for (const { object } of found)
    visitField(object, 'spec/replicas', (holder, field) => (holder[field] = count), true);
}

const first = [
  'Namespace',
  'ResourceQuota',
  'StorageClass',
  'CustomResourceDefinition',
  'ServiceAccount',
  'PodSecurityPolicy',
  'Role',
  'ClusterRole',
  'RoleBinding',
  'ClusterRoleBinding',
  'ConfigMap',
  'Secret',
  'Endpoints',
  'Service',
  'LimitRange',
  'PriorityClass',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'Deployment',
  'StatefulSet',
  'CronJob',
  'PodDisruptionBudget',
];
const last = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'];

/** The order `kubectl kustomize` prints in. Models kustomize's legacy order. */
export function inLegacyOrder(resources: readonly Resource[]): Resource[] {
  const rank = (kind: string): number => {
    if (first.includes(kind)) return first.indexOf(kind) - first.length;
    return last.includes(kind) ? last.indexOf(kind) + 1 : 0;
  };
  const key = ({ object }: Resource): string => {
    const [group = '', version = ''] = stringAt(object, 'apiVersion').includes('/')
      ? stringAt(object, 'apiVersion').split('/')
      : ['', stringAt(object, 'apiVersion')];
    const kind = stringAt(object, 'kind');
    const metadata = objectAt(object, 'metadata');
    return (
      [group || '~G', version, kind].join('_') +
      `|${stringAt(metadata, 'namespace') || '~X'}|${nameOf(object)}`
    );
  };
  return [...resources].sort((a, b) => {
    const apart = rank(stringAt(a.object, 'kind')) - rank(stringAt(b.object, 'kind'));
    if (apart !== 0) return apart;
    return key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0;
  });
}
