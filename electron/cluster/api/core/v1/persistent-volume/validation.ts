import { unifiedDiff } from '../../../../apimachinery/diff.ts';
import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import {
  forbidden,
  invalid,
  notSupported,
  required,
} from '../../../../apimachinery/validation/field-error.ts';
import { isDNS1123Subdomain } from '../../../../apimachinery/validation/names.ts';
import { sameValue, validateImmutableField } from '../../../../apimachinery/validation/object-meta.ts';
import { validateAccessModes } from '../../../helpers/access-modes.ts';
import { nonNegativeQuantity, positiveQuantity } from '../../../helpers/quantity-validation.ts';
import type { PersistentVolume, PersistentVolumeSpec } from '../../../types.ts';

/** Fields of a spec that name where the volume comes from. */
const SOURCES = [
  'awsElasticBlockStore',
  'azureDisk',
  'azureFile',
  'cephfs',
  'cinder',
  'csi',
  'fc',
  'flexVolume',
  'flocker',
  'gcePersistentDisk',
  'glusterfs',
  'hostPath',
  'iscsi',
  'local',
  'nfs',
  'photonPersistentDisk',
  'portworxVolume',
  'quobyte',
  'rbd',
  'scaleIO',
  'storageos',
  'vsphereVolume',
] as const;

/** Models ValidatePersistentVolumeSpec (v1.34); of the sources hostPath, local, nfs and csi are looked into. */
export function validatePersistentVolume(volume: PersistentVolume): FieldError[] {
  const spec = volume.spec ?? {};
  const errors: FieldError[] = [];
  const modes = spec.accessModes ?? [];
  if (modes.length === 0) errors.push(required('spec.accessModes'));
  errors.push(...validateAccessModes(modes, 'spec.accessModes'), ...validateCapacity(spec));
  const policy = spec.persistentVolumeReclaimPolicy ?? '';
  const policies = ['Delete', 'Recycle', 'Retain'];
  if (policy !== '' && !policies.includes(policy))
    errors.push(notSupported('spec.persistentVolumeReclaimPolicy', policy, policies));
  errors.push(...validateSources(spec));
  if (policy === 'Recycle' && spec.hostPath?.path === '/') {
    const detail = "may not be 'recycle' for a hostPath mount of '/'";
    errors.push(forbidden('spec.persistentVolumeReclaimPolicy', detail));
  }
  const { storageClassName = '', volumeMode } = spec;
  if (storageClassName !== '') {
    for (const message of isDNS1123Subdomain(storageClassName))
      errors.push(invalid('spec.storageClassName', storageClassName, message));
  }
  if (volumeMode !== undefined && volumeMode !== 'Block' && volumeMode !== 'Filesystem')
    errors.push(notSupported('spec.volumeMode', volumeMode, ['Block', 'Filesystem']));
  return errors;
}

function validateCapacity({ capacity }: PersistentVolumeSpec): FieldError[] {
  const path = 'spec.capacity';
  const names = Object.keys(capacity ?? {});
  const errors: FieldError[] = names.length === 0 ? [required(path)] : [];
  if (names.length !== 1 || names[0] !== 'storage')
    errors.push(notSupported(path, capacity ?? null, ['storage']));
  for (const name of names) {
    const amount = capacity?.[name] as string;
    errors.push(...nonNegativeQuantity(amount, `${path}[${name}]`));
    errors.push(...positiveQuantity(amount, `${path}[${name}]`));
  }
  return errors;
}

function validateSources(spec: PersistentVolumeSpec): FieldError[] {
  const present = SOURCES.filter((name) => spec[name] !== undefined);
  if (present.length === 0) return [required('spec', 'must specify a volume type')];
  const errors = present
    .slice(1)
    .map((name) => forbidden(`spec.${name}`, 'may not specify more than 1 volume type'));
  const { hostPath, local, nfs, csi } = spec;
  if (hostPath !== undefined) errors.push(...validatePath(hostPath.path, 'spec.hostPath.path'));
  if (local !== undefined) {
    errors.push(...validatePath(local.path, 'spec.local.path'));
    if (spec.nodeAffinity?.required === undefined)
      errors.push(required('spec.nodeAffinity', 'Local volume requires node affinity'));
  }
  if (nfs !== undefined) {
    if ((nfs.server ?? '') === '') errors.push(required('spec.nfs.server'));
    if ((nfs.path ?? '') === '') errors.push(required('spec.nfs.path'));
    else if (!nfs.path.startsWith('/'))
      errors.push(invalid('spec.nfs.path', nfs.path, 'must be an absolute path'));
  }
  if (csi !== undefined) {
    if ((csi.driver ?? '') === '') errors.push(required('spec.csi.driver'));
    if ((csi.volumeHandle ?? '') === '') errors.push(required('spec.csi.volumeHandle'));
  }
  return errors;
}

function validatePath(path: string | undefined, field: string): FieldError[] {
  if (path === undefined || path === '') return [required(field)];
  return path.split('/').includes('..') ? [invalid(field, path, "must not contain '..'")] : [];
}

/** Models ValidatePersistentVolumeUpdate (v1.34). */
export function validatePersistentVolumeUpdate(
  volume: PersistentVolume,
  old: PersistentVolume,
): FieldError[] {
  const sourceOf = ({ spec }: PersistentVolume): Record<string, unknown> =>
    Object.fromEntries(
      SOURCES.filter((name) => spec?.[name] !== undefined).map((name) => [name, spec?.[name]]),
    );
  const errors: FieldError[] = [];
  if (!sameValue(sourceOf(volume), sourceOf(old))) {
    const lines = (value: unknown): string[] => JSON.stringify(value, null, 2).split('\n');
    const diff = unifiedDiff(lines(sourceOf(old)), lines(sourceOf(volume)));
    const detail = `spec.persistentvolumesource is immutable after creation\n${diff}`;
    errors.push(forbidden('spec.persistentvolumesource', detail));
  }
  errors.push(...validateImmutableField(volume.spec?.volumeMode, old.spec?.volumeMode, 'spec.volumeMode'));
  if (old.spec?.nodeAffinity !== undefined) {
    const before = old.spec.nodeAffinity;
    errors.push(...validateImmutableField(volume.spec?.nodeAffinity, before, 'spec.nodeAffinity'));
  }
  return errors;
}
