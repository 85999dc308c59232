import type { KubeObject } from '../../api/types.ts';
import type { AdmissionAttributes, AdmissionPlugin } from './interface.ts';

const FINALIZERS: Readonly<Record<string, string>> = {
  persistentvolumeclaims: 'kubernetes.io/pvc-protection',
  persistentvolumes: 'kubernetes.io/pv-protection',
};

/** Claims and volumes do not go while they are in use. Models plugin/pkg/admission/storage/storageobjectinuseprotection (v1.34). */
export class StorageObjectInUseProtection implements AdmissionPlugin {
  readonly name = 'StorageObjectInUseProtection';

  handles({ operation, resource, subresource }: AdmissionAttributes): boolean {
    if (operation !== 'CREATE' || resource.group !== '' || subresource !== '') return false;
    return FINALIZERS[resource.resource] !== undefined;
  }

  admit({ resource }: AdmissionAttributes, object: KubeObject): KubeObject {
    const finalizer = FINALIZERS[resource.resource] as string;
    const present = object.metadata?.finalizers ?? [];
    if (present.includes(finalizer)) return object;
    return { ...object, metadata: { ...object.metadata, finalizers: [...present, finalizer] } };
  }
}
