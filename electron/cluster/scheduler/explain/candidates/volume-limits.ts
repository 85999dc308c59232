import { resourceTypes } from '../../../client/resource-types.ts';
import type { ClusterObjects } from '../../framework/cluster-objects.ts';
import type { PodInfo } from '../../framework/pod-info.ts';
import { claimAttachment, volumeLimits } from '../../plugins/node-volume-limits/attachments.ts';
import type { Change } from '../interface.ts';
import type { Proposer } from './interface.ts';
import { claimsOf } from './object-changes.ts';
import { isMovable, removePod } from './other-pods.ts';

/** So many single Pods are proposed to go, and so many slots more. */
const maxVictims = 3;
const maxMore = 8;

/** Frees a slot by taking a Pod away that has a volume of the driver there, or lets the driver attach more. */
export const proposeVolumeLimits: Proposer = ({ pod, node, objects }) => {
  const csiNode = objects.volumes.csiNode(node.name);
  const drivers = new Set(
    claimsOf(pod, objects).flatMap((claim) => claimAttachment(claim, objects.volumes)?.driver ?? []),
  );
  const changes: Change[] = [];
  for (const [driver, limit] of volumeLimits(csiNode)) {
    if (!drivers.has(driver)) continue;
    const victims = [...node.pods.values()].filter(
      (other) => isMovable(other) && volumesOf(other, driver, objects) > 0,
    );
    victims.sort((a, b) => volumesOf(a, driver, objects) - volumesOf(b, driver, objects));
    changes.push(...victims.slice(0, maxVictims).map(removePod));
    for (let more = 1; more <= maxMore; more += 1) {
      const to = limit + more;
      const all = csiNode?.spec.drivers.map((one) =>
        one.name === driver ? { ...one, allocatable: { ...one.allocatable, count: to } } : one,
      );
      changes.push({
        target: 'object',
        type: resourceTypes.csiNodes,
        name: node.name,
        patch: { spec: { drivers: all } },
        wording: {
          id: 'more-attachments',
          params: { node: node.name, driver, from: String(limit), to: String(to) },
        },
      });
    }
  }
  return changes;
};

function volumesOf({ pod }: PodInfo, driver: string, objects: ClusterObjects): number {
  return claimsOf(pod, objects).filter((claim) => claimAttachment(claim, objects.volumes)?.driver === driver)
    .length;
}
