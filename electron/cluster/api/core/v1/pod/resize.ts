import type { UpdateStrategy } from '../../../strategy.ts';
import { sameValue, validateObjectMetaUpdate } from '../../../../apimachinery/validation/object-meta.ts';
import { forbidden, invalid } from '../../../../apimachinery/validation/field-error.ts';
import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import { at, child } from '../../../../apimachinery/validation/path.ts';
import { withGeneration } from '../../../generic-strategy.ts';
import type { Container, Pod, PodSpec } from '../../../types.ts';
import { computePodQos } from './qos.ts';
import { validatePodSpec } from './spec-validation.ts';

const MIRROR = 'kubernetes.io/config.mirror';
const RESIZABLE = ['cpu', 'memory'] as const;

type Amounts = Readonly<Record<string, string>>;

/**
 * The `resize` door: changes what containers ask for of processors and memory, and nothing else. Models podResizeStrategy
 * (pkg/registry/core/pod) and ValidatePodResize (pkg/apis/core/validation, v1.34).
 */
export const POD_RESIZE: UpdateStrategy<Pod> = {
  prepareForUpdate(pod, old) {
    const before = old.spec ?? { containers: [] };
    const spec: PodSpec = {
      ...before,
      containers: withResources(before.containers, pod.spec?.containers ?? []),
      ...(before.initContainers === undefined
        ? {}
        : { initContainers: withResources(before.initContainers, pod.spec?.initContainers ?? []) }),
    };
    const metadata = { ...old.metadata, resourceVersion: pod.metadata?.resourceVersion };
    if (pod.metadata?.managedFields !== undefined) metadata.managedFields = pod.metadata.managedFields;
    return withGeneration({ ...old, metadata, spec }, old);
  },
  validateUpdate(pod, old) {
    if (old.metadata?.annotations?.[MIRROR] !== undefined)
      return [forbidden('', 'static pods cannot be resized')];
    if (old.spec?.os?.name === 'windows') return [forbidden('', 'windows pods cannot be resized')];
    const errors = [
      ...validateObjectMetaUpdate(pod, old),
      ...validatePodSpec(pod.spec ?? { containers: [] }, 'spec'),
    ];
    if ((old.status?.qosClass ?? computePodQos(old)) !== computePodQos(pod))
      errors.push(
        invalid('spec', old.status?.qosClass, 'Pod QOS Class may not change as a result of resizing'),
      );
    const first = old.status?.containerStatuses?.find(({ state }) => state?.running !== undefined);
    if (first !== undefined && first.resources === undefined)
      errors.push(forbidden('spec', 'Pod running on node without support for resize'));
    return [...errors, ...validateContainers(pod, old)];
  },
  warningsOnUpdate: () => [],
};

/** Those that are there, with names, resources and policies as asked; more or fewer than there are make no difference. */
function withResources(before: readonly Container[], asked: readonly Container[]): readonly Container[] {
  return before.map((container, index) => {
    const next = asked[index];
    if (next === undefined) return container;
    const { resources: _resources, resizePolicy: _policy, ...rest } = container;
    return {
      ...rest,
      name: next.name,
      ...(next.resources === undefined ? {} : { resources: next.resources }),
      ...(next.resizePolicy === undefined ? {} : { resizePolicy: next.resizePolicy }),
    };
  });
}

function validateContainers(pod: Pod, old: Pod): FieldError[] {
  const errors: FieldError[] = [];
  let others = false;
  for (const list of ['containers', 'initContainers'] as const)
    old.spec?.[list]?.forEach((before, index) => {
      const next = pod.spec?.[list]?.[index] ?? before;
      const path = at(child('spec', list), index);
      if (next.name !== before.name)
        errors.push(forbidden(child(path, 'name'), 'containers may not be renamed or reordered on resize'));
      else if (list === 'initContainers' && before.restartPolicy !== 'Always') {
        if (!sameValue(next.resources ?? {}, before.resources ?? {}))
          errors.push(forbidden('spec', 'resources for non-sidecar init containers are immutable'));
      } else {
        errors.push(...validateKept(next, before, child(path, 'resources')));
        if (!sameValue(withoutResizable(next), withoutResizable(before))) others = true;
      }
    });
  if (others) errors.push(forbidden('spec', 'only cpu and memory resources are mutable'));
  return errors;
}

/** What was asked for can be changed, not taken back. */
function validateKept(next: Container, before: Container, path: string): FieldError[] {
  return (['requests', 'limits'] as const).flatMap((list) => {
    const has = (next.resources?.[list] ?? {}) as Amounts;
    const had = (before.resources?.[list] ?? {}) as Amounts;
    const gone = RESIZABLE.some((name) => had[name] !== undefined && has[name] === undefined);
    return gone ? [forbidden(child(path, list), `resource ${list} cannot be removed`)] : [];
  });
}

function withoutResizable(container: Container): unknown {
  const rest = (amounts: Amounts | undefined): Amounts =>
    Object.fromEntries(
      Object.entries(amounts ?? {}).filter(([name]) => !(RESIZABLE as readonly string[]).includes(name)),
    );
  const { resources, ...others } = container;
  return {
    ...others,
    resources: {
      ...resources,
      limits: rest(resources?.limits as Amounts | undefined),
      requests: rest(resources?.requests as Amounts | undefined),
    },
  };
}
