import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import { invalid, notSupported, required } from '../../../../apimachinery/validation/field-error.ts';
import { validateLabels } from '../../../../apimachinery/validation/object-meta.ts';
import {
  inclusiveRangeError,
  isDNS1123Label,
  isDNS1123Subdomain,
  isQualifiedName,
  isValidIP,
} from '../../../../apimachinery/validation/names.ts';
import { at, child } from '../../../../apimachinery/validation/path.ts';
import type { PodSpec } from '../../../types.ts';
import type { ContainerScope } from './container-validation.ts';
import { validateContainer } from './container-validation.ts';
import { validateEphemeralContainers } from './ephemeral-validation.ts';
import { validatePodOS } from './os-validation.ts';
import { validateResourceQuantity } from './resources-validation.ts';
import { validateAffinity, validateSpread, validateTolerations } from './scheduling-validation.ts';
import { validateVolumes } from './volume-validation.ts';
import { validateHostProcess, validateWindowsOptions } from './windows-options-validation.ts';

const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];
const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const MAX_INT32 = 2147483647;

/** A Pod's spec, wherever it occurs. Models ValidatePodSpec (pkg/apis/core/validation, v1.34). */
export function validatePodSpec(spec: PodSpec, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const volumeNames = new Set<string>();
  if (spec.volumes !== undefined)
    errors.push(...validateVolumes(spec.volumes, child(path, 'volumes'), volumeNames));
  errors.push(...validateContainers(spec, path, volumeNames));
  errors.push(...oneOf(spec.restartPolicy, child(path, 'restartPolicy'), RESTART_POLICIES));
  errors.push(...oneOf(spec.dnsPolicy, child(path, 'dnsPolicy'), DNS_POLICIES));
  if (spec.nodeSelector !== undefined)
    errors.push(...validateLabels(spec.nodeSelector, child(path, 'nodeSelector')));
  errors.push(...validateSecurityContext(spec, path));
  if (spec.imagePullSecrets !== undefined) {
    spec.imagePullSecrets.forEach((reference, index) => {
      if ((reference.name ?? '') === '')
        errors.push(required(child(at(child(path, 'imagePullSecrets'), index), 'name')));
    });
  }
  if (spec.affinity !== undefined) errors.push(...validateAffinity(spec.affinity, child(path, 'affinity')));
  errors.push(...validateDnsConfig(spec, child(path, 'dnsConfig')));
  errors.push(...validateGates(spec, path));
  if (spec.topologySpreadConstraints !== undefined) {
    errors.push(...validateSpread(spec.topologySpreadConstraints, child(path, 'topologySpreadConstraints')));
  }
  errors.push(...validateHostProcess(spec, path));
  errors.push(...validateNamesAndNumbers(spec, path));
  if (spec.tolerations !== undefined)
    errors.push(...validateTolerations(spec.tolerations, child(path, 'tolerations')));
  errors.push(...validateHostAliases(spec, child(path, 'hostAliases')));
  for (const name in spec.overhead) {
    errors.push(
      ...validateResourceQuantity(name, spec.overhead[name] as string, `${child(path, 'overhead')}[${name}]`),
    );
  }
  errors.push(...validatePodOS(spec, path));
  return errors;
}

function validateContainers(spec: PodSpec, path: string, volumeNames: ReadonlySet<string>): FieldError[] {
  const errors: FieldError[] = [];
  const scope: ContainerScope = { volumeNames, hostPorts: new Set(), names: new Set() };
  const containers = child(path, 'containers');
  if ((spec.containers?.length ?? 0) === 0) errors.push(required(containers));
  spec.containers?.forEach((container, index) =>
    errors.push(...validateContainer(container, at(containers, index), scope, false)),
  );
  spec.initContainers?.forEach((container, index) => {
    errors.push(...validateContainer(container, at(child(path, 'initContainers'), index), scope, true));
  });
  if (spec.ephemeralContainers !== undefined)
    errors.push(
      ...validateEphemeralContainers(spec.ephemeralContainers, child(path, 'ephemeralContainers'), scope),
    );
  return errors;
}

function oneOf(value: string | undefined, path: string, supported: readonly string[]): FieldError[] {
  if (value === undefined || value === '') return [required(path)];
  return supported.includes(value) ? [] : [notSupported(path, value, supported)];
}

function validateSecurityContext(spec: PodSpec, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const { securityContext } = spec;
  if (securityContext === undefined) return errors;
  const where = child(path, 'securityContext');
  for (const name of ['runAsUser', 'runAsGroup', 'fsGroup'] as const) {
    const id = securityContext[name];
    if (id !== undefined && (id < 0 || id > MAX_INT32)) {
      errors.push(invalid(child(where, name), id, inclusiveRangeError(0, MAX_INT32)));
    }
  }
  errors.push(...validateWindowsOptions(securityContext.windowsOptions, child(where, 'windowsOptions')));
  return errors;
}

function validateDnsConfig(spec: PodSpec, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (spec.dnsPolicy === 'None' && (spec.dnsConfig?.nameservers?.length ?? 0) === 0) {
    const detail = `must provide at least one DNS nameserver when \`dnsPolicy\` is None`;
    errors.push(required(spec.dnsConfig === undefined ? path : child(path, 'nameservers'), detail));
  }
  const nameservers = spec.dnsConfig?.nameservers ?? [];
  if (nameservers.length > 3)
    errors.push(invalid(child(path, 'nameservers'), nameservers, 'must not have more than 3 nameservers'));
  nameservers.forEach((address, index) => {
    if (!isValidIP(address)) {
      const detail = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
      errors.push(invalid(at(child(path, 'nameservers'), index), address, detail));
    }
  });
  return errors;
}

function validateGates(spec: PodSpec, path: string): FieldError[] {
  const errors: FieldError[] = [];
  spec.readinessGates?.forEach((gate, index) => {
    for (const message of isQualifiedName(gate.conditionType ?? '')) {
      errors.push(
        invalid(
          child(at(child(path, 'readinessGates'), index), 'conditionType'),
          gate.conditionType ?? '',
          message,
        ),
      );
    }
  });
  const seen = new Set<string>();
  spec.schedulingGates?.forEach((gate, index) => {
    const where = at(child(path, 'schedulingGates'), index);
    for (const message of isQualifiedName(gate.name ?? ''))
      errors.push(invalid(where, gate.name ?? '', message));
    if (seen.has(gate.name))
      errors.push({ type: 'FieldValueDuplicate', field: where, body: `Duplicate value: "${gate.name}"` });
    seen.add(gate.name);
  });
  return errors;
}

function validateNamesAndNumbers(spec: PodSpec, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const check = (
    name:
      'serviceAccountName' | 'nodeName' | 'hostname' | 'subdomain' | 'priorityClassName' | 'runtimeClassName',
    rule: (value: string) => string[],
  ): void => {
    const value = spec[name] ?? '';
    if (value !== '')
      for (const message of rule(value)) errors.push(invalid(child(path, name), value, message));
  };
  check('serviceAccountName', isDNS1123Subdomain);
  check('nodeName', isDNS1123Subdomain);
  const deadline = spec.activeDeadlineSeconds;
  if (deadline !== undefined && (deadline < 1 || deadline > MAX_INT32)) {
    errors.push(invalid(child(path, 'activeDeadlineSeconds'), deadline, inclusiveRangeError(1, MAX_INT32)));
  }
  check('hostname', isDNS1123Label);
  check('subdomain', isDNS1123Label);
  check('priorityClassName', isDNS1123Subdomain);
  check('runtimeClassName', isDNS1123Subdomain);
  const { preemptionPolicy } = spec;
  if (
    preemptionPolicy !== undefined &&
    preemptionPolicy !== 'PreemptLowerPriority' &&
    preemptionPolicy !== 'Never'
  ) {
    errors.push(
      notSupported(child(path, 'preemptionPolicy'), preemptionPolicy, ['PreemptLowerPriority', 'Never']),
    );
  }
  if (spec.shareProcessNamespace === true && spec.hostPID === true) {
    errors.push(
      invalid(
        child(path, 'shareProcessNamespace'),
        true,
        'ShareProcessNamespace and HostPID cannot both be enabled',
      ),
    );
  }
  return errors;
}

function validateHostAliases(spec: PodSpec, path: string): FieldError[] {
  const errors: FieldError[] = [];
  spec.hostAliases?.forEach((alias, index) => {
    if (!isValidIP(alias.ip ?? '')) {
      const detail = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
      errors.push(invalid(child(at(path, index), 'ip'), alias.ip ?? '', detail));
    }
    alias.hostnames?.forEach((hostname) => {
      for (const message of isDNS1123Subdomain(hostname))
        errors.push(invalid(child(at(path, index), 'hostnames'), hostname, message));
    });
  });
  return errors;
}
