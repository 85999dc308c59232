import type { Proposer } from './interface.ts';
import { proposeLabels } from './node-affinity.ts';
import { proposeTolerations, proposeUncordon } from './node-conditions.ts';
import { proposePorts } from './node-ports.ts';
import { proposePodAffinity } from './pod-affinity.ts';
import { proposeSpread } from './pod-topology-spread.ts';
import { proposeResources } from './resources.ts';
import { proposeVolumeBinding } from './volume-binding.ts';
import { proposeVolumeLimits } from './volume-limits.ts';
import { proposeVolumeRestrictions } from './volume-restrictions.ts';
import { proposeVolumeZone } from './volume-zone.ts';

const proposeNoGates: Proposer = ({ pod }) => [
  {
    target: 'pod',
    patch: { spec: { schedulingGates: null } },
    wording: {
      id: 'remove-gates',
      params: { gates: (pod.spec?.schedulingGates ?? []).map(({ name }) => name).join(', ') },
    },
  },
];

/** What may lift a plugin's refusal. A plugin that is not here refuses for good, as far as anybody here knows. */
export const proposers: Readonly<Record<string, Proposer>> = {
  SchedulingGates: proposeNoGates,
  NodeUnschedulable: proposeUncordon,
  TaintToleration: proposeTolerations,
  NodeAffinity: proposeLabels,
  NodePorts: proposePorts,
  NodeResourcesFit: proposeResources,
  PodTopologySpread: proposeSpread,
  InterPodAffinity: proposePodAffinity,
  VolumeBinding: proposeVolumeBinding,
  VolumeZone: proposeVolumeZone,
  VolumeRestrictions: proposeVolumeRestrictions,
  NodeVolumeLimits: proposeVolumeLimits,
};
