import { ageOf } from '../../../../apimachinery/duration.ts';
import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import {
  duplicate,
  invalid,
  notSupported,
  required,
  tooMany,
} from '../../../../apimachinery/validation/field-error.ts';
import {
  isDNS1123Label,
  isDNS1123Subdomain,
  isIPv4,
  isValidPortNumber,
} from '../../../../apimachinery/validation/names.ts';
import { sameValue, validateImmutableField } from '../../../../apimachinery/validation/object-meta.ts';
import { described } from '../../../described-resource.ts';
import { defineStrategy, withFirstGeneration } from '../../../generic-strategy.ts';
import { listWithMore, validateEndpointIP } from '../../../helpers/endpoint-address.ts';
import type { KindStrategy } from '../../../strategy.ts';
import type { EndpointSlice } from '../../../types.ts';

const MAX_ADDRESSES = 100;
const MAX_ENDPOINTS = 1000;
const MAX_PORTS = 20_000;
const ADDRESS_TYPES = ['FQDN', 'IPv4', 'IPv6'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];

/** EndpointSlices. Models pkg/registry/discovery/endpointslice (v1.34). */
export const ENDPOINT_SLICE_STRATEGY: KindStrategy<EndpointSlice> = defineStrategy<EndpointSlice>({
  ...described('discovery.k8s.io/v1', 'endpointslices'),
  allowCreateOnUpdate: true,
  applyDefaults: (slice) =>
    slice.ports === undefined
      ? slice
      : {
          ...slice,
          ports: slice.ports.map((port) => ({
            ...port,
            name: port.name ?? '',
            protocol: port.protocol ?? 'TCP',
          })),
        },
  prepareForCreate: withFirstGeneration,
  prepareForUpdate(slice, old) {
    const content = ({ endpoints, ports, addressType }: EndpointSlice): unknown => ({
      endpoints,
      ports,
      addressType,
    });
    const before = old.metadata?.generation ?? 0;
    const changed =
      !sameValue(content(slice), content(old)) || !sameValue(slice.metadata?.labels, old.metadata?.labels);
    return { ...slice, metadata: { ...slice.metadata, generation: changed ? before + 1 : before } };
  },
  validate: validateSlice,
  validateUpdate: (slice, old) => validateImmutableField(slice.addressType, old.addressType, 'addressType'),
  tableRow: (slice, now) => [
    slice.metadata?.name ?? '',
    slice.addressType ?? '',
    listWithMore(
      (slice.ports ?? []).map(({ port, name }) => String(port ?? (name || '*'))),
      '<unset>',
    ),
    listWithMore(
      (slice.endpoints ?? []).flatMap(({ addresses }) => addresses ?? []),
      '<unset>',
    ),
    ageOf(slice.metadata?.creationTimestamp, now),
  ],
});

/** Models ValidateEndpointSlice (pkg/apis/discovery/validation, v1.34); metadata is checked elsewhere. */
function validateSlice(slice: EndpointSlice): FieldError[] {
  const { addressType = '', endpoints = [] } = slice;
  const errors: FieldError[] = [];
  if (addressType === '') errors.push(required('addressType'));
  else if (!ADDRESS_TYPES.includes(addressType))
    errors.push(notSupported('addressType', addressType, ADDRESS_TYPES));
  if (endpoints.length > MAX_ENDPOINTS)
    return [...errors, tooMany('endpoints', endpoints.length, MAX_ENDPOINTS)];
  endpoints.forEach(({ addresses = [], hostname, nodeName }, index) => {
    const path = `endpoints[${index}]`;
    if (addresses.length === 0) errors.push(required(`${path}.addresses`, 'must contain at least 1 address'));
    else if (addresses.length > MAX_ADDRESSES)
      errors.push(tooMany(`${path}.addresses`, addresses.length, MAX_ADDRESSES));
    addresses.forEach((address, position) => {
      errors.push(...validateAddress(addressType, address, `${path}.addresses[${position}]`));
    });
    if (nodeName !== undefined)
      errors.push(...isDNS1123Subdomain(nodeName).map((why) => invalid(`${path}.nodeName`, nodeName, why)));
    if (hostname !== undefined)
      errors.push(...isDNS1123Label(hostname).map((why) => invalid(`${path}.hostname`, hostname, why)));
  });
  return [...errors, ...validatePorts(slice)];
}

function validateAddress(type: string, address: string, path: string): FieldError[] {
  if (type === 'FQDN') return isDNS1123Subdomain(address).map((why) => invalid(path, address, why));
  const errors = validateEndpointIP(address, path);
  if (errors.length > 0) return errors;
  if (type === 'IPv4' && !isIPv4(address)) return [invalid(path, address, 'must be an IPv4 address')];
  if (type === 'IPv6' && isIPv4(address)) return [invalid(path, address, 'must be an IPv6 address')];
  return [];
}

function validatePorts({ ports = [] }: EndpointSlice): FieldError[] {
  if (ports.length > MAX_PORTS) return [tooMany('ports', ports.length, MAX_PORTS)];
  const names = new Set<string>();
  return ports.flatMap(({ name = '', port, protocol = '' }, index) => {
    const path = `ports[${index}]`;
    const errors: FieldError[] =
      name === '' ? [] : isDNS1123Label(name).map((why) => invalid(`${path}.name`, name, why));
    if (names.has(name)) errors.push(duplicate(`${path}.name`, name));
    names.add(name);
    if (port !== undefined)
      errors.push(...isValidPortNumber(port).map((why) => invalid(`${path}.port`, port, why)));
    if (!PROTOCOLS.includes(protocol)) errors.push(notSupported(`${path}.protocol`, protocol, PROTOCOLS));
    return errors;
  });
}
