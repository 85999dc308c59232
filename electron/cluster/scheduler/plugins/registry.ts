import type { PluginFactory } from '../framework/interface.ts';
import type { Profile } from '../framework/profile.ts';
import { DefaultBinder } from './default-binder/default-binder.ts';
import { DefaultPreemption } from './default-preemption/default-preemption.ts';
import { ImageLocality } from './image-locality/image-locality.ts';
import { InterPodAffinity } from './inter-pod-affinity/inter-pod-affinity.ts';
import { NodeAffinity } from './node-affinity/node-affinity.ts';
import { NodeName } from './node-name/node-name.ts';
import { NodePorts } from './node-ports/node-ports.ts';
import { NodeResourcesBalancedAllocation } from './node-resources-balanced-allocation/node-resources-balanced-allocation.ts';
import { NodeResourcesFit } from './node-resources-fit/node-resources-fit.ts';
import { NodeUnschedulable } from './node-unschedulable/node-unschedulable.ts';
import { PodTopologySpread } from './pod-topology-spread/pod-topology-spread.ts';
import { PrioritySort } from './priority-sort/priority-sort.ts';
import { SchedulingGates } from './scheduling-gates/scheduling-gates.ts';
import { TaintToleration } from './taint-toleration/taint-toleration.ts';
import { VolumeBinding } from './volume-binding/volume-binding.ts';

/** Every plugin there is, by name. Models plugins/registry.go (v1.34). */
export const inTreeRegistry: Readonly<Record<string, PluginFactory>> = {
  PrioritySort: () => new PrioritySort(),
  SchedulingGates: () => new SchedulingGates(),
  NodeUnschedulable: () => new NodeUnschedulable(),
  NodeName: () => new NodeName(),
  TaintToleration: () => new TaintToleration(),
  NodeAffinity: () => new NodeAffinity(),
  NodePorts: () => new NodePorts(),
  NodeResourcesFit: () => new NodeResourcesFit(),
  VolumeBinding: (_args, handle) => new VolumeBinding(handle),
  PodTopologySpread: (_args, handle) => new PodTopologySpread(handle),
  InterPodAffinity: (_args, handle) => new InterPodAffinity(handle),
  NodeResourcesBalancedAllocation: () => new NodeResourcesBalancedAllocation(),
  ImageLocality: (_args, handle) => new ImageLocality(handle),
  DefaultPreemption: (_args, handle) => new DefaultPreemption(handle),
  DefaultBinder: (_args, handle) => new DefaultBinder(handle),
};

/** What kube-scheduler runs without a configuration file, as far as the plugins exist here. Models default_plugins.go (v1.34). */
export const defaultProfile: Profile = {
  schedulerName: 'default-scheduler',
  plugins: [
    { name: 'SchedulingGates' },
    { name: 'PrioritySort' },
    { name: 'NodeUnschedulable' },
    { name: 'NodeName' },
    { name: 'TaintToleration', weight: 3 },
    { name: 'NodeAffinity', weight: 2 },
    { name: 'NodePorts' },
    { name: 'NodeResourcesFit', weight: 1 },
    { name: 'VolumeBinding' },
    { name: 'PodTopologySpread', weight: 2 },
    { name: 'InterPodAffinity', weight: 2 },
    { name: 'DefaultPreemption' },
    { name: 'NodeResourcesBalancedAllocation', weight: 1 },
    { name: 'ImageLocality', weight: 1 },
    { name: 'DefaultBinder' },
  ],
};
