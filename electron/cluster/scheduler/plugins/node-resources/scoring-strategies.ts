import { maxNodeScore } from '../../framework/interface.ts';
import type { ScoringStrategy, UtilizationShapePoint } from '../../framework/plugin-args.ts';
import type { AllocationScorer } from './resource-allocation.ts';

/** The score (0 to 100) of one resource. */
type ResourceScore = (requested: number, capacity: number) => number;

/** The larger share stays free, the better. */
const least: ResourceScore = (requested, capacity) =>
  requested > capacity ? 0 : Math.floor(((capacity - requested) * maxNodeScore) / capacity);

/** The fuller, the better; Pods without requests may ask for more than there is. */
const most: ResourceScore = (requested, capacity) =>
  Math.floor((Math.min(requested, capacity) * maxNodeScore) / capacity);

/** Scores of the file go to 10, those of nodes to 100. */
const scale = maxNodeScore / 10;

/** A function through the points, level before the first and after the last. Models BuildBrokenLinearFunction (v1.34). */
function brokenLinear(shape: readonly UtilizationShapePoint[]): (utilization: number) => number {
  const points = shape.map(({ utilization = 0, score = 0 }) => ({ x: utilization, y: score * scale }));
  return (utilization) => {
    for (const [index, { x, y }] of points.entries()) {
      if (utilization > x) continue;
      const before = points[index - 1];
      return before === undefined
        ? y
        : before.y + Math.trunc(((y - before.y) * (utilization - before.x)) / (x - before.x));
    }
    return points.at(-1)?.y ?? 0;
  };
}

/** How NodeResourcesFit scores. Models least_allocated.go, most_allocated.go and requested_to_capacity_ratio.go (v1.34). */
export function strategyScorer({
  type,
  resources,
  requestedToCapacityRatio,
}: ScoringStrategy): AllocationScorer {
  const weights = resources.map(({ weight }) => weight);
  if (type === 'LeastAllocated') return weightedMean(weights, least);
  if (type === 'MostAllocated') return weightedMean(weights, most);
  const shape = brokenLinear(requestedToCapacityRatio?.shape ?? []);
  return ratioMean(weights, (requested, capacity) =>
    requested > capacity ? shape(100) : shape(Math.floor((requested * 100) / capacity)),
  );
}

function weightedMean(weights: readonly number[], scoreOf: ResourceScore): AllocationScorer {
  return (requested, allocatable) => {
    let sum = 0;
    let weightSum = 0;
    for (let index = 0; index < weights.length; index += 1) {
      const capacity = allocatable[index] as number;
      if (capacity === 0) continue;
      const weight = weights[index] as number;
      sum += scoreOf(requested[index] as number, capacity) * weight;
      weightSum += weight;
    }
    return weightSum === 0 ? 0 : Math.floor(sum / weightSum);
  };
}

/** Resources that score nothing do not count at all, and the mean is rounded. */
function ratioMean(weights: readonly number[], scoreOf: ResourceScore): AllocationScorer {
  return (requested, allocatable) => {
    let sum = 0;
    let weightSum = 0;
    for (const [index, weight] of weights.entries()) {
      const capacity = allocatable[index] as number;
      const score = capacity === 0 ? 0 : scoreOf(requested[index] as number, capacity);
      if (score <= 0) continue;
      sum += score * weight;
      weightSum += weight;
    }
    return weightSum === 0 ? 0 : Math.round(sum / weightSum);
  };
}
