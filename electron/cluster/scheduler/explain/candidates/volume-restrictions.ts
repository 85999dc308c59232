import type { Volume } from '../../../api/types.ts';
import { conflicts, usesOnceClaim } from '../../plugins/volume-restrictions/volume-restrictions.ts';
import type { Change } from '../interface.ts';
import type { Proposer, Refused } from './interface.ts';
import { claimsOf, patchClaim } from './object-changes.ts';
import { isMovable, removePod } from './other-pods.ts';

/** So many single Pods are proposed to go. */
const maxVictims = 3;
const readable = ['gcePersistentDisk', 'iscsi', 'rbd'] as const;

/** Takes the Pod away that has the disk or the claim, mounts a disk for reading only, or lets many Pods use the claim. */
export const proposeVolumeRestrictions: Proposer = (refused) =>
  refused.verdict.reasons.includes('node(s) had no available disk') ? forDisks(refused) : forClaims(refused);

function forDisks({ pod, node }: Refused): Change[] {
  const volumes = pod.spec?.volumes ?? [];
  const others = [...node.pods.values()].filter((other) =>
    other.pod.spec?.volumes?.some((theirs) => volumes.some((own) => conflicts(own, theirs))),
  );
  return [
    ...volumes.flatMap((volume, index): Change[] => {
      const kind = readable.find((one) => volume[one] !== undefined && volume[one].readOnly !== true);
      if (kind === undefined) return [];
      const forReading = { ...volume, [kind]: { ...volume[kind], readOnly: true } } as Volume;
      return [
        {
          target: 'pod',
          patch: { spec: { volumes: volumes.with(index, forReading) } },
          wording: { id: 'mount-read-only', params: { volume: volume.name } },
        },
      ];
    }),
    ...others.filter(isMovable).slice(0, maxVictims).map(removePod),
  ];
}

function forClaims({ pod, nodes, objects }: Refused): Change[] {
  const once = claimsOf(pod, objects).filter(
    ({ spec }) => spec?.accessModes?.includes('ReadWriteOncePod') === true,
  );
  const others = nodes.flatMap(({ pods }) =>
    [...pods.values()].filter((other) => once.some((claim) => usesOnceClaim(other.pod, claim))),
  );
  return [
    ...others.filter(isMovable).slice(0, maxVictims).map(removePod),
    ...once.map((claim) =>
      patchClaim(claim, 'claim-many-pods', { spec: { accessModes: ['ReadWriteOnce'] } }),
    ),
  ];
}
