import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import {
  forbidden,
  invalid,
  notSupported,
  required,
} from '../../../../apimachinery/validation/field-error.ts';
import { validateLabelSelector } from '../../../../apimachinery/validation/label-selector.ts';
import {
  isIPv4,
  isValidIP,
  isValidPortName,
  isValidPortNumber,
} from '../../../../apimachinery/validation/names.ts';
import type { NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from '../../../types.ts';

const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const CIDR_ERROR = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';

/** Models ValidateNetworkPolicySpec (pkg/apis/networking/validation, v1.34); metadata is checked elsewhere. */
export function validateNetworkPolicy(policy: NetworkPolicy): FieldError[] {
  const spec = policy.spec;
  const errors = validateLabelSelector(spec?.podSelector, 'spec.podSelector');
  spec?.ingress?.forEach((rule, index) =>
    errors.push(...validateRule(rule.ports, rule.from, `spec.ingress[${index}]`, 'from')),
  );
  spec?.egress?.forEach((rule, index) =>
    errors.push(...validateRule(rule.ports, rule.to, `spec.egress[${index}]`, 'to')),
  );
  const types = spec?.policyTypes ?? [];
  if (types.length > 2)
    return [...errors, invalid('spec.policyTypes', types, 'may not specify more than two policyTypes')];
  types.forEach((type, index) => {
    if (type !== 'Ingress' && type !== 'Egress')
      errors.push(notSupported(`spec.policyTypes[${index}]`, type, ['Egress', 'Ingress']));
  });
  return errors;
}

function validateRule(
  ports: readonly NetworkPolicyPort[] = [],
  peers: readonly NetworkPolicyPeer[] = [],
  path: string,
  peerField: string,
): FieldError[] {
  return [
    ...ports.flatMap((port, index) => validatePort(port, `${path}.ports[${index}]`)),
    ...peers.flatMap((peer, index) => validatePeer(peer, `${path}.${peerField}[${index}]`)),
  ];
}

function validatePort({ protocol, port, endPort }: NetworkPolicyPort, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (protocol !== undefined && !PROTOCOLS.includes(protocol))
    errors.push(notSupported(`${path}.protocol`, protocol, PROTOCOLS));
  const written = port as number | string | undefined;
  if (written === undefined) {
    if (endPort !== undefined)
      errors.push(required(`${path}.port`, 'must be specified when `endPort` is specified'));
  } else if (typeof written === 'string') {
    if (endPort !== undefined)
      errors.push(invalid(`${path}.endPort`, endPort, 'may not be specified when `port` is non-numeric'));
    errors.push(...isValidPortName(written).map((why) => invalid(`${path}.port`, written, why)));
  } else {
    errors.push(...isValidPortNumber(written).map((why) => invalid(`${path}.port`, written, why)));
    if (endPort !== undefined) {
      if (endPort < written)
        errors.push(invalid(`${path}.endPort`, endPort, 'must be greater than or equal to `port`'));
      errors.push(...isValidPortNumber(endPort).map((why) => invalid(`${path}.endPort`, endPort, why)));
    }
  }
  return errors;
}

function validatePeer(
  { podSelector, namespaceSelector, ipBlock }: NetworkPolicyPeer,
  path: string,
): FieldError[] {
  const errors = [
    ...validateLabelSelector(podSelector, `${path}.podSelector`),
    ...validateLabelSelector(namespaceSelector, `${path}.namespaceSelector`),
  ];
  const selectors = podSelector !== undefined || namespaceSelector !== undefined;
  if (ipBlock === undefined) {
    if (!selectors) errors.push(required(path, 'must specify a peer'));
    return errors;
  }
  const { cidr = '', except = [] } = ipBlock;
  if (cidr === '') errors.push(required(`${path}.ipBlock.cidr`));
  else if (!isCIDR(cidr)) errors.push(invalid(`${path}.ipBlock.cidr`, cidr, CIDR_ERROR));
  except.forEach((range, index) => {
    if (!isCIDR(range)) errors.push(invalid(`${path}.ipBlock.except[${index}]`, range, CIDR_ERROR));
  });
  if (selectors) errors.push(forbidden(path, 'may not specify both ipBlock and another peer'));
  return errors;
}

/** `10.0.0.0/8`, `2001:db8::/32`. */
export function isCIDR(text: string): boolean {
  const [address = '', bits = '', ...rest] = text.split('/');
  if (rest.length > 0 || !isValidIP(address) || !/^(0|[1-9][0-9]*)$/.test(bits)) return false;
  return Number(bits) <= (isIPv4(address) ? 32 : 128);
}
