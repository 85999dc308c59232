import type { ExtensionPoint } from './extension-points.ts';
import { extensionPoints, methodOf, typeName } from './extension-points.ts';
import type { Plugin } from './interface.ts';
import { maxNodeScore } from './interface.ts';
import type { Profile } from './profile.ts';

export type PluginsByPoint = Readonly<Record<ExtensionPoint, readonly Plugin[]>>;

/** More than this in total could not be added up upstream: math.MaxInt64. */
const maxTotalScore = 2 ** 63;

function extendsPoint(plugin: Plugin, point: ExtensionPoint): boolean {
  return methodOf[point] in plugin;
}

/**
 * Which plugins run at which point, in order: those of the point that also are on everywhere, the others that are on
 * everywhere, and the rest of the point. Models updatePluginList and expandMultiPointPlugins of framework/runtime (v1.34).
 * @throws Error with upstream's message for an unknown plugin, one named twice, one that does not extend the point
 */
export function expandPlugins(profile: Profile, instances: ReadonlyMap<string, Plugin>): PluginsByPoint {
  const specific = Object.fromEntries(
    extensionPoints.map((point) => [point, pointPlugins(profile, point, instances)]),
  );
  const all = extensionPoints.map((point) => {
    const names = specific[point] as readonly string[];
    return [point, expanded(profile, point, names, instances)] as const;
  });
  return Object.fromEntries(all) as Record<ExtensionPoint, Plugin[]>;
}

function pointPlugins(
  profile: Profile,
  point: ExtensionPoint,
  instances: ReadonlyMap<string, Plugin>,
): string[] {
  const names: string[] = [];
  for (const { name } of profile.points?.[point]?.enabled ?? []) {
    const plugin = instances.get(name);
    if (plugin === undefined) throw new Error(`${typeName(point)} ${JSON.stringify(name)} does not exist`);
    if (!extendsPoint(plugin, point))
      throw new Error(`plugin ${JSON.stringify(name)} does not extend ${typeName(point)} plugin`);
    if (names.includes(name)) throw twice(name, point);
    names.push(name);
  }
  return names;
}

function expanded(
  profile: Profile,
  point: ExtensionPoint,
  specific: readonly string[],
  instances: ReadonlyMap<string, Plugin>,
): Plugin[] {
  const disabled = profile.points?.[point]?.disabled ?? [];
  const everywhere: string[] = [];
  const overriding = new Set<string>();
  for (const { name } of disabled.includes('*') ? [] : profile.plugins) {
    const plugin = instances.get(name);
    if (plugin === undefined) throw new Error(`${typeName(point)} ${JSON.stringify(name)} does not exist`);
    if (!extendsPoint(plugin, point) || disabled.includes(name)) continue;
    if (specific.includes(name)) overriding.add(name);
    else if (everywhere.includes(name)) throw twice(name, point);
    else everywhere.push(name);
  }
  return [
    ...specific.filter((name) => overriding.has(name)),
    ...everywhere,
    ...specific.filter((name) => !overriding.has(name)),
  ].map((name) => instances.get(name) as Plugin);
}

function twice(name: string, point: ExtensionPoint): Error {
  return new Error(`plugin ${JSON.stringify(name)} already registered as ${JSON.stringify(typeName(point))}`);
}

/** Weights of the score plugins: that of the point wins, none stands for 1. Models getScoreWeights (v1.34). @throws Error when they are too large */
export function scoreWeights(
  profile: Profile,
  instances: ReadonlyMap<string, Plugin>,
): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  let total = 0;
  for (const { name, weight } of [...(profile.points?.score?.enabled ?? []), ...profile.plugins]) {
    const plugin = instances.get(name);
    if (plugin === undefined || !extendsPoint(plugin, 'score') || weights.has(name)) continue;
    const own = weight === undefined || weight === 0 ? 1 : weight;
    weights.set(name, own);
    total += own * maxNodeScore;
    if (total > maxTotalScore) throw new Error('total score of Score plugins could overflow');
  }
  return weights;
}
