import { notForPod } from '../../../api/helpers/ephemeral-claims.ts';
import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import type {
  CSIDriver,
  CSIStorageCapacity,
  PersistentVolumeClaim,
  Pod,
  StorageClass,
} from '../../../api/types.ts';
import type { EventRegistration } from '../../framework/cluster-event.ts';
import type { CycleState } from '../../framework/cycle-state.ts';
import type {
  FilterPlugin,
  Handle,
  PreBindPlugin,
  PreFilterPlugin,
  ReservePlugin,
} from '../../framework/interface.ts';
import type { NodeInfo } from '../../framework/node-info.ts';
import type { VolumeBindingArgs } from '../../framework/plugin-args.ts';
import { claimNotFound, podClaims, usesClaim } from '../../framework/pod-claims.ts';
import type { PodInfo } from '../../framework/pod-info.ts';
import type { Status } from '../../framework/status.ts';
import { errorStatus, skip, unresolvable } from '../../framework/status.ts';
import { bindPodVolumes, promised, withSelectedNode } from './bind-volumes.ts';
import { compareStorage } from '../../../api/helpers/persistent-volumes.ts';
import type { PodVolumeClaims, PodVolumes } from './volume-binder.ts';
import { claimKey, limitOf, VolumeBinder } from './volume-binder.ts';

const stateKey = 'VolumeBinding';

interface BindingState {
  readonly claims: PodVolumeClaims;
  readonly byNode: Map<string, PodVolumes>;
}

/**
 * Takes Pods where their volumes are or can be made, and has them bound before the Pod is. Models plugins/volumebinding
 * (v1.34) with its default feature gates, so without scores; in-tree volumes are not translated to CSI.
 */
export class VolumeBinding implements PreFilterPlugin, FilterPlugin, ReservePlugin, PreBindPlugin {
  readonly name = 'VolumeBinding';
  readonly events: readonly EventRegistration[] = [
    {
      resource: 'StorageClass',
      actions: ['Add', 'Update'],
      hint: (_pod, old, now) => {
        const before = (old as StorageClass | undefined)?.allowedTopologies;
        const same = old !== undefined && deepEqual(before, (now as StorageClass).allowedTopologies);
        return same ? 'Skip' : 'Queue';
      },
    },
    {
      resource: 'PersistentVolumeClaim',
      actions: ['Add', 'Update'],
      hint: ({ pod }, _old, claim) => (usesClaim(pod, claim as PersistentVolumeClaim) ? 'Queue' : 'Skip'),
    },
    { resource: 'PersistentVolume', actions: ['Add', 'Update'] },
    { resource: 'Node', actions: ['Add', 'UpdateLabel'] },
    {
      resource: 'CSIDriver',
      actions: ['Update'],
      hint: ({ pod }, old, now) =>
        stopsCounting(pod, old as CSIDriver, now as CSIDriver) ? 'Queue' : 'Skip',
    },
    {
      resource: 'CSIStorageCapacity',
      actions: ['Add', 'Update'],
      hint: (_pod, old, now) => {
        if (old === undefined) return 'Queue';
        const [before, after] = [old, now].map((one) => limitOf(one as CSIStorageCapacity));
        return compareStorage(after ?? '-1', before ?? '-1') > 0 ? 'Queue' : 'Skip';
      },
    },
  ];
  readonly #args: VolumeBindingArgs;
  readonly #handle: Handle;
  readonly #binder: VolumeBinder;

  constructor(args: VolumeBindingArgs, handle: Handle) {
    this.#args = args;
    this.#handle = handle;
    this.#binder = new VolumeBinder(handle.objects.volumes);
  }

  preFilter(state: CycleState, { pod }: PodInfo): Status | undefined {
    if (pod.spec?.volumes === undefined || podClaims(pod).length === 0) return skip;
    const problem = this.#claimProblem(pod);
    if (problem !== undefined) return unresolvable(problem);
    let claims: PodVolumeClaims;
    try {
      claims = this.#binder.podVolumeClaims(pod);
    } catch (error) {
      return errorStatus(error);
    }
    if (claims.immediate.length > 0) return unresolvable('pod has unbound immediate PersistentVolumeClaims');
    const found: BindingState = { claims, byNode: new Map() };
    state.write(stateKey, found);
    return undefined;
  }

  filter(state: CycleState, _pod: PodInfo, { name, node }: NodeInfo): Status | undefined {
    if (node === undefined) return undefined;
    const { claims, byNode } = state.required<BindingState>(stateKey);
    let found: PodVolumes | readonly string[];
    try {
      found = this.#binder.find(claims, node);
    } catch (error) {
      return errorStatus(error);
    }
    if (!('bindings' in found)) return unresolvable(...found);
    byNode.set(name, found);
    return undefined;
  }

  reserve(state: CycleState, _pod: PodInfo, nodeName: string): Status | undefined {
    const found = state.read(stateKey) as BindingState | undefined;
    const volumes = found?.byNode.get(nodeName);
    if (found === undefined || volumes === undefined) return undefined;
    const assumed: PodVolumes = {
      bindings: volumes.bindings.map(({ volume, claim }) => ({ volume: promised(volume, claim), claim })),
      provisions: volumes.provisions.map((claim) => withSelectedNode(claim, nodeName)),
    };
    for (const { volume } of assumed.bindings)
      this.#binder.volumes.assume(volume.metadata?.name ?? '', volume);
    for (const claim of assumed.provisions) this.#binder.claims.assume(claimKey(claim), claim);
    found.byNode.set(nodeName, assumed);
    return undefined;
  }

  unreserve(state: CycleState, _pod: PodInfo, nodeName: string): void {
    const volumes = (state.read(stateKey) as BindingState | undefined)?.byNode.get(nodeName);
    for (const { volume } of volumes?.bindings ?? [])
      this.#binder.volumes.restore(volume.metadata?.name ?? '');
    for (const claim of volumes?.provisions ?? []) this.#binder.claims.restore(claimKey(claim));
  }

  async preBind(state: CycleState, _pod: PodInfo, nodeName: string): Promise<Status | undefined> {
    const volumes = (state.read(stateKey) as BindingState | undefined)?.byNode.get(nodeName);
    if (volumes === undefined || volumes.bindings.length + volumes.provisions.length === 0) return undefined;
    const { client, clock, objects } = this.#handle;
    if (clock === undefined) throw new TypeError('volumes cannot be bound without a clock');
    const timeout = this.#args.bindTimeoutSeconds * 1000;
    try {
      await bindPodVolumes(client, clock, objects.volumes, volumes, nodeName, timeout);
      return undefined;
    } catch (error) {
      return errorStatus(error);
    }
  }

  /** Models podHasPVCs. */
  #claimProblem(pod: Pod): string | undefined {
    for (const { name, ephemeral } of podClaims(pod)) {
      const claim = this.#handle.objects.volumes.claim(pod.metadata?.namespace ?? '', name);
      const quoted = JSON.stringify(name);
      if (claim === undefined)
        return ephemeral
          ? `waiting for ephemeral volume controller to create the persistentvolumeclaim ${quoted}`
          : claimNotFound(name);
      if (claim.status?.phase === 'Lost')
        return `persistentvolumeclaim ${quoted} bound to non-existent persistentvolume ${JSON.stringify(claim.spec?.volumeName ?? '')}`;
      if (claim.metadata?.deletionTimestamp !== undefined)
        return `persistentvolumeclaim ${quoted} is being deleted`;
      const foreign = ephemeral ? notForPod(pod, claim) : undefined;
      if (foreign !== undefined) return foreign;
    }
    return undefined;
  }
}

function stopsCounting(pod: Pod, old: CSIDriver, now: CSIDriver): boolean {
  const uses = pod.spec?.volumes?.some(({ csi }) => csi?.driver === now.metadata?.name) === true;
  return uses && old.spec.storageCapacity === true && now.spec.storageCapacity !== true;
}
