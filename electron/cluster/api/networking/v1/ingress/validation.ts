import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import { invalid, notSupported, required } from '../../../../apimachinery/validation/field-error.ts';
import {
  isDNS1035Label,
  isDNS1123Subdomain,
  isValidIP,
  isValidPortName,
  isValidPortNumber,
  regexError,
} from '../../../../apimachinery/validation/names.ts';
import type { Ingress, IngressBackend, IngressSpec } from '../../../types.ts';

type Rule = NonNullable<IngressSpec['rules']>[number];
type Path = NonNullable<Rule['http']>['paths'][number];

const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';
const FORBIDDEN_PARTS = ['//', '/./', '/../', '%2f', '%2F'];
const FORBIDDEN_ENDS = ['/..', '/.'];
const WILDCARD = '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*';
const WILDCARD_ERROR = regexError(
  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
  WILDCARD,
  '*.example.com',
);

/** Models ValidateIngressSpec (pkg/apis/networking/validation, v1.34); metadata is checked elsewhere. */
export function validateIngress(ingress: Ingress): FieldError[] {
  const spec = ingress.spec ?? {};
  const rules = spec.rules ?? [];
  const errors: FieldError[] = [];
  if (rules.length === 0 && spec.defaultBackend === undefined) {
    const detail = 'either `defaultBackend` or `rules` must be specified';
    errors.push(invalid('spec', spec.rules ?? null, detail));
  }
  if (spec.defaultBackend !== undefined)
    errors.push(...validateBackend(spec.defaultBackend, 'spec.defaultBackend'));
  rules.forEach((rule, index) => errors.push(...validateRule(rule, `spec.rules[${index}]`)));
  spec.tls?.forEach(({ hosts = [] }, index) =>
    hosts.forEach((host, position) =>
      errors.push(...validateHost(host, `spec.tls[${index}].hosts[${position}]`)),
    ),
  );
  if (spec.ingressClassName !== undefined) {
    const name = spec.ingressClassName;
    errors.push(...isDNS1123Subdomain(name).map((why) => invalid('spec.ingressClassName', name, why)));
  }
  return errors;
}

/** Models ValidateIngressCreate (v1.34). */
export function validateIngressCreate(ingress: Ingress): FieldError[] {
  const annotation = ingress.metadata?.annotations?.[CLASS_ANNOTATION];
  if (annotation === undefined || ingress.spec?.ingressClassName === undefined) return [];
  const path = `metadata.annotations.${CLASS_ANNOTATION}`;
  return [invalid(path, annotation, 'can not be set when the class field is also set')];
}

function validateRule(rule: Rule, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const { host = '', http } = rule;
  if (host !== '') {
    if (isValidIP(host)) errors.push(invalid(`${path}.host`, host, 'must be a DNS name, not an IP address'));
    errors.push(...validateHost(host, `${path}.host`));
  }
  if (http === undefined) return errors;
  const paths = http.paths ?? [];
  if (paths.length === 0) errors.push(required(`${path}.http.paths`));
  paths.forEach((item, index) => errors.push(...validatePath(item, `${path}.http.paths[${index}]`)));
  return errors;
}

function validateHost(host: string, path: string): FieldError[] {
  if (!host.includes('*')) return isDNS1123Subdomain(host).map((why) => invalid(path, host, why));
  return new RegExp(`^${WILDCARD}$`).test(host) ? [] : [invalid(path, host, WILDCARD_ERROR)];
}

function validatePath(item: Path, where: string): FieldError[] {
  const { path = '', pathType } = item as Partial<Path>;
  const errors: FieldError[] = [];
  switch (pathType) {
    case undefined:
      return [required(`${where}.pathType`, 'pathType must be specified')];
    case 'Exact':
    case 'Prefix':
      if (!path.startsWith('/')) errors.push(invalid(`${where}.path`, path, 'must be an absolute path'));
      if (path === '') break;
      for (const part of FORBIDDEN_PARTS)
        if (path.includes(part)) errors.push(invalid(`${where}.path`, path, `must not contain '${part}'`));
      for (const end of FORBIDDEN_ENDS)
        if (path.endsWith(end)) errors.push(invalid(`${where}.path`, path, `cannot end with '${end}'`));
      break;
    case 'ImplementationSpecific':
      if (path !== '' && !path.startsWith('/'))
        errors.push(invalid(`${where}.path`, path, 'must be an absolute path'));
      break;
    default:
      errors.push(notSupported(`${where}.pathType`, pathType, ['Exact', 'ImplementationSpecific', 'Prefix']));
  }
  errors.push(...validateBackend(item.backend ?? {}, `${where}.backend`));
  return errors;
}

function validateBackend({ service, resource }: IngressBackend, path: string): FieldError[] {
  if (service !== undefined && resource !== undefined)
    return [invalid(path, '', 'cannot set both resource and service backends')];
  if (resource !== undefined) {
    return (['kind', 'name'] as const)
      .filter((name) => (resource[name] ?? '') === '')
      .map((name) => required(`${path}.resource.${name}`));
  }
  if (service === undefined) return [required(path, 'resource or service backend is required')];
  const errors: FieldError[] = [];
  const name = service.name ?? '';
  if (name === '') errors.push(required(`${path}.service.name`));
  else errors.push(...isDNS1035Label(name).map((why) => invalid(`${path}.service.name`, name, why)));
  const { name: portName = '', number = 0 } = service.port ?? {};
  if (portName !== '' && number !== 0)
    errors.push(invalid(path, '', 'cannot set both port name & port number'));
  else if (portName !== '')
    errors.push(
      ...isValidPortName(portName).map((why) => invalid(`${path}.service.port.name`, portName, why)),
    );
  else if (number !== 0)
    errors.push(
      ...isValidPortNumber(number).map((why) => invalid(`${path}.service.port.number`, number, why)),
    );
  else errors.push(required(path, 'port name or number is required'));
  return errors;
}
