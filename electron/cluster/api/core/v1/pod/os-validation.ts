import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import { forbidden, notSupported, required } from '../../../../apimachinery/validation/field-error.ts';
import { at, child } from '../../../../apimachinery/validation/path.ts';
import type { Container, PodSpec } from '../../../types.ts';

const SYSTEMS = ['linux', 'windows'];
const NOT_ON_WINDOWS = 'cannot be set for a windows pod';
const NOT_ON_LINUX = 'windows options cannot be set for a linux pod';

/** Fields of a Pod that Windows does not know, in the order in which they are complained about. */
const POD_FIELDS = [
  'securityContext.appArmorProfile',
  'securityContext.seLinuxOptions',
  'hostUsers',
  'hostPID',
  'hostIPC',
  'securityContext.seccompProfile',
  'securityContext.fsGroup',
  'securityContext.fsGroupChangePolicy',
  'securityContext.sysctls',
  'shareProcessNamespace',
  'securityContext.runAsUser',
  'securityContext.runAsGroup',
  'securityContext.supplementalGroups',
  'securityContext.supplementalGroupsPolicy',
  'securityContext.seLinuxChangePolicy',
];
const CONTAINER_FIELDS = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
];
/** Of these only what is switched on, or not empty, counts; of the others that they are there. */
const WHEN_GIVEN = ['hostPID', 'hostIPC', 'securityContext.sysctls'];

type Fields = Readonly<Record<string, unknown>>;

function fieldAt(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, name) => (inner as Fields | undefined)?.[name], value);
}

function isSet(spec: PodSpec, name: string): boolean {
  const value = fieldAt(spec, name);
  if (!WHEN_GIVEN.includes(name)) return value !== undefined;
  return Array.isArray(value) ? value.length > 0 : value === true;
}

/** Every container of a Pod with its path: init containers first. Models VisitContainersWithPath (pkg/apis/core/pods, v1.34). */
export function containersWithPath(spec: PodSpec, path: string): (readonly [Container, string])[] {
  const of = (
    name: 'initContainers' | 'containers' | 'ephemeralContainers',
  ): (readonly [Container, string])[] =>
    ((spec[name] ?? []) as readonly Container[]).map((one, index) => [one, at(child(path, name), index)]);
  return [...of('initContainers'), ...of('containers'), ...of('ephemeralContainers')];
}

function validateWindows(spec: PodSpec, path: string): FieldError[] {
  const errors = POD_FIELDS.filter((name) => isSet(spec, name)).map((name) =>
    forbidden(child(path, name), NOT_ON_WINDOWS),
  );
  for (const [{ securityContext }, where] of containersWithPath(spec, path)) {
    const context = securityContext as Fields | undefined;
    for (const name of CONTAINER_FIELDS)
      if (context?.[name] !== undefined)
        errors.push(forbidden(child(child(where, 'securityContext'), name), NOT_ON_WINDOWS));
  }
  return errors;
}

function validateLinux(spec: PodSpec, path: string): FieldError[] {
  const of = (owner: { readonly securityContext?: object | undefined }, where: string): FieldError[] =>
    (owner.securityContext as Fields | undefined)?.['windowsOptions'] === undefined
      ? []
      : [forbidden(child(where, 'securityContext.windowsOptions'), NOT_ON_LINUX)];
  return [
    ...of(spec, path),
    ...containersWithPath(spec, path).flatMap(([container, where]) => of(container, where)),
  ];
}

/**
 * What a Pod may say when it says for which operating system it is. Models validateOS, validateLinux and validateWindows
 * (pkg/apis/core/validation/validation.go, v1.34).
 */
export function validatePodOS(spec: PodSpec, path: string): FieldError[] {
  if (spec.os === undefined) return [];
  const name = spec.os.name ?? '';
  if (name === '') return [required(child(path, 'os.name'), 'cannot be empty')];
  if (!SYSTEMS.includes(name)) return [notSupported(child(path, 'os'), name, SYSTEMS)];
  return name === 'windows' ? validateWindows(spec, path) : validateLinux(spec, path);
}
