import type { JsonObject } from '../json.ts';
import { namespaceOf, nameOf, stringAt } from '../json.ts';

const plurals: Readonly<Record<string, string>> = {
  Pod: 'pods',
  Deployment: 'deployments',
  ReplicaSet: 'replicasets',
  Service: 'services',
  Node: 'nodes',
  Namespace: 'namespaces',
  ConfigMap: 'configmaps',
  Secret: 'secrets',
  ServiceAccount: 'serviceaccounts',
  Event: 'events',
  Lease: 'leases',
  Job: 'jobs',
  DaemonSet: 'daemonsets',
  StatefulSet: 'statefulsets',
  LimitRange: 'limitranges',
  ResourceQuota: 'resourcequotas',
};

/** Where an object of a test lives. */
export function pathOf(object: JsonObject): string {
  const apiVersion = stringAt(object, 'apiVersion');
  const namespace = namespaceOf(object);
  const kind = stringAt(object, 'kind');
  return `/${apiVersion.includes('/') ? 'apis' : 'api'}/${apiVersion}${namespace === '' ? '' : `/namespaces/${namespace}`}/${plurals[kind] ?? kind}/${nameOf(object)}`;
}

/** Hides what changes from run to run: ages, addresses, times of logging. */
export function settled(text: string, url: string): string {
  return text
    .replaceAll(url, '<server>')
    .replaceAll(url.replace(/^https?:\/\//, ''), '<host>')
    .replace(/^([IWE])\d{4} \S+ +\d+ /gm, '$1<time> ')
    .replace(/ +\d+[smhdy](\d+[smhd])?(?= |$|\)|\n)/gm, ' <age>')
    .replace(/^\d+[smhdy](\d+[smhd])?\b/gm, '<age>')
    .replaceAll('kubectl.1.33', 'kubectl');
}
