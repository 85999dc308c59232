import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import {
  duplicate,
  forbidden,
  invalid,
  notSupported,
  required,
} from '../../../../apimachinery/validation/field-error.ts';
import { validateLabels } from '../../../../apimachinery/validation/object-meta.ts';
import {
  isDNS1123Label,
  isDNS1123Subdomain,
  isQualifiedName,
  isValidIP,
  isValidPortNumber,
} from '../../../../apimachinery/validation/names.ts';
import type { Service, ServicePort, ServiceSpec } from '../../../types.ts';
import { validatePortNumberOrName } from '../pod/handler-validation.ts';

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const AFFINITIES = ['ClientIP', 'None'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const POLICIES = ['Cluster', 'Local'];
const IP_ERROR = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
const MAX_AFFINITY_SECONDS = 86400;

/** Models ValidateService (pkg/apis/core/validation, v1.34); metadata is checked elsewhere. */
export function validateService(service: Service): FieldError[] {
  const spec = service.spec ?? {};
  const errors: FieldError[] = [];
  const headless = spec.clusterIP === 'None';
  if ((spec.ports?.length ?? 0) === 0 && !headless && spec.type !== 'ExternalName')
    errors.push(required('spec.ports'));
  if (spec.type === 'LoadBalancer' || spec.type === 'NodePort') {
    if (headless)
      errors.push(
        invalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${spec.type} services`),
      );
  }
  if (spec.type === 'ExternalName') errors.push(...validateExternalName(spec));
  const names = new Set<string>();
  spec.ports?.forEach((port, index) => {
    errors.push(...validatePort(port, (spec.ports?.length ?? 0) > 1, names, `spec.ports[${index}]`));
  });
  if (spec.selector !== undefined) errors.push(...validateLabels(spec.selector, 'spec.selector'));
  errors.push(...validateAffinity(spec));
  errors.push(...validateClusterIPs(spec));
  spec.externalIPs?.forEach((address, index) => {
    if (!isValidIP(address)) errors.push(invalid(`spec.externalIPs[${index}]`, address, IP_ERROR));
  });
  if ((spec.type ?? '') === '') errors.push(required('spec.type'));
  else if (!TYPES.includes(spec.type as string)) errors.push(notSupported('spec.type', spec.type, TYPES));
  errors.push(...validateUniquePorts(spec));
  if (spec.type === 'ClusterIP') {
    spec.ports?.forEach((port, index) => {
      if ((port.nodePort ?? 0) !== 0) {
        errors.push(forbidden(`spec.ports[${index}].nodePort`, "may not be used when `type` is 'ClusterIP'"));
      }
    });
  }
  errors.push(...validatePolicies(spec));
  return errors;
}

function validateExternalName(spec: ServiceSpec): FieldError[] {
  const errors: FieldError[] = [];
  if ((spec.clusterIP ?? '') !== '') {
    errors.push(forbidden('spec.clusterIPs', 'may not be set when type is ExternalName'));
  }
  const name = (spec.externalName ?? '').replace(/\.$/, '');
  if (name === '') errors.push(required('spec.externalName'));
  else
    for (const message of isDNS1123Subdomain(name)) errors.push(invalid('spec.externalName', name, message));
  return errors;
}

/** Models validateServicePort (v1.34). */
function validatePort(
  port: ServicePort,
  nameRequired: boolean,
  names: Set<string>,
  path: string,
): FieldError[] {
  const errors: FieldError[] = [];
  const name = port.name ?? '';
  if (nameRequired && name === '') errors.push(required(`${path}.name`));
  else if (name !== '') {
    for (const message of isDNS1123Label(name)) errors.push(invalid(`${path}.name`, name, message));
    if (names.has(name)) errors.push(duplicate(`${path}.name`, name));
    else names.add(name);
  }
  const number = port.port ?? 0;
  for (const message of isValidPortNumber(number)) errors.push(invalid(`${path}.port`, number, message));
  const protocol = port.protocol ?? '';
  if (protocol === '') errors.push(required(`${path}.protocol`));
  else if (!PROTOCOLS.includes(protocol)) errors.push(notSupported(`${path}.protocol`, protocol, PROTOCOLS));
  errors.push(...validatePortNumberOrName(port.targetPort, `${path}.targetPort`));
  if (port.appProtocol !== undefined) {
    for (const message of isQualifiedName(port.appProtocol))
      errors.push(invalid(`${path}.appProtocol`, port.appProtocol, message));
  }
  return errors;
}

function validateAffinity(spec: ServiceSpec): FieldError[] {
  const affinity = spec.sessionAffinity ?? '';
  if (affinity === '') return [required('spec.sessionAffinity')];
  if (!AFFINITIES.includes(affinity)) return [notSupported('spec.sessionAffinity', affinity, AFFINITIES)];
  const seconds = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds;
  if (affinity === 'ClientIP' && seconds !== undefined && (seconds <= 0 || seconds > MAX_AFFINITY_SECONDS)) {
    const detail = `must be greater than 0 and less than ${MAX_AFFINITY_SECONDS}`;
    return [invalid('spec.sessionAffinityConfig.clientIP.timeoutSeconds', seconds, detail)];
  }
  return [];
}

function validateClusterIPs(spec: ServiceSpec): FieldError[] {
  const errors: FieldError[] = [];
  const { clusterIPs = [], clusterIP = '' } = spec;
  if (clusterIPs.length > 0 && clusterIPs[0] !== clusterIP) {
    errors.push(invalid('spec.clusterIPs', clusterIPs, 'first value must match `clusterIP`'));
  }
  if (clusterIPs.length > 2)
    errors.push(invalid('spec.clusterIPs', clusterIPs, 'may only hold up to 2 values'));
  clusterIPs.forEach((address, index) => {
    if (address === 'None') {
      if (clusterIPs.length > 1)
        errors.push(invalid(`spec.clusterIPs[${index}]`, address, "'None' must be the first and only value"));
    } else if (!isValidIP(address)) errors.push(invalid(`spec.clusterIPs[${index}]`, address, IP_ERROR));
  });
  return errors;
}

function validateUniquePorts(spec: ServiceSpec): FieldError[] {
  const errors: FieldError[] = [];
  const ports = new Set<string>();
  const nodePorts = new Set<string>();
  spec.ports?.forEach((port, index) => {
    const key = `${port.port}/${port.protocol}`;
    if (ports.has(key))
      errors.push(duplicate(`spec.ports[${index}]`, { port: port.port, protocol: port.protocol }));
    ports.add(key);
    if ((port.nodePort ?? 0) === 0) return;
    const nodeKey = `${port.nodePort}/${port.protocol}`;
    if (nodePorts.has(nodeKey)) errors.push(duplicate(`spec.ports[${index}].nodePort`, port.nodePort));
    nodePorts.add(nodeKey);
  });
  return errors;
}

function validatePolicies(spec: ServiceSpec): FieldError[] {
  const errors: FieldError[] = [];
  const external = spec.externalTrafficPolicy;
  const reachable =
    spec.type === 'NodePort' || spec.type === 'LoadBalancer' || (spec.externalIPs?.length ?? 0) > 0;
  if (external !== undefined && !reachable) {
    errors.push(
      invalid('spec.externalTrafficPolicy', external, 'may only be set for externally-accessible services'),
    );
  } else if (external !== undefined && !POLICIES.includes(external)) {
    errors.push(notSupported('spec.externalTrafficPolicy', external, POLICIES));
  }
  const internal = spec.internalTrafficPolicy;
  if (internal !== undefined && !POLICIES.includes(internal)) {
    errors.push(notSupported('spec.internalTrafficPolicy', internal, POLICIES));
  }
  return errors;
}

/** Models ValidateServiceUpdate (v1.34): an allocated address stays unless the type changes to or from ExternalName. */
export function validateServiceUpdate(service: Service, old: Service): FieldError[] {
  const before = old.spec ?? {};
  const spec = service.spec ?? {};
  const address = before.clusterIPs?.[0] ?? before.clusterIP ?? '';
  const comparable = before.type !== 'ExternalName' && spec.type !== 'ExternalName';
  if (!comparable || address === '' || address === (spec.clusterIPs?.[0] ?? spec.clusterIP ?? '')) return [];
  return [invalid('spec.clusterIPs[0]', spec.clusterIPs ?? null, 'may not change once set')];
}
