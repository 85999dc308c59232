import { listObjects } from '../objects.ts';
import { nameOf } from '../json.ts';
import { age, annotationLines, header, labelLines, labelsLine } from './common.ts';
import { eventLines } from './events.ts';
import type { DescribeTarget } from './interface.ts';
import type { ObjectMeta, PersistentVolume, PersistentVolumeClaim, Pod, StorageClass } from './types.ts';
import { DescribeWriter } from './writer.ts';

const shortModes: readonly (readonly [string, string])[] = [
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
];

function modes(list: readonly string[] | undefined | null): string {
  return shortModes
    .filter(([mode]) => list?.includes(mode))
    .map(([, short]) => short)
    .join(',');
}

function statusLine(metadata: ObjectMeta | undefined, phase: string | undefined, now: number): string {
  return metadata?.deletionTimestamp
    ? `Status:\tTerminating (lasts ${age(metadata.deletionTimestamp, now)})`
    : `Status:\t${phase ?? ''}`;
}

const classAnnotation = 'volume.beta.kubernetes.io/storage-class';

export async function describeVolume(target: DescribeTarget): Promise<string> {
  const { metadata, spec, status } = target.object as unknown as PersistentVolume;
  const out = new DescribeWriter();
  out.line(0, `Name:\t${metadata?.name ?? ''}`);
  labelLines(out, 'Labels', metadata?.labels);
  annotationLines(out, metadata?.annotations);
  out.line(0, `Finalizers:\t[${(metadata?.finalizers ?? []).join(' ')}]`);
  out.line(0, `StorageClass:\t${metadata?.annotations?.[classAnnotation] ?? spec?.storageClassName ?? ''}`);
  out.line(0, statusLine(metadata, status?.phase, target.now));
  const claim = spec?.claimRef;
  out.line(0, `Claim:\t${claim ? `${claim.namespace ?? ''}/${claim.name ?? ''}` : ''}`);
  out.line(0, `Reclaim Policy:\t${spec?.persistentVolumeReclaimPolicy ?? ''}`);
  out.line(0, `Access Modes:\t${modes(spec?.accessModes)}`);
  if (spec?.volumeMode) out.line(0, `VolumeMode:\t${spec.volumeMode}`);
  out.line(0, `Capacity:\t${spec?.capacity?.['storage'] ?? '0'}`);
  affinityLines(out, spec?.nodeAffinity);
  out.line(0, `Message:\t${status?.message ?? ''}`);
  out.line(0, 'Source:');
  sourceLines(out, spec);
  await eventLines(out, target);
  return out.finish();
}

function affinityLines(
  out: DescribeWriter,
  affinity: NonNullable<PersistentVolume['spec']>['nodeAffinity'],
): void {
  const terms = affinity?.required?.nodeSelectorTerms;
  if (!terms) return out.line(0, 'Node Affinity:\t<none>');
  out.line(0, 'Node Affinity:\t');
  out.line(1, `Required Terms:\t${terms.length === 0 ? '<none>' : ''}`);
  terms.forEach((term, i) => {
    const needs = term.matchExpressions ?? [];
    out.write(2, `Term ${i}:\t`);
    if (needs.length === 0) out.line(0, '<none>');
    needs.forEach((need, j) => {
      if (j !== 0) out.write(2, '\t');
      const values = need.values?.length ? ` [${need.values.join(', ')}]` : '';
      out.line(0, `${need.key} ${need.operator.toLowerCase()}${values}`);
    });
  });
}

function sourceLines(out: DescribeWriter, spec: PersistentVolume['spec']): void {
  const lines = (type: string, ...fields: readonly (readonly [string, string])[]): void => {
    out.line(2, `Type:\t${type}`);
    for (const [name, value] of fields) out.line(2, `${name}:\t${value}`);
  };
  if (spec?.hostPath)
    lines(
      'HostPath (bare host directory volume)',
      ['Path', spec.hostPath.path],
      ['HostPathType', spec.hostPath.type ?? '<none>'],
    );
  else if (spec?.nfs)
    lines(
      'NFS (an NFS mount that lasts the lifetime of a pod)',
      ['Server', spec.nfs.server],
      ['Path', spec.nfs.path],
      ['ReadOnly', String(spec.nfs.readOnly ?? false)],
    );
  else if (spec?.local)
    lines('LocalVolume (a persistent volume backed by local storage on a node)', ['Path', spec.local.path]);
  else if (spec?.csi) {
    lines(
      'CSI (a Container Storage Interface (CSI) volume source)',
      ['Driver', spec.csi.driver],
      ['FSType', spec.csi.fsType ?? ''],
      ['VolumeHandle', spec.csi.volumeHandle],
      ['ReadOnly', String(spec.csi.readOnly ?? false)],
    );
    const attributes = spec.csi.volumeAttributes ?? {};
    const keys = Object.keys(attributes).sort();
    out.write(2, 'VolumeAttributes:\t');
    if (keys.length === 0) out.line(0, '<none>');
    keys.forEach((key, i) => {
      if (i !== 0) out.write(2, '\t');
      const text = `${key}=${attributes[key] ?? ''}`;
      out.line(2, text.length > 140 ? `${text.slice(0, 140)}...` : text);
    });
  } else out.line(1, '<unknown>');
}

export async function describeClaim(target: DescribeTarget): Promise<string> {
  const { metadata, spec, status } = target.object as unknown as PersistentVolumeClaim;
  const out = new DescribeWriter();
  header(out, metadata);
  out.line(0, `StorageClass:\t${metadata?.annotations?.[classAnnotation] ?? spec?.storageClassName ?? ''}`);
  out.line(0, statusLine(metadata, status?.phase, target.now));
  out.line(0, `Volume:\t${spec?.volumeName ?? ''}`);
  labelLines(out, 'Labels', metadata?.labels);
  annotationLines(out, metadata?.annotations);
  out.line(0, `Finalizers:\t[${(metadata?.finalizers ?? []).join(' ')}]`);
  const bound = Boolean(spec?.volumeName);
  out.line(0, `Capacity:\t${bound ? (status?.capacity?.['storage'] ?? '0') : ''}`);
  out.line(0, `Access Modes:\t${bound ? modes(status?.accessModes) : ''}`);
  if (spec?.volumeMode) out.line(0, `VolumeMode:\t${spec.volumeMode}`);
  if (spec?.dataSource) {
    out.line(0, 'DataSource:');
    if (spec.dataSource.apiGroup) out.line(1, `APIGroup:\t${spec.dataSource.apiGroup}`);
    out.line(1, `Kind:\t${spec.dataSource.kind}`);
    out.line(1, `Name:\t${spec.dataSource.name}`);
  }
  await usedBy(out, target);
  await eventLines(out, target);
  return out.finish();
}

async function usedBy(out: DescribeWriter, target: DescribeTarget): Promise<void> {
  const mapping = (await target.session.mapper()).find('pods');
  const pods = mapping ? await listObjects(target.session, mapping, target.namespace) : [];
  const names = pods
    .filter((pod) =>
      (pod as unknown as Pod).spec?.volumes?.some(
        (volume) => volume.persistentVolumeClaim?.claimName === target.name,
      ),
    )
    .map(nameOf);
  out.write(0, 'Used By:\t');
  if (names.length === 0) out.line(0, '<none>');
  names.forEach((name, i) => out.line(0, `${i === 0 ? '' : '\t'}${name}`));
}

export async function describeStorageClass(target: DescribeTarget): Promise<string> {
  const object = target.object as unknown as StorageClass;
  const out = new DescribeWriter();
  const annotations = object.metadata?.annotations ?? {};
  const isDefault =
    annotations['storageclass.kubernetes.io/is-default-class'] === 'true' ||
    annotations['storageclass.beta.kubernetes.io/is-default-class'] === 'true';
  out.line(0, `Name:\t${object.metadata?.name ?? ''}`);
  out.line(0, `IsDefaultClass:\t${isDefault ? 'Yes' : 'No'}`);
  out.line(0, `Annotations:\t${labelsLine(annotations)}`);
  out.line(0, `Provisioner:\t${object.provisioner}`);
  out.line(0, `Parameters:\t${labelsLine(object.parameters)}`);
  const grows = object.allowVolumeExpansion;
  out.line(
    0,
    `AllowVolumeExpansion:\t${grows === undefined || grows === null ? '<unset>' : grows ? 'True' : 'False'}`,
  );
  if (!object.mountOptions?.length) out.line(0, 'MountOptions:\t<none>');
  else {
    out.line(0, 'MountOptions:');
    for (const option of object.mountOptions) out.line(1, option);
  }
  if (object.reclaimPolicy) out.line(0, `ReclaimPolicy:\t${object.reclaimPolicy}`);
  if (object.volumeBindingMode) out.line(0, `VolumeBindingMode:\t${object.volumeBindingMode}`);
  await eventLines(out, target);
  return out.finish();
}
