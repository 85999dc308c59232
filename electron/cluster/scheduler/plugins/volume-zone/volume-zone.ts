import { claimClass } from '../../../api/helpers/persistent-volumes.ts';
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../../api/types.ts';
import type { EventRegistration } from '../../framework/cluster-event.ts';
import type { CycleState } from '../../framework/cycle-state.ts';
import type { FilterPlugin, Handle, PreFilterPlugin } from '../../framework/interface.ts';
import type { NodeInfo } from '../../framework/node-info.ts';
import { claimNotFound, usesClaim, waitForFirstConsumer } from '../../framework/pod-claims.ts';
import type { PodInfo } from '../../framework/pod-info.ts';
import type { Status } from '../../framework/status.ts';
import { skip, unresolvable } from '../../framework/status.ts';

const stateKey = 'PreFilterVolumeZone';
const betaZone = 'failure-domain.beta.kubernetes.io/zone';
const betaRegion = 'failure-domain.beta.kubernetes.io/region';
const zone = 'topology.kubernetes.io/zone';
const region = 'topology.kubernetes.io/region';
const topologyLabels = [betaZone, betaRegion, zone, region];
const newName: Readonly<Record<string, string>> = { [betaZone]: zone, [betaRegion]: region };
const conflict = unresolvable('node(s) had no available volume zone');

/** A zone or region label of a volume, with the values it names. */
interface VolumeTopology {
  readonly key: string;
  readonly values: ReadonlySet<string>;
}

/** Refuses nodes of another zone or region than the Pod's volumes are labelled with. Models plugins/volumezone (v1.34). */
export class VolumeZone implements PreFilterPlugin, FilterPlugin {
  readonly name = 'VolumeZone';
  readonly events: readonly EventRegistration[] = [
    {
      resource: 'StorageClass',
      actions: ['Add'],
      hint: (_pod, _old, added) =>
        (added as StorageClass).volumeBindingMode === waitForFirstConsumer ? 'Queue' : 'Skip',
    },
    { resource: 'Node', actions: ['Add', 'UpdateLabel'] },
    {
      resource: 'PersistentVolumeClaim',
      actions: ['Add', 'Update'],
      hint: ({ pod }, _old, claim) => (usesClaim(pod, claim as PersistentVolumeClaim) ? 'Queue' : 'Skip'),
    },
    {
      resource: 'PersistentVolume',
      actions: ['Add', 'Update'],
      hint: (_pod, old, volume) =>
        old === undefined || labelsOf(old) !== labelsOf(volume as PersistentVolume) ? 'Queue' : 'Skip',
    },
  ];
  readonly #handle: Handle;

  constructor(handle: Handle) {
    this.#handle = handle;
  }

  preFilter(state: CycleState, { pod }: PodInfo): Status | undefined {
    const topologies: VolumeTopology[] = [];
    for (const { persistentVolumeClaim } of pod.spec?.volumes ?? []) {
      if (persistentVolumeClaim === undefined) continue;
      const found = this.#volumeOf(pod.metadata?.namespace ?? '', persistentVolumeClaim.claimName);
      if (found === undefined) continue;
      if ('code' in found) return found;
      topologies.push(...topologiesOf(found));
    }
    if (topologies.length === 0) return skip;
    state.write(stateKey, topologies);
    return undefined;
  }

  filter(state: CycleState, _pod: PodInfo, { node }: NodeInfo): Status | undefined {
    const labels = node?.metadata?.labels ?? {};
    // A node without any such label is of a cluster of one zone.
    if (!topologyLabels.some((key) => labels[key] !== undefined)) return undefined;
    for (const { key, values } of state.required<readonly VolumeTopology[]>(stateKey)) {
      const value = labels[key] ?? labels[newName[key] ?? key];
      if (value === undefined || !values.has(value)) return conflict;
    }
    return undefined;
  }

  /** Undefined for a claim that will be bound once the Pod has a node. */
  #volumeOf(namespace: string, name: string): PersistentVolume | Status | undefined {
    const { volumes } = this.#handle.objects;
    if (name === '') return unresolvable('PersistentVolumeClaim had no name');
    const claim = volumes.claim(namespace, name);
    if (claim === undefined) return unresolvable(claimNotFound(name));
    const volumeName = claim.spec?.volumeName ?? '';
    if (volumeName === '') return this.#unbound(claim);
    return (
      volumes.volume(volumeName) ?? unresolvable(`persistentvolume ${JSON.stringify(volumeName)} not found`)
    );
  }

  #unbound(claim: PersistentVolumeClaim): Status | undefined {
    const className = claimClass(claim);
    if (className === '') return unresolvable('PersistentVolumeClaim had no pv name and storageClass name');
    const found = this.#handle.objects.volumes.storageClass(className);
    if (found === undefined)
      return unresolvable(`storageclass.storage.k8s.io ${JSON.stringify(className)} not found`);
    if (found.volumeBindingMode === undefined)
      return unresolvable(`VolumeBindingMode not set for StorageClass ${JSON.stringify(className)}`);
    return found.volumeBindingMode === waitForFirstConsumer
      ? undefined
      : unresolvable('PersistentVolume had no name');
  }
}

function labelsOf({ metadata }: { readonly metadata?: PersistentVolume['metadata'] }): string {
  return topologyLabels.map((key) => metadata?.labels?.[key] ?? '').join('|');
}

/** Zones and regions of a volume; `nodeKey`: the label by which nodes of today have them. */
export function zoneLabels(
  volume: PersistentVolume,
): { readonly key: string; readonly nodeKey: string; readonly values: readonly string[] }[] {
  return topologiesOf(volume).map(({ key, values }) => ({
    key,
    nodeKey: newName[key] ?? key,
    values: [...values],
  }));
}

/** Several zones of one volume stand in one label: `a__b`. */
function topologiesOf({ metadata }: PersistentVolume): VolumeTopology[] {
  const topologies: VolumeTopology[] = [];
  for (const key of topologyLabels) {
    const value = metadata?.labels?.[key];
    if (value === undefined) continue;
    const values = value.split('__').map((one) => one.trim());
    // One that cannot be read is left out, as upstream does.
    if (values.every((one) => one !== '')) topologies.push({ key, values: new Set(values) });
  }
  return topologies;
}
