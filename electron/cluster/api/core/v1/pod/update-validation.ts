import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import { forbidden, invalid, required } from '../../../../apimachinery/validation/field-error.ts';
import { sameValue } from '../../../../apimachinery/validation/object-meta.ts';
import { inclusiveRangeError } from '../../../../apimachinery/validation/names.ts';
import { at, child } from '../../../../apimachinery/validation/path.ts';
import { unifiedDiff } from '../../../../apimachinery/diff.ts';
import type { Container, Pod, PodSpec, Toleration } from '../../../types.ts';
import { internalDump } from './internal-dump.ts';
import { validateTolerations } from './scheduling-validation.ts';

const UPDATABLE = [
  '`spec.containers[*].image`',
  '`spec.initContainers[*].image`',
  '`spec.activeDeadlineSeconds`',
  '`spec.tolerations` (only additions to existing tolerations)',
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
].join(',');
const MAX_INT32 = 2147483647;

/** What an update may not change in a Pod's spec. Models ValidatePodUpdate (v1.34); metadata is checked elsewhere. */
export function validatePodSpecUpdate(pod: Pod, old: Pod): FieldError[] {
  const next = pod.spec as PodSpec;
  const previous = old.spec as PodSpec;
  const { errors, mayGoOn } = validateImages(next, previous);
  if (!mayGoOn) return errors;
  errors.push(...validateDeadline(next, previous), ...validateGateChanges(next, previous));
  errors.push(...validateAddedTolerations(next.tolerations ?? [], previous.tolerations ?? []));
  if (errors.length > 0 || next === previous) return errors;
  const gated = (previous.schedulingGates?.length ?? 0) > 0;
  const munged: PodSpec = {
    ...next,
    containers: withImagesOf(next.containers, previous.containers),
    ...(next.initContainers === undefined
      ? {}
      : { initContainers: withImagesOf(next.initContainers, previous.initContainers ?? []) }),
    activeDeadlineSeconds: previous.activeDeadlineSeconds,
    tolerations: previous.tolerations,
    schedulingGates: previous.schedulingGates,
    ...(gated ? { nodeSelector: previous.nodeSelector, affinity: previous.affinity } : {}),
    terminationGracePeriodSeconds:
      (previous.terminationGracePeriodSeconds ?? 0) < 0 && next.terminationGracePeriodSeconds === 1
        ? previous.terminationGracePeriodSeconds
        : next.terminationGracePeriodSeconds,
  };
  if (gated) errors.push(...validateGatedSelector(next, previous));
  if (!sameValue(munged, previous)) {
    const diff = unifiedDiff(internalDump(previous), internalDump(munged));
    errors.push(forbidden('spec', `pod updates may not change fields other than ${UPDATABLE}\n${diff}`));
  }
  return errors;
}

function validateImages(next: PodSpec, previous: PodSpec): { errors: FieldError[]; mayGoOn: boolean } {
  const errors: FieldError[] = [];
  for (const name of ['containers', 'initContainers'] as const) {
    const containers = next[name] ?? [];
    const where = child('spec', name);
    if (containers.length !== (previous[name]?.length ?? 0)) {
      return { errors: [forbidden(where, 'pod updates may not add or remove containers')], mayGoOn: false };
    }
    containers.forEach((container, index) => {
      const image = container.image ?? '';
      if (image === '') errors.push(required(child(at(where, index), 'image')));
      else if (image.trim() !== image) {
        errors.push(
          invalid(child(at(where, index), 'image'), image, 'must not have leading or trailing whitespace'),
        );
      }
    });
  }
  return { errors, mayGoOn: true };
}

function withImagesOf(
  containers: readonly Container[],
  previous: readonly Container[],
): readonly Container[] {
  return containers.map((container, index) => {
    const image = previous[index]?.image;
    return container.image === image ? container : { ...container, image };
  });
}

function validateDeadline(next: PodSpec, previous: PodSpec): FieldError[] {
  const path = 'spec.activeDeadlineSeconds';
  const deadline = next.activeDeadlineSeconds;
  if (deadline === undefined) {
    if (previous.activeDeadlineSeconds === undefined) return [];
    return [invalid(path, undefined, 'must not update from a positive integer to nil value')];
  }
  if (deadline < 0 || deadline > MAX_INT32)
    return [invalid(path, deadline, inclusiveRangeError(0, MAX_INT32))];
  if (previous.activeDeadlineSeconds !== undefined && previous.activeDeadlineSeconds < deadline) {
    return [invalid(path, deadline, 'must be less than or equal to previous value')];
  }
  return [];
}

function validateGateChanges(next: PodSpec, previous: PodSpec): FieldError[] {
  const known = new Set(previous.schedulingGates?.map((gate) => gate.name));
  const errors: FieldError[] = [];
  next.schedulingGates?.forEach((gate, index) => {
    if (known.has(gate.name)) return;
    const detail = `only deletion is allowed, but found new scheduling gate '${gate.name}'`;
    errors.push(forbidden(at('spec.schedulingGates', index), detail));
  });
  return errors;
}

/** While a Pod is gated its node selector may be tightened, not loosened. */
function validateGatedSelector(next: PodSpec, previous: PodSpec): FieldError[] {
  const errors: FieldError[] = [];
  for (const name in previous.nodeSelector) {
    if (next.nodeSelector?.[name] !== previous.nodeSelector[name]) {
      errors.push(
        invalid(
          'spec.nodeSelector',
          next.nodeSelector ?? null,
          'only additions are allowed (no mutations or deletions)',
        ),
      );
      break;
    }
  }
  return errors;
}

function validateAddedTolerations(
  next: readonly Toleration[],
  previous: readonly Toleration[],
): FieldError[] {
  if (next === previous) return [];
  const same = (left: Toleration, right: Toleration): boolean =>
    (left.key ?? '') === (right.key ?? '') &&
    (left.operator ?? '') === (right.operator ?? '') &&
    (left.value ?? '') === (right.value ?? '') &&
    (left.effect ?? '') === (right.effect ?? '');
  if (!previous.every((old) => next.some((toleration) => same(toleration, old)))) {
    return [
      forbidden('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds'),
    ];
  }
  return validateTolerations(next, 'spec.tolerations');
}

/** What a status update may not do. Models ValidatePodStatusUpdate (v1.34); metadata is checked elsewhere. */
export function validatePodStatusUpdate(pod: Pod, old: Pod): FieldError[] {
  const errors: FieldError[] = [];
  const restartPolicy = old.spec?.restartPolicy;
  if (restartPolicy === 'Never' || restartPolicy === 'OnFailure') {
    errors.push(
      ...validateTransitions(
        pod.status?.containerStatuses,
        old.status?.containerStatuses,
        'status.containerStatuses',
        restartPolicy,
      ),
    );
  }
  if (
    (old.status?.qosClass ?? '') !== '' &&
    (pod.status?.qosClass ?? '') !== '' &&
    pod.status?.qosClass !== old.status?.qosClass
  ) {
    errors.push(invalid('status.qosClass', pod.status?.qosClass, 'field is immutable'));
  }
  return errors;
}

type Statuses = NonNullable<Pod['status']>['containerStatuses'];

/** A terminated container of a Pod that does not restart it stays terminated. */
function validateTransitions(
  next: Statuses,
  previous: Statuses,
  path: string,
  restartPolicy: string,
): FieldError[] {
  const errors: FieldError[] = [];
  previous?.forEach((old) => {
    const terminated = old.state?.terminated;
    if (terminated === undefined || (restartPolicy === 'OnFailure' && terminated.exitCode !== 0)) return;
    const index = next?.findIndex((status) => status.name === old.name) ?? -1;
    if (index < 0 || next?.[index]?.state?.terminated !== undefined) return;
    errors.push(
      forbidden(child(at(path, index), 'state'), 'may not be transitioned to non-terminated state'),
    );
  });
  return errors;
}
