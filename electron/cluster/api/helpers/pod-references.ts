import type { Pod, PodSpec } from '../types.ts';

export type ReferredResource = 'secrets' | 'configmaps' | 'persistentvolumeclaims' | 'serviceaccounts';
type Refer = (resource: ReferredResource, name: string | undefined) => void;

const MIRROR = 'kubernetes.io/config.mirror';

/**
 * True when a Pod needs this object of its own namespace, and its kubelet therefore may read it. A mirror Pod needs nothing:
 * whoever could write one could read everything. Models AddPod (plugin/pkg/auth/authorizer/node/graph.go, v1.34).
 */
export function podRefersTo(pod: Pod, resource: ReferredResource, name: string): boolean {
  if (pod.metadata?.annotations?.[MIRROR] !== undefined || pod.spec === undefined) return false;
  let found = false;
  visit(pod.metadata?.name ?? '', pod.spec, (kind, each) => {
    if (kind === resource && each === name) found = true;
  });
  return found;
}

/** What kinds of objects a Pod refers to, mirror or not. Models VisitPodSecretNames and VisitPodConfigmapNames (v1.34). */
export function podReferences(pod: Pod): ReadonlySet<ReferredResource> {
  const kinds = new Set<ReferredResource>();
  if (pod.spec === undefined) return kinds;
  visit(pod.metadata?.name ?? '', pod.spec, (kind, name) => {
    if ((name ?? '') !== '') kinds.add(kind);
  });
  return kinds;
}

/** The Secrets that a Pod refers to. Models VisitPodSecretNames (v1.34). */
export function podSecretNames(pod: Pod): ReadonlySet<string> {
  const names = new Set<string>();
  if (pod.spec === undefined) return names;
  visit(pod.metadata?.name ?? '', pod.spec, (kind, name = '') => {
    if (kind === 'secrets' && name !== '') names.add(name);
  });
  return names;
}

function visit(podName: string, spec: PodSpec, refer: Refer): void {
  refer('serviceaccounts', spec.serviceAccountName);
  for (const { name } of spec.imagePullSecrets ?? []) refer('secrets', name);
  const containers = [
    ...(spec.initContainers ?? []),
    ...spec.containers,
    ...(spec.ephemeralContainers ?? []),
  ];
  for (const { env, envFrom } of containers) {
    for (const { configMapRef, secretRef } of envFrom ?? []) {
      refer('configmaps', configMapRef?.name);
      refer('secrets', secretRef?.name);
    }
    for (const { valueFrom } of env ?? []) {
      refer('configmaps', valueFrom?.configMapKeyRef?.name);
      refer('secrets', valueFrom?.secretKeyRef?.name);
    }
  }
  for (const volume of spec.volumes ?? []) {
    refer('secrets', volume.secret?.secretName);
    refer('configmaps', volume.configMap?.name);
    refer('persistentvolumeclaims', volume.persistentVolumeClaim?.claimName);
    if (volume.ephemeral !== undefined) refer('persistentvolumeclaims', `${podName}-${volume.name}`);
    refer('secrets', volume.azureFile?.secretName);
    const { cephfs, flexVolume, rbd, scaleIO, iscsi, storageos } = volume;
    for (const source of [cephfs, flexVolume, rbd, scaleIO, iscsi, storageos])
      refer('secrets', source?.secretRef?.name);
    refer('secrets', volume.csi?.nodePublishSecretRef?.name);
    for (const source of volume.projected?.sources ?? []) {
      refer('secrets', source.secret?.name);
      refer('configmaps', source.configMap?.name);
    }
  }
}
