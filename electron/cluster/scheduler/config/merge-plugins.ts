import type { PluginEntry, Plugins, PluginSet } from './types.ts';

/** On by default, everywhere they extend. Models getDefaultPlugins of config/v1/default_plugins.go (v1.34), without DynamicResources. */
export const defaultPlugins: readonly PluginEntry[] = [
  { name: 'SchedulingGates' },
  { name: 'PrioritySort' },
  { name: 'NodeUnschedulable' },
  { name: 'NodeName' },
  { name: 'TaintToleration', weight: 3 },
  { name: 'NodeAffinity', weight: 2 },
  { name: 'NodePorts' },
  { name: 'NodeResourcesFit', weight: 1 },
  { name: 'VolumeRestrictions' },
  { name: 'NodeVolumeLimits' },
  { name: 'VolumeBinding' },
  { name: 'VolumeZone' },
  { name: 'PodTopologySpread', weight: 2 },
  { name: 'InterPodAffinity', weight: 2 },
  { name: 'DefaultPreemption' },
  { name: 'NodeResourcesBalancedAllocation', weight: 1 },
  { name: 'ImageLocality', weight: 1 },
  { name: 'DefaultBinder' },
];

/** A profile's plugins over the defaults. Models mergePlugins (v1.34). */
export function mergePlugins(custom: Plugins = {}): Plugins {
  return { ...custom, multiPoint: mergeSet(defaultPlugins, custom.multiPoint ?? {}) };
}

/** What is configured again keeps its place; what is new comes after. A plugin named twice stays so, for the framework to refuse. */
function mergeSet(defaults: readonly PluginEntry[], { enabled = [], disabled = [] }: PluginSet): PluginSet {
  const off = new Set(disabled.map(({ name }) => name));
  const replaced = new Set<PluginEntry>();
  const merged: PluginEntry[] = [];
  for (const plugin of off.has('*') ? [] : defaults) {
    if (off.has(plugin.name)) continue;
    const again = enabled.findLast(({ name }) => name === plugin.name);
    if (again !== undefined) replaced.add(again);
    merged.push(again ?? plugin);
  }
  return { enabled: [...merged, ...enabled.filter((plugin) => !replaced.has(plugin))], disabled };
}
