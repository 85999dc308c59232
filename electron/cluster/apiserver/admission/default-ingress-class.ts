import type { Ingress, KubeObject } from '../../api/types.ts';
import { defaultClassOf } from './default-class.ts';
import type { AdmissionAttributes, AdmissionPlugin } from './interface.ts';

const CLASS = 'kubernetes.io/ingress.class';
const DEFAULT = ['ingressclass.kubernetes.io/is-default-class'];

/** An Ingress that names no class gets the default one. Models plugin/pkg/admission/network/defaultingressclass (v1.34). */
export class DefaultIngressClass implements AdmissionPlugin {
  readonly name = 'DefaultIngressClass';
  readonly #classes: () => Promise<readonly KubeObject[]>;

  constructor(classes: () => Promise<readonly KubeObject[]>) {
    this.#classes = classes;
  }

  handles({ operation, resource, subresource }: AdmissionAttributes): boolean {
    if (operation !== 'CREATE' || subresource !== '') return false;
    return resource.resource === 'ingresses' && resource.group === 'networking.k8s.io';
  }

  async admit(_attributes: AdmissionAttributes, object: KubeObject): Promise<KubeObject> {
    const ingress = object as Ingress;
    const named = ingress.spec?.ingressClassName ?? ingress.metadata?.annotations?.[CLASS];
    if (named !== undefined) return object;
    const found = defaultClassOf(await this.#classes(), DEFAULT);
    if (found === undefined) return object;
    return { ...ingress, spec: { ...ingress.spec, ingressClassName: found.metadata?.name } } as KubeObject;
  }
}
