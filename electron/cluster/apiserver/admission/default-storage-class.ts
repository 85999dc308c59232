import type { KubeObject, PersistentVolumeClaim } from '../../api/types.ts';
import { defaultClassOf } from './default-class.ts';
import type { AdmissionAttributes, AdmissionPlugin } from './interface.ts';

const BETA_CLASS = 'volume.beta.kubernetes.io/storage-class';
const DEFAULT = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
];

/** A claim that names no class gets the default one. Models plugin/pkg/admission/storage/storageclass/setdefault (v1.34). */
export class DefaultStorageClass implements AdmissionPlugin {
  readonly name = 'DefaultStorageClass';
  readonly #classes: () => Promise<readonly KubeObject[]>;

  constructor(classes: () => Promise<readonly KubeObject[]>) {
    this.#classes = classes;
  }

  handles({ operation, resource, subresource }: AdmissionAttributes): boolean {
    if (operation !== 'CREATE' || subresource !== '') return false;
    return resource.resource === 'persistentvolumeclaims' && resource.group === '';
  }

  /** A class of '' is a choice: none. */
  async admit(_attributes: AdmissionAttributes, object: KubeObject): Promise<KubeObject> {
    const claim = object as PersistentVolumeClaim;
    const named = claim.spec?.storageClassName ?? claim.metadata?.annotations?.[BETA_CLASS];
    if (claim.spec === undefined || named !== undefined) return object;
    const found = defaultClassOf(await this.#classes(), DEFAULT);
    if (found === undefined) return object;
    return { ...claim, spec: { ...claim.spec, storageClassName: found.metadata?.name } } as KubeObject;
  }
}
