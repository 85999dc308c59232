import type { KubeObject, Pod } from '../../api/types.ts';
import { newForbidden } from '../../apimachinery/status.ts';
import type { AdmissionAttributes, AdmissionPlugin } from './interface.ts';

/** The two classes every cluster has; others come as PriorityClass objects later. */
const SYSTEM_CLASSES: Readonly<Record<string, number>> = {
  'system-node-critical': 2_000_001_000,
  'system-cluster-critical': 2_000_000_000,
};
const PODS = { group: '', resource: 'pods' };

/** Resolves a Pod's priority class to its number; 0 without one. Models plugin/pkg/admission/priority (v1.34). */
export class PriorityAdmission implements AdmissionPlugin {
  readonly name = 'Priority';

  handles({ operation, resource, subresource }: AdmissionAttributes): boolean {
    return (
      operation === 'CREATE' && resource.resource === 'pods' && resource.group === '' && subresource === ''
    );
  }

  admit(attributes: AdmissionAttributes, object: KubeObject): KubeObject {
    const pod = object as Pod;
    if (pod.spec === undefined) return object;
    const className = pod.spec.priorityClassName ?? '';
    const priority = className === '' ? 0 : SYSTEM_CLASSES[className];
    if (priority === undefined) {
      throw newForbidden(PODS, attributes.name, `no PriorityClass with name ${className} was found`);
    }
    if (pod.spec.priority !== undefined && pod.spec.priority !== priority) {
      const why = `the integer value of priority (${pod.spec.priority}) must not be provided in pod spec; priority admission controller computed ${priority} from the given PriorityClass name`;
      throw newForbidden(PODS, attributes.name, why);
    }
    const preemptionPolicy = pod.spec.preemptionPolicy ?? 'PreemptLowerPriority';
    return { ...pod, spec: { ...pod.spec, priority, preemptionPolicy } } as KubeObject;
  }
}
