import { validateLabelSelector } from '../../../../apimachinery/validation/label-selector.ts';
import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import {
  forbidden,
  invalid,
  notSupported,
  required,
} from '../../../../apimachinery/validation/field-error.ts';
import { isQualifiedName, isValidLabelValue } from '../../../../apimachinery/validation/names.ts';
import { at, child } from '../../../../apimachinery/validation/path.ts';
import type { PodSpec, Toleration } from '../../../types.ts';

type Affinity = NonNullable<PodSpec['affinity']>;
type NodeSelectorTerm = NonNullable<
  NonNullable<Affinity['nodeAffinity']>['requiredDuringSchedulingIgnoredDuringExecution']
>['nodeSelectorTerms'][number];
type PodAffinityTerm = NonNullable<
  NonNullable<Affinity['podAffinity']>['requiredDuringSchedulingIgnoredDuringExecution']
>[number];
type SpreadConstraint = NonNullable<PodSpec['topologySpreadConstraints']>[number];

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

/** Tolerations. Models ValidateTolerations (v1.34). */
export function validateTolerations(tolerations: readonly Toleration[], path: string): FieldError[] {
  const errors: FieldError[] = [];
  tolerations.forEach((toleration, index) => {
    const where = at(path, index);
    const { key = '', operator = '', value = '', effect = '' } = toleration;
    if (key !== '')
      for (const message of isQualifiedName(key)) errors.push(invalid(child(where, 'key'), key, message));
    if (key === '' && operator !== 'Exists') {
      const detail =
        'operator must be Exists when `key` is empty, which means "match all values and all keys"';
      errors.push(invalid(child(where, 'operator'), operator, detail));
    }
    if (toleration.tolerationSeconds !== undefined && effect !== 'NoExecute') {
      errors.push(
        invalid(child(where, 'effect'), effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"),
      );
    }
    if (operator === 'Equal' || operator === '') {
      const messages = isValidLabelValue(value);
      if (messages.length > 0) errors.push(invalid(child(where, 'operator'), value, messages.join(';')));
    } else if (operator === 'Exists') {
      if (value !== '')
        errors.push(
          invalid(child(where, 'operator'), toleration, "value must be empty when `operator` is 'Exists'"),
        );
    } else {
      errors.push(notSupported(child(where, 'operator'), operator, ['Equal', 'Exists']));
    }
    if (effect !== '' && !EFFECTS.includes(effect))
      errors.push(notSupported(child(where, 'effect'), effect, EFFECTS));
  });
  return errors;
}

/** Node and Pod affinity. Models validateAffinity (v1.34). */
export function validateAffinity(affinity: Affinity, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const { nodeAffinity, podAffinity, podAntiAffinity } = affinity;
  if (nodeAffinity !== undefined) {
    const where = child(path, 'nodeAffinity');
    const demanded = nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution;
    if (demanded !== undefined) {
      const terms = child(
        child(where, 'requiredDuringSchedulingIgnoredDuringExecution'),
        'nodeSelectorTerms',
      );
      if ((demanded.nodeSelectorTerms?.length ?? 0) === 0)
        errors.push(required(terms, 'must have at least one node selector term'));
      demanded.nodeSelectorTerms?.forEach((term, index) =>
        errors.push(...validateNodeTerm(term, at(terms, index))),
      );
    }
    nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution?.forEach((preference, index) => {
      const item = at(child(where, 'preferredDuringSchedulingIgnoredDuringExecution'), index);
      errors.push(...validateWeight(preference.weight, child(item, 'weight')));
      errors.push(...validateNodeTerm(preference.preference, child(item, 'preference')));
    });
  }
  for (const [name, pods] of [
    ['podAffinity', podAffinity],
    ['podAntiAffinity', podAntiAffinity],
  ] as const) {
    if (pods === undefined) continue;
    const where = child(path, name);
    pods.requiredDuringSchedulingIgnoredDuringExecution?.forEach((term, index) => {
      errors.push(
        ...validatePodTerm(term, at(child(where, 'requiredDuringSchedulingIgnoredDuringExecution'), index)),
      );
    });
    pods.preferredDuringSchedulingIgnoredDuringExecution?.forEach((weighted, index) => {
      const item = at(child(where, 'preferredDuringSchedulingIgnoredDuringExecution'), index);
      errors.push(...validateWeight(weighted.weight, child(item, 'weight')));
      errors.push(...validatePodTerm(weighted.podAffinityTerm, child(item, 'podAffinityTerm')));
    });
  }
  return errors;
}

function validateWeight(weight: number, path: string): FieldError[] {
  return weight >= 1 && weight <= 100 ? [] : [invalid(path, weight, 'must be in the range 1-100')];
}

function validateNodeTerm(term: NodeSelectorTerm, path: string): FieldError[] {
  const errors: FieldError[] = [];
  term.matchExpressions?.forEach((expression, index) => {
    const where = at(child(path, 'matchExpressions'), index);
    const count = expression.values?.length ?? 0;
    switch (expression.operator) {
      case 'In':
      case 'NotIn':
        if (count === 0)
          errors.push(
            required(child(where, 'values'), "must be specified when `operator` is 'In' or 'NotIn'"),
          );
        break;
      case 'Exists':
      case 'DoesNotExist':
        if (count > 0)
          errors.push(
            forbidden(
              child(where, 'values'),
              "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
            ),
          );
        break;
      case 'Gt':
      case 'Lt':
        if (count !== 1)
          errors.push(
            required(
              child(where, 'values'),
              "must be specified single value when `operator` is 'Lt' or 'Gt'",
            ),
          );
        break;
      default:
        errors.push(
          invalid(child(where, 'operator'), expression.operator ?? '', 'not a valid selector operator'),
        );
    }
    for (const message of isQualifiedName(expression.key ?? ''))
      errors.push(invalid(child(where, 'key'), expression.key ?? '', message));
    expression.values?.forEach((value, position) => {
      for (const message of isValidLabelValue(value))
        errors.push(invalid(at(child(where, 'values'), position), value, message));
    });
  });
  term.matchFields?.forEach((expression, index) => {
    const where = at(child(path, 'matchFields'), index);
    if (expression.operator !== 'In' && expression.operator !== 'NotIn') {
      errors.push(
        invalid(child(where, 'operator'), expression.operator ?? '', 'not a valid selector operator'),
      );
    } else if (expression.values?.length !== 1) {
      errors.push(
        required(
          child(where, 'values'),
          "must be only one value when `operator` is 'In' or 'NotIn' for node field selector",
        ),
      );
    }
    if (expression.key !== 'metadata.name')
      errors.push(invalid(child(where, 'key'), expression.key ?? '', 'not a valid field selector key'));
  });
  return errors;
}

function validatePodTerm(term: PodAffinityTerm, path: string): FieldError[] {
  const errors = validateLabelSelector(term.labelSelector, child(path, 'labelSelector'));
  if ((term.topologyKey ?? '') === '') errors.push(required(child(path, 'topologyKey'), 'can not be empty'));
  else
    for (const message of isQualifiedName(term.topologyKey))
      errors.push(invalid(child(path, 'topologyKey'), term.topologyKey, message));
  errors.push(...validateLabelKeys(term, path));
  return errors;
}

/**
 * Keys whose values a selector takes from the Pod itself. A Pod is judged after they were merged, a template before: a key
 * may be in the selector once. Models validateMatchLabelKeysAndMismatchLabelKeys (v1.34).
 */
function validateLabelKeys(
  keyed: Pick<PodAffinityTerm, 'labelSelector' | 'matchLabelKeys' | 'mismatchLabelKeys'>,
  path: string,
): FieldError[] {
  const errors: FieldError[] = [];
  const { labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] } = keyed;
  for (const [name, keys] of [
    ['matchLabelKeys', matchLabelKeys],
    ['mismatchLabelKeys', mismatchLabelKeys],
  ] as const) {
    const where = child(path, name);
    if (keys.length > 0 && labelSelector === undefined)
      errors.push(forbidden(where, 'must not be specified when labelSelector is not set'));
    else
      keys.forEach((key, index) => {
        for (const message of isQualifiedName(key)) errors.push(invalid(at(where, index), key, message));
      });
  }
  const seen = new Set(Object.keys(labelSelector?.matchLabels ?? {}));
  for (const { key } of labelSelector?.matchExpressions ?? []) {
    const index = matchLabelKeys.indexOf(key);
    if (index >= 0 && seen.has(key))
      errors.push(invalid(at(path, index), key, 'exists in both matchLabelKeys and labelSelector'));
    seen.add(key);
  }
  mismatchLabelKeys.forEach((key, index) => {
    if (matchLabelKeys.includes(key))
      errors.push(
        invalid(
          at(child(path, 'matchLabelKeys'), index),
          key,
          'exists in both matchLabelKeys and mismatchLabelKeys',
        ),
      );
  });
  return errors;
}

/** Topology spread constraints. Models validateTopologySpreadConstraints (v1.34). */
export function validateSpread(constraints: readonly SpreadConstraint[], path: string): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  constraints.forEach((constraint, index) => {
    const where = at(path, index);
    const { maxSkew = 0, topologyKey = '', whenUnsatisfiable = '' } = constraint;
    if (maxSkew <= 0) errors.push(invalid(child(where, 'maxSkew'), maxSkew, 'must be greater than zero'));
    if (topologyKey === '') errors.push(required(child(where, 'topologyKey'), 'can not be empty'));
    else
      for (const message of isQualifiedName(topologyKey))
        errors.push(invalid(child(where, 'topologyKey'), topologyKey, message));
    if (whenUnsatisfiable !== 'DoNotSchedule' && whenUnsatisfiable !== 'ScheduleAnyway') {
      errors.push(
        notSupported(child(where, 'whenUnsatisfiable'), whenUnsatisfiable, [
          'DoNotSchedule',
          'ScheduleAnyway',
        ]),
      );
    }
    const pair = `{${topologyKey}, ${whenUnsatisfiable}}`;
    if (seen.has(pair)) {
      errors.push({
        type: 'FieldValueDuplicate',
        field: child(where, '{topologyKey, whenUnsatisfiable}'),
        body: `Duplicate value: "${pair}"`,
      });
    }
    seen.add(pair);
    const { minDomains } = constraint;
    if (minDomains !== undefined && minDomains <= 0) {
      errors.push(invalid(child(where, 'minDomains'), minDomains, 'must be greater than zero'));
    }
    if (minDomains !== undefined && whenUnsatisfiable !== 'DoNotSchedule') {
      const detail = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`;
      errors.push(invalid(child(where, 'minDomains'), minDomains, detail));
    }
    errors.push(...validateLabelSelector(constraint.labelSelector, child(where, 'labelSelector')));
    errors.push(...validateLabelKeys(constraint, where));
  });
  return errors;
}
