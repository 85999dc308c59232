import { label } from './node-affinity.ts';
import type { Proposer } from './interface.ts';
import { boundVolumes, patchVolume } from './object-changes.ts';
import { zoneLabels } from '../../plugins/volume-zone/volume-zone.ts';

/** Puts the node into a zone of the volume, or the volume into the node's. */
export const proposeVolumeZone: Proposer = ({ pod, node, objects }) => {
  const labels = node.node?.metadata?.labels ?? {};
  return boundVolumes(pod, objects).flatMap(({ volume }) =>
    zoneLabels(volume).flatMap(({ key, nodeKey, values }) => {
      const own = labels[key] ?? labels[nodeKey];
      if (own !== undefined && values.includes(own)) return [];
      const moved = values.map((value) => label(node.name, nodeKey, value));
      const value = own ?? null;
      const patch = { metadata: { labels: { [key]: value } } };
      const text = own === undefined ? `${key}-` : `${key}=${own}`;
      return [...moved, patchVolume(volume, 'label-volume', patch, { label: text })];
    }),
  );
};
