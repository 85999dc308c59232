import type { KubeObject, Pod, PriorityClass } from '../../api/types.ts';
import { newForbidden } from '../../apimachinery/status.ts';
import type { AdmissionAttributes, AdmissionPlugin } from './interface.ts';

/** The PriorityClasses as admission asks for them. */
export interface PriorityClasses {
  get(name: string): Promise<KubeObject | undefined>;
  list(): Promise<readonly KubeObject[]>;
}

const PODS = { group: '', resource: 'pods' };
const CLASSES = { group: 'scheduling.k8s.io', resource: 'priorityclasses' };
const NO_CLASS = { name: '', value: 0, preemptionPolicy: 'PreemptLowerPriority' };

/**
 * Resolves a Pod's priority class to its number, that of the default class without one, and lets there be one
 * default class only. Models plugin/pkg/admission/priority (v1.34).
 */
export class PriorityAdmission implements AdmissionPlugin {
  readonly name = 'Priority';
  readonly #classes: PriorityClasses;

  constructor(classes: PriorityClasses) {
    this.#classes = classes;
  }

  handles({ operation, resource, subresource }: AdmissionAttributes): boolean {
    if (subresource !== '') return false;
    if (resource.resource === 'pods') return operation === 'CREATE' && resource.group === '';
    return (
      resource.resource === CLASSES.resource && resource.group === CLASSES.group && operation !== 'DELETE'
    );
  }

  async admit(attributes: AdmissionAttributes, object: KubeObject): Promise<KubeObject> {
    const pod = object as Pod;
    if (attributes.resource.resource !== 'pods' || pod.spec === undefined) return object;
    const asked = pod.spec.priorityClassName ?? '';
    const { name, value, preemptionPolicy } =
      asked === '' ? await this.#default() : await this.#named(asked, attributes);
    if (pod.spec.priority !== undefined && pod.spec.priority !== value) {
      const why = `the integer value of priority (${pod.spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`;
      throw newForbidden(PODS, attributes.name, why);
    }
    if (pod.spec.preemptionPolicy !== undefined && pod.spec.preemptionPolicy !== preemptionPolicy) {
      const why = `the string value of PreemptionPolicy (${pod.spec.preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${preemptionPolicy} from the given PriorityClass name`;
      throw newForbidden(PODS, attributes.name, why);
    }
    const priorityClassName = name === '' ? {} : { priorityClassName: name };
    return {
      ...pod,
      spec: { ...pod.spec, ...priorityClassName, priority: value, preemptionPolicy },
    } as KubeObject;
  }

  /** @throws StatusError 403 for a second default class */
  async validate({ resource, object, name }: AdmissionAttributes): Promise<void> {
    if (
      resource.resource !== CLASSES.resource ||
      (object as PriorityClass | undefined)?.globalDefault !== true
    )
      return;
    const present = (await this.#defaults()).find((other) => other.metadata?.name !== name);
    if (present === undefined) return;
    const why = `PriorityClass ${present.metadata?.name} is already marked as default. Only one default can exist`;
    throw newForbidden(CLASSES, name, why);
  }

  async #defaults(): Promise<readonly PriorityClass[]> {
    return ((await this.#classes.list()) as readonly PriorityClass[]).filter(
      ({ globalDefault }) => globalDefault === true,
    );
  }

  /** The default class; of several (two servers were asked at once) the lowest. */
  async #default(): Promise<typeof NO_CLASS> {
    const [first, ...more] = await this.#defaults();
    if (first === undefined) return NO_CLASS;
    return resolved(
      more.reduce((low, other) => ((other.value ?? 0) < (low.value ?? 0) ? other : low), first),
    );
  }

  async #named(name: string, attributes: AdmissionAttributes): Promise<typeof NO_CLASS> {
    const found = (await this.#classes.get(name)) as PriorityClass | undefined;
    if (found === undefined)
      throw newForbidden(PODS, attributes.name, `no PriorityClass with name ${name} was found`);
    return resolved(found);
  }
}

function resolved({ metadata, value, preemptionPolicy }: PriorityClass): typeof NO_CLASS {
  return {
    name: metadata?.name ?? '',
    value: value ?? 0,
    preemptionPolicy: preemptionPolicy ?? NO_CLASS.preemptionPolicy,
  };
}
