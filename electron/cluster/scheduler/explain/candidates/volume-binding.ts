import {
  capacityOf,
  claimClass,
  compareStorage,
  findMatchingVolume,
  isReachable,
  requestedStorage,
} from '../../../api/helpers/persistent-volumes.ts';
import { matchesLabels, selectorFromLabelSelector } from '../../../apimachinery/labels.ts';
import type { Node, PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../../api/types.ts';
import { resourceTypes } from '../../../client/resource-types.ts';
import type { VolumeObjects } from '../../framework/cluster-objects.ts';
import {
  bindCompleted,
  isFullyBound,
  limitOf,
  noProvisioner,
  selectedNode,
} from '../../plugins/volume-binding/volume-binder.ts';
import type { Change } from '../interface.ts';
import { forTerm, isHostLabel, label } from './node-affinity.ts';
import type { Proposer, Refused } from './interface.ts';
import { boundVolumes, claimsOf, patchClaim, patchVolume } from './object-changes.ts';

const nobody: ReadonlySet<string> = new Set();

/**
 * Brings volume and node together: labels of the node, another size of the claim, a volume that is free again or new, a class that
 * is not bound to a place. A claim that is missing or whose volume is gone cannot be helped here.
 */
export const proposeVolumeBinding: Proposer = (refused) => {
  const { verdict, pod, objects } = refused;
  const changes: Change[] = [];
  for (const reason of verdict.reasons) {
    if (reason === 'node(s) had volume node affinity conflict') changes.push(...forPlace(refused));
    else if (reason === "node(s) didn't find available persistent volumes to bind")
      changes.push(...unbound(refused).flatMap((claim) => forClaim(claim, refused)));
    else if (reason === 'node(s) did not have enough free storage')
      changes.push(...unbound(refused).flatMap((claim) => forCapacity(claim, refused)));
    else if (reason === 'pod has unbound immediate PersistentVolumeClaims')
      changes.push(...claimsOf(pod, objects).flatMap((claim) => forImmediate(claim, refused)));
  }
  return changes;
};

function unbound({ pod, objects }: Refused): PersistentVolumeClaim[] {
  return claimsOf(pod, objects).filter((claim) => !isFullyBound(claim));
}

function forPlace({ pod, node: { name, node }, objects }: Refused): Change[] {
  if (node === undefined) return [];
  return boundVolumes(pod, objects)
    .filter(({ volume }) => !isReachable(volume, node))
    .flatMap(({ volume }) => reaching(volume, node, name));
}

/** The node gets what the volume asks of nodes, or the volume asks nothing. */
function reaching(volume: PersistentVolume, node: Node, name: string): Change[] {
  const terms = volume.spec?.nodeAffinity?.required?.nodeSelectorTerms ?? [];
  return [
    ...terms.flatMap((term) => forTerm(term, node, name)),
    patchVolume(volume, 'volume-anywhere', { spec: { nodeAffinity: null } }),
  ];
}

function forClaim(claim: PersistentVolumeClaim, { node: { name, node }, objects }: Refused): Change[] {
  if (node === undefined) return [];
  const { volumes } = objects;
  const chosen = claim.metadata?.annotations?.[selectedNode];
  if (chosen !== undefined && chosen !== name) {
    const patch = { metadata: { annotations: { [selectedNode]: null } } };
    return [patchClaim(claim, 'claim-forget-node', patch, { node: chosen })];
  }
  const found = volumes.storageClass(claimClass(claim));
  if (found !== undefined && found.provisioner !== '' && found.provisioner !== noProvisioner)
    return forTopology(found, node, name);
  return [
    ...nearlyMatching(claim, node, name, volumes),
    newVolume(claim, name, node.metadata?.labels?.['kubernetes.io/hostname'] ?? name),
  ];
}

/** Volumes that would do but for one thing. */
function nearlyMatching(
  claim: PersistentVolumeClaim,
  node: Node,
  name: string,
  objects: VolumeObjects,
): Change[] {
  const changes: Change[] = [];
  const all = [...objects.volumes()].sort((a, b) => compareStorage(capacityOf(b), capacityOf(a)));
  const wouldDo = (of: PersistentVolumeClaim, volume: PersistentVolume): boolean =>
    findMatchingVolume(of, [volume], node, nobody, true) !== undefined;
  const smaller = all.find((volume) => wouldDo(withSize(claim, capacityOf(volume)), volume));
  if (smaller !== undefined && compareStorage(capacityOf(smaller), requestedStorage(claim)) < 0)
    changes.push(askLess(claim, capacityOf(smaller)));
  for (const volume of all) {
    const { nodeAffinity: _place, claimRef: _ref, ...spec } = volume.spec ?? {};
    const there = { ...volume, spec } as PersistentVolume;
    const free = {
      ...volume,
      spec: { ...spec, nodeAffinity: volume.spec?.nodeAffinity },
      status: { phase: 'Available' },
    };
    if (wouldDo(claim, there) && volume.spec?.claimRef === undefined)
      changes.push(...reaching(volume, node, name));
    else if (wouldDo(claim, free as PersistentVolume)) {
      const patch = { spec: { claimRef: null }, status: { phase: 'Available' } };
      changes.push(patchVolume(volume, 'free-volume', patch));
    }
  }
  return changes;
}

function newVolume(claim: PersistentVolumeClaim, node: string, hostname: string): Change {
  const size = requestedStorage(claim);
  const className = claimClass(claim);
  const name = `new-for-${claim.metadata?.name ?? ''}`;
  const hosts = [{ key: 'kubernetes.io/hostname', operator: 'In', values: [hostname] }];
  const volume = {
    metadata: { name, labels: claim.spec?.selector?.matchLabels ?? {} },
    spec: {
      capacity: { storage: size },
      accessModes: claim.spec?.accessModes ?? [],
      storageClassName: className,
      ...(claim.spec?.volumeMode === undefined ? {} : { volumeMode: claim.spec.volumeMode }),
      nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: hosts }] } },
    },
    status: { phase: 'Available' },
  };
  const wording = { id: 'new-volume' as const, params: { size, class: className, node } };
  return { target: 'object', type: resourceTypes.persistentVolumes, name, patch: volume, wording };
}

/** The node gets the labels that the class asks for, or the class asks for none. */
function forTopology({ metadata, allowedTopologies = [] }: StorageClass, node: Node, name: string): Change[] {
  const labels = node.metadata?.labels ?? {};
  const changes = allowedTopologies.flatMap(({ matchLabelExpressions = [] }) => {
    const failing = matchLabelExpressions.find(({ key, values }) => !values.includes(labels[key] ?? ''));
    if (failing === undefined || isHostLabel(failing.key)) return [];
    return failing.values.map((value) => label(name, failing.key, value));
  });
  return allowedTopologies.length === 0
    ? []
    : [...changes, patchClass(metadata?.name ?? '', 'class-anywhere', { allowedTopologies: null })];
}

function forCapacity(claim: PersistentVolumeClaim, { node: { name, node }, objects }: Refused): Change[] {
  const className = claimClass(claim);
  const there = objects.volumes
    .csiStorageCapacities()
    .filter(
      ({ storageClassName, nodeTopology }) =>
        storageClassName === className &&
        nodeTopology !== undefined &&
        matchesLabels(selectorFromLabelSelector(nodeTopology), node?.metadata?.labels),
    )
    .sort((a, b) => compareStorage(limitOf(b), limitOf(a)));
  const [largest] = there;
  if (largest === undefined) return [];
  const wanted = requestedStorage(claim);
  const { namespace, name: own = '' } = largest.metadata ?? {};
  const less = compareStorage(limitOf(largest), '0') > 0 ? [askLess(claim, limitOf(largest))] : [];
  return [
    ...less,
    {
      target: 'object',
      type: resourceTypes.csiStorageCapacities,
      name: namespace === undefined ? own : `${namespace}/${own}`,
      patch: { capacity: wanted, maximumVolumeSize: wanted },
      wording: {
        id: 'more-capacity',
        params: { class: className, node: name, from: limitOf(largest), to: wanted },
      },
    },
  ];
}

/** Bound to a volume that would do, or not before the Pod has a node. */
function forImmediate(claim: PersistentVolumeClaim, { objects }: Refused): Change[] {
  if (isFullyBound(claim)) return [];
  const { volumes } = objects;
  const name = claimClass(claim);
  const waits = volumes.storageClass(name)?.volumeBindingMode === 'WaitForFirstConsumer';
  const volume = findMatchingVolume(claim, volumes.volumes(), undefined, nobody, waits);
  if (volume !== undefined) {
    const volumeName = volume.metadata?.name ?? '';
    const patch = { metadata: { annotations: { [bindCompleted]: 'yes' } }, spec: { volumeName } };
    return [patchClaim(claim, 'bind-claim', patch, { volume: volumeName })];
  }
  return name === '' || waits || volumes.storageClass(name) === undefined
    ? []
    : [patchClass(name, 'class-waits', { volumeBindingMode: 'WaitForFirstConsumer' })];
}

function askLess(claim: PersistentVolumeClaim, to: string): Change {
  const patch = { spec: { resources: { requests: { storage: to } } } };
  return patchClaim(claim, 'claim-ask-less', patch, { from: requestedStorage(claim), to });
}

function withSize(claim: PersistentVolumeClaim, storage: string): PersistentVolumeClaim {
  return { ...claim, spec: { ...claim.spec, resources: { requests: { storage } } } } as PersistentVolumeClaim;
}

function patchClass(name: string, id: 'class-anywhere' | 'class-waits', patch: object): Change {
  return {
    target: 'object',
    type: resourceTypes.storageClasses,
    name,
    patch,
    wording: { id, params: { class: name } },
  };
}
