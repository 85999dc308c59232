import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import {
  duplicate,
  invalid,
  notFound,
  notSupported,
  required,
} from '../../../../apimachinery/validation/field-error.ts';
import {
  isConfigMapKey,
  isDNS1123Label,
  isEnvVarName,
  isValidPortName,
  isValidPortNumber,
} from '../../../../apimachinery/validation/names.ts';
import { at, child } from '../../../../apimachinery/validation/path.ts';
import type { Container } from '../../../types.ts';
import { validateProbesAndHooks } from './handler-validation.ts';
import { validateResources } from './resources-validation.ts';
import { validateWindowsOptions } from './windows-options-validation.ts';

const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];
const TERMINATION_MESSAGE_POLICIES = ['FallbackToLogsOnError', 'File'];
const ENV_FIELD_PATHS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];
const CONTAINER_RESOURCES = /^(limits|requests)\.(cpu|memory|ephemeral-storage|hugepages-.*)$/;

type EnvVar = NonNullable<Container['env']>[number];

/** What of the Pod a container is checked against. */
export interface ContainerScope {
  readonly volumeNames: ReadonlySet<string>;
  readonly hostPorts: Set<string>;
  /** Names taken by containers before this one, of any kind. */
  readonly names: Set<string>;
}

/** One container of the Pod. Models validateContainerCommon and validateContainers (v1.34). */
export function validateContainer(
  container: Container,
  path: string,
  scope: ContainerScope,
  isInit: boolean,
): FieldError[] {
  const errors: FieldError[] = [];
  const name = container.name ?? '';
  if (name === '') errors.push(required(child(path, 'name')));
  else for (const message of isDNS1123Label(name)) errors.push(invalid(child(path, 'name'), name, message));
  const image = container.image ?? '';
  if (image === '') errors.push(required(child(path, 'image')));
  else if (image.trim() !== image) {
    errors.push(invalid(child(path, 'image'), image, 'must not have leading or trailing whitespace'));
  }
  const messagePolicy = container.terminationMessagePolicy ?? '';
  if (messagePolicy === '') errors.push(required(child(path, 'terminationMessagePolicy')));
  else if (!TERMINATION_MESSAGE_POLICIES.includes(messagePolicy)) {
    errors.push(
      notSupported(child(path, 'terminationMessagePolicy'), messagePolicy, ['File', 'FallbackToLogsOnError']),
    );
  }
  if (container.ports !== undefined) errors.push(...validatePorts(container.ports, child(path, 'ports')));
  if (container.env !== undefined) {
    container.env.forEach((variable, index) =>
      errors.push(...validateEnv(variable, at(child(path, 'env'), index))),
    );
  }
  if (container.envFrom !== undefined)
    errors.push(...validateEnvFrom(container.envFrom, child(path, 'envFrom')));
  if (container.volumeMounts !== undefined) {
    errors.push(...validateMounts(container.volumeMounts, child(path, 'volumeMounts'), scope.volumeNames));
  }
  errors.push(...validatePullPolicy(container.imagePullPolicy ?? '', child(path, 'imagePullPolicy')));
  if (container.resources !== undefined)
    errors.push(...validateResources(container.resources, child(path, 'resources')));
  errors.push(
    ...validateWindowsOptions(
      container.securityContext?.windowsOptions,
      child(path, 'securityContext.windowsOptions'),
    ),
  );
  if (name !== '' && scope.names.has(name)) errors.push(duplicate(child(path, 'name'), name));
  scope.names.add(name);
  if (isInit) errors.push(...validateInitOnly(container, path));
  else if (container.restartPolicy !== undefined) {
    errors.push({
      type: 'FieldValueForbidden',
      field: child(path, 'restartPolicy'),
      body: 'Forbidden: may not be set for non-init containers',
    });
  }
  if (
    container.lifecycle !== undefined ||
    container.livenessProbe !== undefined ||
    container.readinessProbe !== undefined ||
    container.startupProbe !== undefined
  ) {
    errors.push(...validateProbesAndHooks(container, path));
  }
  if (!isInit) errors.push(...validateHostPorts(container, path, scope.hostPorts));
  return errors;
}

function validateInitOnly(container: Container, path: string): FieldError[] {
  const { restartPolicy } = container;
  if (restartPolicy === 'Always') return [];
  const errors: FieldError[] = [];
  if (restartPolicy !== undefined)
    errors.push(notSupported(child(path, 'restartPolicy'), restartPolicy, ['Always']));
  for (const name of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
    if (container[name] === undefined) continue;
    errors.push({
      type: 'FieldValueForbidden',
      field: child(path, name),
      body: 'Forbidden: may not be set for init containers without restartPolicy=Always',
    });
  }
  return errors;
}

function validatePullPolicy(policy: string, path: string): FieldError[] {
  if (policy === '') return [required(path)];
  return PULL_POLICIES.includes(policy) ? [] : [notSupported(path, policy, PULL_POLICIES)];
}

function validatePorts(ports: NonNullable<Container['ports']>, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  ports.forEach((port, index) => {
    const where = at(path, index);
    const name = port.name ?? '';
    if (name !== '') {
      const messages = isValidPortName(name);
      for (const message of messages) errors.push(invalid(child(where, 'name'), name, message));
      if (messages.length === 0) {
        if (names.has(name)) errors.push(duplicate(child(where, 'name'), name));
        else names.add(name);
      }
    }
    const number = port.containerPort ?? 0;
    if (number === 0) errors.push(required(child(where, 'containerPort')));
    else
      for (const message of isValidPortNumber(number))
        errors.push(invalid(child(where, 'containerPort'), number, message));
    const hostPort = port.hostPort ?? 0;
    if (hostPort !== 0) {
      for (const message of isValidPortNumber(hostPort))
        errors.push(invalid(child(where, 'hostPort'), hostPort, message));
    }
    const protocol = port.protocol ?? '';
    if (protocol === '') errors.push(required(child(where, 'protocol')));
    else if (!PROTOCOLS.includes(protocol))
      errors.push(notSupported(child(where, 'protocol'), protocol, PROTOCOLS));
  });
  return errors;
}

function validateHostPorts(container: Container, path: string, taken: Set<string>): FieldError[] {
  const errors: FieldError[] = [];
  container.ports?.forEach((port, index) => {
    if ((port.hostPort ?? 0) === 0) return;
    const key = `${port.protocol ?? 'TCP'}/${port.hostIP ?? ''}/${port.hostPort}`;
    if (taken.has(key)) errors.push(duplicate(child(at(child(path, 'ports'), index), 'hostPort'), key));
    taken.add(key);
  });
  return errors;
}

function validateEnv(variable: EnvVar, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const name = variable.name ?? '';
  if (name === '') errors.push(required(child(path, 'name')));
  else for (const message of isEnvVarName(name)) errors.push(invalid(child(path, 'name'), name, message));
  if (variable.valueFrom === undefined) return errors;
  const where = child(path, 'valueFrom');
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = variable.valueFrom;
  const sources = Object.values(variable.valueFrom).filter((source) => source !== undefined).length;
  if (fieldRef !== undefined) errors.push(...validateFieldRef(fieldRef, child(where, 'fieldRef')));
  if (resourceFieldRef !== undefined) {
    const at = child(where, 'resourceFieldRef');
    const resource = resourceFieldRef.resource ?? '';
    if (resource === '') errors.push(required(child(at, 'resource')));
    else if (!CONTAINER_RESOURCES.test(resource)) {
      errors.push(
        notSupported(child(at, 'resource'), resource, [
          'limits.cpu', 'limits.ephemeral-storage', 'limits.memory',
          'requests.cpu', 'requests.ephemeral-storage', 'requests.memory',
        ]),
      ); // prettier-ignore
    }
  }
  for (const [field, reference] of [
    ['configMapKeyRef', configMapKeyRef],
    ['secretKeyRef', secretKeyRef],
  ] as const) {
    if (reference === undefined) continue;
    const at = child(where, field);
    if ((reference.name ?? '') === '') errors.push(required(child(at, 'name')));
    const key = reference.key ?? '';
    if (key === '') errors.push(required(child(at, 'key')));
    else for (const message of isConfigMapKey(key)) errors.push(invalid(child(at, 'key'), key, message));
  }
  if (sources === 0) {
    errors.push(
      invalid(
        where,
        '',
        'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`',
      ),
    );
  } else if ((variable.value ?? '') !== '') {
    errors.push(invalid(where, '', 'may not be specified when `value` is not empty'));
  } else if (sources > 1) {
    errors.push(invalid(where, '', 'may not have more than one field specified at a time'));
  }
  return errors;
}

function validateFieldRef(
  ref: { readonly apiVersion?: string; readonly fieldPath: string },
  path: string,
): FieldError[] {
  if ((ref.apiVersion ?? '') === '') return [required(child(path, 'apiVersion'))];
  const fieldPath = ref.fieldPath ?? '';
  if (fieldPath === '') return [required(child(path, 'fieldPath'))];
  if (/^metadata\.(annotations|labels)\['[^']+'\]$/.test(fieldPath)) return [];
  return ENV_FIELD_PATHS.includes(fieldPath)
    ? []
    : [notSupported(child(path, 'fieldPath'), fieldPath, ENV_FIELD_PATHS)];
}

function validateEnvFrom(sources: NonNullable<Container['envFrom']>, path: string): FieldError[] {
  const errors: FieldError[] = [];
  sources.forEach((source, index) => {
    const where = at(path, index);
    const prefix = source.prefix ?? '';
    if (prefix !== '')
      for (const message of isEnvVarName(prefix))
        errors.push(invalid(child(where, 'prefix'), prefix, message));
    let count = 0;
    for (const name of ['configMapRef', 'secretRef'] as const) {
      const reference = source[name];
      if (reference === undefined) continue;
      count += 1;
      if ((reference.name ?? '') === '') errors.push(required(child(child(where, name), 'name')));
    }
    if (count === 0) errors.push(invalid(where, '', 'must specify one of: `configMapRef` or `secretRef`'));
    else if (count > 1)
      errors.push(invalid(where, '', 'may not have more than one field specified at a time'));
  });
  return errors;
}

function validateMounts(
  mounts: NonNullable<Container['volumeMounts']>,
  path: string,
  volumeNames: ReadonlySet<string>,
): FieldError[] {
  const errors: FieldError[] = [];
  const mountPaths = new Set<string>();
  mounts.forEach((mount, index) => {
    const where = at(path, index);
    if ((mount.name ?? '') === '') errors.push(required(child(where, 'name')));
    if (!volumeNames.has(mount.name)) errors.push(notFound(child(where, 'name'), mount.name));
    const mountPath = mount.mountPath ?? '';
    if (mountPath === '') errors.push(required(child(where, 'mountPath')));
    if (mountPaths.has(mountPath))
      errors.push(invalid(child(where, 'mountPath'), mountPath, 'must be unique'));
    mountPaths.add(mountPath);
    const subPath = mount.subPath ?? '';
    if (subPath.startsWith('/'))
      errors.push(invalid(child(where, 'subPath'), subPath, 'must be a relative path'));
    if (subPath.split('/').includes('..'))
      errors.push(invalid(child(where, 'subPath'), subPath, "must not contain '..'"));
    if (mount.subPathExpr !== undefined && mount.subPathExpr !== '' && subPath !== '') {
      errors.push(
        invalid(
          child(where, 'subPathExpr'),
          mount.subPathExpr,
          'subPathExpr and subPath are mutually exclusive',
        ),
      );
    }
  });
  return errors;
}
