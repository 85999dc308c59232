import { formatAmounts, parseAmounts } from '../../api/helpers/resource-list.ts';
import type { KubeObject, Pod, RuntimeClass, Toleration } from '../../api/types.ts';
import { deepEqual } from '../../apimachinery/deep-equal.ts';
import { admissionForbidden } from './forbidden.ts';
import type { AdmissionAttributes, AdmissionPlugin } from './interface.ts';

/** A Pod gets the overhead and the place of its runtime class. Models plugin/pkg/admission/runtimeclass (v1.34). */
export class RuntimeClassAdmission implements AdmissionPlugin {
  readonly name = 'RuntimeClass';
  readonly #find: (name: string) => Promise<KubeObject | undefined>;

  constructor(find: (name: string) => Promise<KubeObject | undefined>) {
    this.#find = find;
  }

  handles({ operation, resource, subresource }: AdmissionAttributes): boolean {
    if (operation !== 'CREATE' || subresource !== '') return false;
    return resource.resource === 'pods' && resource.group === '';
  }

  /** @throws StatusError 403 */
  async admit(attributes: AdmissionAttributes, object: KubeObject): Promise<KubeObject> {
    const pod = object as Pod;
    const runtime = await this.#classOf(attributes, pod);
    if (runtime === undefined || pod.spec === undefined) return object;
    const { overhead, scheduling } = runtime;
    let { spec } = pod;
    const fixed = formatAmounts(parseAmounts(overhead?.podFixed));
    if (Object.keys(fixed).length > 0) {
      const own = spec.overhead === undefined ? fixed : formatAmounts(parseAmounts(spec.overhead));
      if (!deepEqual(own, fixed)) {
        const why = "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead";
        throw admissionForbidden(attributes, why);
      }
      spec = { ...spec, overhead: fixed };
    }
    const nodeSelector = { ...spec.nodeSelector };
    for (const [key, value] of Object.entries(scheduling?.nodeSelector ?? {})) {
      const own = nodeSelector[key];
      if (own !== undefined && own !== value) {
        const why = `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${own}`;
        throw admissionForbidden(attributes, why);
      }
      nodeSelector[key] = value;
    }
    if (Object.keys(nodeSelector).length > 0) spec = { ...spec, nodeSelector };
    const tolerations: readonly Toleration[] = spec.tolerations ?? [];
    const more = (scheduling?.tolerations ?? []).filter(
      (toleration) => !tolerations.some((present) => deepEqual(present, toleration)),
    );
    if (more.length > 0) spec = { ...spec, tolerations: [...tolerations, ...more] };
    return spec === pod.spec ? object : ({ ...pod, spec } as KubeObject);
  }

  /** @throws StatusError 403 */
  async validate(attributes: AdmissionAttributes): Promise<void> {
    const pod = attributes.object as Pod;
    if (Object.keys(pod.spec?.overhead ?? {}).length === 0) return;
    if (Object.keys((await this.#classOf(attributes, pod))?.overhead?.podFixed ?? {}).length > 0) return;
    const why = 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead';
    throw admissionForbidden(attributes, why);
  }

  async #classOf(attributes: AdmissionAttributes, pod: Pod): Promise<RuntimeClass | undefined> {
    const name = pod.spec?.runtimeClassName ?? '';
    if (name === '') return undefined;
    const found = (await this.#find(name)) as RuntimeClass | undefined;
    if (found !== undefined) return found;
    throw admissionForbidden(attributes, `pod rejected: RuntimeClass "${name}" not found`);
  }
}
