import { withConfigurationDefaults } from '../config/defaults.ts';
import type { Handle, Plugin, PluginFactory } from '../framework/interface.ts';
import type { PluginArgs } from '../framework/plugin-args.ts';
import { withDefaults } from '../framework/plugin-args.ts';
import type { Profile } from '../framework/profile.ts';
import { defaultRelease } from '../framework/release.ts';
import { DefaultBinder } from './default-binder/default-binder.ts';
import { DefaultPreemption } from './default-preemption/default-preemption.ts';
import { ImageLocality } from './image-locality/image-locality.ts';
import { InterPodAffinity } from './inter-pod-affinity/inter-pod-affinity.ts';
import { NodeAffinity } from './node-affinity/node-affinity.ts';
import { NodeName } from './node-name/node-name.ts';
import { NodePorts } from './node-ports/node-ports.ts';
import { NodeResourcesBalancedAllocation } from './node-resources/node-resources-balanced-allocation.ts';
import { NodeResourcesFit } from './node-resources/node-resources-fit.ts';
import { NodeUnschedulable } from './node-unschedulable/node-unschedulable.ts';
import { NodeVolumeLimits } from './node-volume-limits/node-volume-limits.ts';
import { PodTopologySpread } from './pod-topology-spread/pod-topology-spread.ts';
import { PrioritySort } from './priority-sort/priority-sort.ts';
import { SchedulingGates } from './scheduling-gates/scheduling-gates.ts';
import { TaintToleration } from './taint-toleration/taint-toleration.ts';
import { VolumeBinding } from './volume-binding/volume-binding.ts';
import { VolumeRestrictions } from './volume-restrictions/volume-restrictions.ts';
import { VolumeZone } from './volume-zone/volume-zone.ts';

function release(handle: Handle): string {
  return handle.release ?? defaultRelease;
}

/** A plugin with arguments; those that were left out have their defaults. */
function withArgs<K extends keyof PluginArgs>(
  name: K,
  make: (args: PluginArgs[K], handle: Handle) => Plugin,
): PluginFactory {
  return (args, handle) => make(withDefaults(name, args), handle);
}

/** Every plugin there is, by name. Models plugins/registry.go (v1.34). */
export const inTreeRegistry: Readonly<Record<string, PluginFactory>> = {
  PrioritySort: () => new PrioritySort(),
  SchedulingGates: () => new SchedulingGates(),
  NodeUnschedulable: () => new NodeUnschedulable(),
  NodeName: () => new NodeName(),
  TaintToleration: (_args, handle) => new TaintToleration(release(handle)),
  NodeAffinity: withArgs('NodeAffinity', (args) => new NodeAffinity(args)),
  NodePorts: () => new NodePorts(),
  NodeResourcesFit: withArgs(
    'NodeResourcesFit',
    (args, handle) => new NodeResourcesFit(args, release(handle)),
  ),
  VolumeRestrictions: (_args, handle) => new VolumeRestrictions(handle),
  NodeVolumeLimits: (_args, handle) => new NodeVolumeLimits(handle),
  VolumeBinding: withArgs('VolumeBinding', (args, handle) => new VolumeBinding(args, handle)),
  VolumeZone: (_args, handle) => new VolumeZone(handle),
  PodTopologySpread: withArgs('PodTopologySpread', (args, handle) => new PodTopologySpread(args, handle)),
  InterPodAffinity: withArgs('InterPodAffinity', (args, handle) => new InterPodAffinity(args, handle)),
  NodeResourcesBalancedAllocation: withArgs(
    'NodeResourcesBalancedAllocation',
    (args) => new NodeResourcesBalancedAllocation(args),
  ),
  ImageLocality: (_args, handle) => new ImageLocality(handle),
  DefaultPreemption: withArgs('DefaultPreemption', (args, handle) => new DefaultPreemption(args, handle)),
  DefaultBinder: (_args, handle) => new DefaultBinder(handle),
};

/** What kube-scheduler runs without a configuration file. */
export const defaultProfile: Profile = withConfigurationDefaults({}).profiles[0] as Profile;
