import type { UpdateStrategy } from '../../../strategy.ts';
import { sameValue, validateObjectMetaUpdate } from '../../../../apimachinery/validation/object-meta.ts';
import { forbidden } from '../../../../apimachinery/validation/field-error.ts';
import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import { withGeneration } from '../../../generic-strategy.ts';
import type { Pod } from '../../../types.ts';
import { validatePodSpec } from './spec-validation.ts';

const WHERE = 'spec.ephemeralContainers';
const MIRROR = 'kubernetes.io/config.mirror';

type EphemeralContainer = NonNullable<NonNullable<Pod['spec']>['ephemeralContainers']>[number];

/**
 * The `ephemeralcontainers` door: adds containers to a Pod, and changes nothing else. Models podEphemeralContainersStrategy
 * (pkg/registry/core/pod) and ValidatePodEphemeralContainersUpdate (pkg/apis/core/validation, v1.34).
 */
export const EPHEMERAL_CONTAINERS: UpdateStrategy<Pod> = {
  prepareForUpdate(pod, old) {
    const { ephemeralContainers } = pod.spec ?? {};
    const { ephemeralContainers: _, ...rest } = old.spec ?? { containers: [] };
    const spec = ephemeralContainers === undefined ? rest : { ...rest, ephemeralContainers };
    const metadata = { ...old.metadata, resourceVersion: pod.metadata?.resourceVersion };
    if (pod.metadata?.managedFields !== undefined) metadata.managedFields = pod.metadata.managedFields;
    return withGeneration({ ...old, metadata, spec }, old);
  },
  validateUpdate(pod, old) {
    if (old.metadata?.annotations?.[MIRROR] !== undefined)
      return [forbidden('', 'static pods do not support ephemeral containers')];
    return [
      ...validateObjectMetaUpdate(pod, old),
      ...validatePodSpec(pod.spec ?? { containers: [] }, 'spec'),
      ...validateKept(pod.spec?.ephemeralContainers ?? [], old.spec?.ephemeralContainers ?? []),
    ];
  },
  warningsOnUpdate: () => [],
};

/** Those that are there stay as they are. */
function validateKept(next: readonly EphemeralContainer[], old: readonly EphemeralContainer[]): FieldError[] {
  return old.flatMap((container) => {
    const now = next.find(({ name }) => name === container.name);
    const which = `existing ephemeral containers ${JSON.stringify(container.name)}`;
    if (now === undefined) return [forbidden(WHERE, `${which} may not be removed\n`)];
    return sameValue(now, container) ? [] : [forbidden(WHERE, `${which} may not be changed\n`)];
  });
}
