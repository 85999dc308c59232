import type { Volume } from './types.ts';
import type { DescribeWriter } from './writer.ts';

type Line = readonly [title: string, value: string];

function known(volume: Volume): Line[] {
  if (volume.hostPath)
    return [
      ['Type', 'HostPath (bare host directory volume)'],
      ['Path', volume.hostPath.path],
      ['HostPathType', volume.hostPath.type ?? ''],
    ];
  if (volume.emptyDir)
    return [
      ['Type', "EmptyDir (a temporary directory that shares a pod's lifetime)"],
      ['Medium', volume.emptyDir.medium ?? ''],
      [
        'SizeLimit',
        !volume.emptyDir.sizeLimit || volume.emptyDir.sizeLimit === '0'
          ? '<unset>'
          : volume.emptyDir.sizeLimit,
      ],
    ];
  if (volume.secret)
    return [
      ['Type', 'Secret (a volume populated by a Secret)'],
      ['SecretName', volume.secret.secretName ?? ''],
      ['Optional', String(volume.secret.optional === true)],
    ];
  if (volume.configMap)
    return [
      ['Type', 'ConfigMap (a volume populated by a ConfigMap)'],
      ['Name', volume.configMap.name ?? ''],
      ['Optional', String(volume.configMap.optional === true)],
    ];
  if (volume.persistentVolumeClaim)
    return [
      ['Type', 'PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)'],
      ['ClaimName', volume.persistentVolumeClaim.claimName],
      ['ReadOnly', String(volume.persistentVolumeClaim.readOnly === true)],
    ];
  if (volume.nfs)
    return [
      ['Type', 'NFS (an NFS mount that lasts the lifetime of a pod)'],
      ['Server', volume.nfs.server],
      ['Path', volume.nfs.path],
      ['ReadOnly', String(volume.nfs.readOnly === true)],
    ];
  if (volume.csi)
    return [
      ['Type', 'CSI (a Container Storage Interface (CSI) volume source)'],
      ['Driver', volume.csi.driver],
      ['FSType', volume.csi.fsType ?? ''],
      ['ReadOnly', String(volume.csi.readOnly === true)],
    ];
  return [];
}

function projected(volume: Volume): Line[] {
  const lines: Line[] = [['Type', 'Projected (a volume that contains injected data from multiple sources)']];
  for (const source of volume.projected?.sources ?? []) {
    if (source.secret)
      lines.push(
        ['SecretName', source.secret.name ?? ''],
        ['Optional', String(source.secret.optional === true)],
      );
    else if (source.downwardAPI) lines.push(['DownwardAPI', 'true']);
    else if (source.configMap)
      lines.push(
        ['ConfigMapName', source.configMap.name ?? ''],
        ['Optional', String(source.configMap.optional === true)],
      );
    else if (source.serviceAccountToken)
      lines.push(['TokenExpirationSeconds', String(source.serviceAccountToken.expirationSeconds ?? 0)]);
  }
  return lines;
}

/** The volumes of a Pod or template. Models `describeVolumes`. */
export function volumeLines(
  out: DescribeWriter,
  volumes: readonly Volume[] | undefined,
  indent: string,
): void {
  if (!volumes || volumes.length === 0) {
    out.line(0, `${indent}Volumes:\t<none>`);
    return;
  }
  out.line(0, `${indent}Volumes:`);
  for (const volume of volumes) {
    out.line(1, `${indent === '' ? '' : ' '}${volume.name}:`);
    if (volume.downwardAPI) {
      out.line(2, 'Type:\tDownwardAPI (a volume populated by information about the pod)');
      out.line(2, 'Items:');
      for (const item of volume.downwardAPI.items ?? []) {
        if (item.fieldRef) out.line(3, `${item.fieldRef.fieldPath} -> ${item.path}`);
        if (item.resourceFieldRef) out.line(3, `${item.resourceFieldRef.resource} -> ${item.path}`);
      }
      continue;
    }
    const lines = volume.projected ? projected(volume) : known(volume);
    if (lines.length === 0) out.line(1, '<unknown>');
    for (const [title, value] of lines) out.line(2, `${title}:\t${value}`);
  }
}
