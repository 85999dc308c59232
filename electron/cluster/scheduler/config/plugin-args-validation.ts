import type { NodeSelectorRequirement, NodeSelectorTerm } from '../../api/helpers/node-selector.ts';
import type { FieldError } from '../../apimachinery/validation/field-error.ts';
import {
  duplicate,
  forbidden,
  invalid,
  notSupported,
  required,
} from '../../apimachinery/validation/field-error.ts';
import { isQualifiedName } from '../../apimachinery/validation/names.ts';
import type { FieldPath } from '../../apimachinery/validation/path.ts';
import { at, child } from '../../apimachinery/validation/path.ts';
import type {
  DefaultPreemptionArgs,
  InterPodAffinityArgs,
  NodeAffinityArgs,
  NodeResourcesBalancedAllocationArgs,
  NodeResourcesFitArgs,
  PluginArgs,
  PodTopologySpreadArgs,
  ResourceSpec,
  UtilizationShapePoint,
  VolumeBindingArgs,
} from '../framework/plugin-args.ts';

const strategies = ['LeastAllocated', 'MostAllocated', 'RequestedToCapacityRatio'];
const operators = ['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'];

/** What is wrong with the arguments of a plugin, defaults filled in. Models validation_pluginargs.go (v1.34). */
export const argsValidation: {
  readonly [K in keyof PluginArgs]: (path: FieldPath, args: PluginArgs[K]) => FieldError[];
} = {
  DefaultPreemption: defaultPreemption,
  InterPodAffinity: interPodAffinity,
  NodeAffinity: nodeAffinity,
  NodeResourcesBalancedAllocation: balancedAllocation,
  NodeResourcesFit: fit,
  PodTopologySpread: topologySpread,
  VolumeBinding: volumeBinding,
};

function defaultPreemption(path: FieldPath, args: DefaultPreemptionArgs): FieldError[] {
  const errors: FieldError[] = [];
  const [percentagePath, absolutePath] = ['minCandidateNodesPercentage', 'minCandidateNodesAbsolute'].map(
    (name) => child(path, name),
  ) as [FieldPath, FieldPath];
  const { minCandidateNodesPercentage: percentage, minCandidateNodesAbsolute: absolute } = args;
  if (percentage < 0 || percentage > 100)
    errors.push(invalid(percentagePath, percentage, 'not in valid range [0, 100]'));
  if (absolute < 0) errors.push(invalid(absolutePath, absolute, 'not in valid range [0, inf)'));
  if (percentage === 0 && absolute === 0) {
    const both = 'cannot be zero at the same time as';
    errors.push(invalid(percentagePath, percentage, `${both} minCandidateNodesAbsolute`));
    errors.push(invalid(absolutePath, absolute, `${both} minCandidateNodesPercentage`));
  }
  return errors;
}

function interPodAffinity(path: FieldPath, { hardPodAffinityWeight }: InterPodAffinityArgs): FieldError[] {
  return hardPodAffinityWeight >= 0 && hardPodAffinityWeight <= 100
    ? []
    : [invalid(child(path, 'hardPodAffinityWeight'), hardPodAffinityWeight, 'not in valid range [0, 100]')];
}

function nodeAffinity(path: FieldPath, { addedAffinity }: NodeAffinityArgs): FieldError[] {
  if (addedAffinity === undefined) return [];
  const errors: FieldError[] = [];
  const added = child(path, 'addedAffinity');
  const requiredPath = child(added, 'requiredDuringSchedulingIgnoredDuringExecution');
  const required = addedAffinity.requiredDuringSchedulingIgnoredDuringExecution;
  for (const [index, term] of (required?.nodeSelectorTerms ?? []).entries())
    errors.push(...selectorTerm(at(child(requiredPath, 'nodeSelectorTerms'), index), term));
  const preferredPath = child(added, 'preferredDuringSchedulingIgnoredDuringExecution');
  for (const [index, { weight, preference }] of (
    addedAffinity.preferredDuringSchedulingIgnoredDuringExecution ?? []
  ).entries())
    if (weight !== 0) errors.push(...selectorTerm(at(preferredPath, index), preference));
  return errors;
}

function selectorTerm(
  path: FieldPath,
  { matchExpressions = [], matchFields = [] }: NodeSelectorTerm,
): FieldError[] {
  return [
    ...matchExpressions.flatMap((one, index) => requirement(at(child(path, 'matchExpressions'), index), one)),
    ...matchFields.flatMap((one, index) => fieldRequirement(at(child(path, 'matchFields'), index), one)),
  ];
}

/** Models nodeSelectorRequirementsAsSelector of component-helpers nodeaffinity (v1.34). */
function requirement(path: FieldPath, { key, operator, values = [] }: NodeSelectorRequirement): FieldError[] {
  const errors: FieldError[] = [];
  if (!operators.includes(operator)) return [notSupported(child(path, 'operator'), operator, operators)];
  const keyErrors = isQualifiedName(key);
  if (keyErrors.length > 0) errors.push(invalid(child(path, 'key'), key, keyErrors.join('; ')));
  const wrong = (why: string): void => void errors.push(invalid(child(path, 'values'), values, why));
  if ((operator === 'In' || operator === 'NotIn') && values.length === 0)
    wrong("for 'in', 'notin' operators, values set can't be empty");
  if ((operator === 'Exists' || operator === 'DoesNotExist') && values.length > 0)
    wrong('values set must be empty for exists and does not exist');
  if ((operator === 'Gt' || operator === 'Lt') && values.length !== 1)
    wrong("for 'Gt', 'Lt' operators, exactly one value is required");
  return errors;
}

function fieldRequirement(path: FieldPath, { operator, values = [] }: NodeSelectorRequirement): FieldError[] {
  if (operator !== 'In' && operator !== 'NotIn')
    return [notSupported(child(path, 'operator'), operator, ['In', 'NotIn'])];
  return values.length === 1 ? [] : [required(child(path, 'values'), 'must have one element')];
}

function balancedAllocation(
  path: FieldPath,
  { resources }: NodeResourcesBalancedAllocationArgs,
): FieldError[] {
  const errors: FieldError[] = [];
  for (const [index, { name, weight }] of resources.entries()) {
    const own = at(child(path, 'resources'), index);
    if (resources.findIndex((other) => other.name === name) < index)
      errors.push(duplicate(child(own, 'name'), name));
    if (weight !== 1) errors.push(invalid(child(own, 'weight'), weight, 'must be 1'));
  }
  return errors;
}

function fit(path: FieldPath, args: NodeResourcesFitArgs): FieldError[] {
  const errors: FieldError[] = [];
  const label = (where: FieldPath, name: string): void => {
    for (const why of isQualifiedName(name)) errors.push(invalid(where, name, why));
  };
  for (const [index, name] of (args.ignoredResources ?? []).entries())
    label(at(child(path, 'ignoredResources'), index), name);
  for (const [index, group] of (args.ignoredResourceGroups ?? []).entries()) {
    const own = at(child(path, 'ignoredResourceGroups'), index);
    if (group.includes('/')) errors.push(invalid(own, group, "resource group name can't contain '/'"));
    label(own, group);
  }
  const strategyPath = child(path, 'scoringStrategy');
  const { type, resources, requestedToCapacityRatio: ratio } = args.scoringStrategy;
  if (!strategies.includes(type)) errors.push(notSupported(child(strategyPath, 'type'), type, strategies));
  errors.push(...weights(child(strategyPath, 'resources'), resources));
  const ratioPath = child(strategyPath, 'requestedToCapacityRatio');
  if (type === 'RequestedToCapacityRatio') {
    if (ratio === undefined)
      errors.push(required(ratioPath, 'must be specified when type is RequestedToCapacityRatio'));
    else errors.push(...functionShape(child(ratioPath, 'shape'), ratio.shape ?? []));
  } else if (ratio !== undefined) {
    errors.push(forbidden(ratioPath, 'must be nil when type is not RequestedToCapacityRatio'));
  }
  return errors;
}

function weights(path: FieldPath, resources: readonly ResourceSpec[]): FieldError[] {
  return resources.flatMap(({ name, weight }, index) =>
    weight > 0 && weight <= 100
      ? []
      : [
          invalid(
            child(at(path, index), 'weight'),
            weight,
            `resource weight of ${name} not in valid range (0, 100]`,
          ),
        ],
  );
}

function functionShape(path: FieldPath, shape: readonly UtilizationShapePoint[]): FieldError[] {
  if (shape.length === 0) return [required(path, 'at least one point must be specified')];
  const errors: FieldError[] = [];
  const of = (index: number): number => shape[index]?.utilization ?? 0;
  const unsorted = shape.findIndex((_, index) => index > 0 && of(index - 1) >= of(index));
  if (unsorted > 0)
    errors.push(
      invalid(
        child(at(path, unsorted), 'utilization'),
        of(unsorted),
        'values must be sorted in increasing order',
      ),
    );
  for (const [index, { utilization = 0, score = 0 }] of shape.entries()) {
    const own = at(path, index);
    if (utilization < 0 || utilization > 100)
      errors.push(invalid(child(own, 'utilization'), utilization, 'not in valid range [0, 100]'));
    if (score < 0 || score > 10)
      errors.push(invalid(child(own, 'score'), score, 'not in valid range [0, 10]'));
  }
  return errors;
}

function topologySpread(path: FieldPath, args: PodTopologySpreadArgs): FieldError[] {
  const errors: FieldError[] = [];
  const { defaultConstraints: constraints = [], defaultingType } = args;
  const typePath = child(path, 'defaultingType');
  if (!['System', 'List'].includes(defaultingType))
    errors.push(notSupported(typePath, defaultingType, ['System', 'List']));
  else if (defaultingType === 'System' && constraints.length > 0)
    errors.push(invalid(typePath, defaultingType, 'when .defaultConstraints are not empty'));
  for (const [index, constraint] of constraints.entries()) {
    const { maxSkew = 0, topologyKey = '', whenUnsatisfiable = '' } = constraint;
    const own = at(child(path, 'defaultConstraints'), index);
    if (maxSkew <= 0) errors.push(invalid(child(own, 'maxSkew'), maxSkew, 'not in valid range (0, inf)'));
    const keyPath = child(own, 'topologyKey');
    if (topologyKey === '') errors.push(required(keyPath, 'can not be empty'));
    else for (const why of isQualifiedName(topologyKey)) errors.push(invalid(keyPath, topologyKey, why));
    const actionPath = child(own, 'whenUnsatisfiable');
    if (whenUnsatisfiable === '') errors.push(required(actionPath, 'can not be empty'));
    else if (!['DoNotSchedule', 'ScheduleAnyway'].includes(whenUnsatisfiable))
      errors.push(notSupported(actionPath, whenUnsatisfiable, ['DoNotSchedule', 'ScheduleAnyway']));
    if (constraint.labelSelector !== undefined)
      errors.push(
        forbidden(
          child(own, 'labelSelector'),
          'constraint must not define a selector, as they deduced for each pod',
        ),
      );
    const same = constraints.findIndex(
      (other) => other.topologyKey === topologyKey && other.whenUnsatisfiable === whenUnsatisfiable,
    );
    if (same >= 0 && same < index) errors.push(duplicate(own, `{${topologyKey}, ${whenUnsatisfiable}}`));
  }
  return errors;
}

function volumeBinding(path: FieldPath, { bindTimeoutSeconds, shape }: VolumeBindingArgs): FieldError[] {
  const errors: FieldError[] = [];
  if (bindTimeoutSeconds < 0)
    errors.push(
      invalid(
        child(path, 'bindTimeoutSeconds'),
        bindTimeoutSeconds,
        'invalid BindTimeoutSeconds, should not be a negative value',
      ),
    );
  if (shape !== undefined)
    errors.push(
      invalid(
        child(path, 'shape'),
        shape,
        'unexpected field `shape`, remove it or turn on the feature gate StorageCapacityScoring',
      ),
    );
  return errors;
}
