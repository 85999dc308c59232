import type { KubeObject, Node } from '../../api/types.ts';
import type { AdmissionAttributes, AdmissionPlugin } from './interface.ts';

const NOT_READY = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };

/** A new Node takes no Pods before it has said that it is ready. Models plugin/pkg/admission/nodetaint (v1.34). */
export class TaintNodesByCondition implements AdmissionPlugin {
  readonly name = 'TaintNodesByCondition';

  handles({ operation, resource, subresource }: AdmissionAttributes): boolean {
    return (
      operation === 'CREATE' && resource.resource === 'nodes' && resource.group === '' && subresource === ''
    );
  }

  admit(_attributes: AdmissionAttributes, object: KubeObject): KubeObject {
    const node = object as Node;
    const taints = node.spec?.taints ?? [];
    if (taints.some(({ key, effect }) => key === NOT_READY.key && effect === NOT_READY.effect)) return object;
    return { ...node, spec: { ...node.spec, taints: [...taints, NOT_READY] } } as KubeObject;
  }
}
