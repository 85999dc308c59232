import type { KubeObject, PersistentVolumeClaim, StorageClass } from '../../api/types.ts';
import { compareQuantities, parseQuantity } from '../../apimachinery/quantity.ts';
import { admissionForbidden } from './forbidden.ts';
import type { AdmissionAttributes, AdmissionPlugin } from './interface.ts';

/** A claim grows only once it is bound, and where its class allows it. Models plugin/pkg/admission/storage/persistentvolume/resize (v1.34). */
export class PersistentVolumeClaimResize implements AdmissionPlugin {
  readonly name = 'PersistentVolumeClaimResize';
  readonly #storageClass: (name: string) => Promise<KubeObject | undefined>;

  constructor(storageClass: (name: string) => Promise<KubeObject | undefined>) {
    this.#storageClass = storageClass;
  }

  handles({ operation, resource, subresource }: AdmissionAttributes): boolean {
    if (operation !== 'UPDATE' || subresource !== '') return false;
    return resource.resource === 'persistentvolumeclaims' && resource.group === '';
  }

  /** @throws StatusError 403 */
  async validate(attributes: AdmissionAttributes): Promise<void> {
    const claim = attributes.object as PersistentVolumeClaim;
    const old = attributes.oldObject as PersistentVolumeClaim;
    const [now, before] = [storageOf(claim), storageOf(old)];
    if (now === undefined || before === undefined) return;
    if (compareQuantities(parseQuantity(now), parseQuantity(before)) <= 0) return;
    if (old.status?.phase !== 'Bound')
      throw admissionForbidden(attributes, 'Only bound persistent volume claims can be expanded');
    const named = claim.spec?.storageClassName ?? '';
    const found = named === '' ? undefined : ((await this.#storageClass(named)) as StorageClass | undefined);
    if (named === (old.spec?.storageClassName ?? '') && found?.allowVolumeExpansion === true) return;
    const why =
      'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize';
    throw admissionForbidden(attributes, why);
  }
}

function storageOf({ spec }: PersistentVolumeClaim): string | undefined {
  return spec?.resources?.requests?.['storage'];
}
