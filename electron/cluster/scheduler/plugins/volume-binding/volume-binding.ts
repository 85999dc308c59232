import type { CycleState } from '../../framework/cycle-state.ts';
import type { Handle, PreFilterPlugin } from '../../framework/interface.ts';
import type { PodInfo } from '../../framework/pod-info.ts';
import type { Status } from '../../framework/status.ts';
import { unresolvable } from '../../framework/status.ts';

/**
 * Refuses a Pod whose volume claims do not exist. Models what plugins/volumebinding (v1.34) does before any claim is
 * looked at; binding claims to volumes is not modelled, and a claim that exists is refused with those words.
 */
export class VolumeBinding implements PreFilterPlugin {
  readonly name = 'VolumeBinding';
  readonly #handle: Handle;

  constructor(handle: Handle) {
    this.#handle = handle;
  }

  preFilter(_state: CycleState, { pod }: PodInfo): Status | undefined {
    const { namespace = '', name = '' } = pod.metadata ?? {};
    for (const volume of pod.spec?.volumes ?? []) {
      const claim =
        volume.persistentVolumeClaim?.claimName ??
        (volume.ephemeral === undefined ? undefined : `${name}-${volume.name}`);
      if (claim === undefined) continue;
      if (this.#handle.objects.hasPersistentVolumeClaim(namespace, claim))
        return unresolvable('the binding of volume claims is not modelled');
      return unresolvable(
        volume.ephemeral === undefined
          ? `persistentvolumeclaim "${claim}" not found`
          : `waiting for ephemeral volume controller to create the persistentvolumeclaim "${claim}"`,
      );
    }
    return undefined;
  }
}
