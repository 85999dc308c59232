import { ageOf } from '../../../../apimachinery/duration.ts';
import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import { invalid, notSupported, required } from '../../../../apimachinery/validation/field-error.ts';
import {
  isDNS1123Label,
  isDNS1123Subdomain,
  isValidPortNumber,
} from '../../../../apimachinery/validation/names.ts';
import { described } from '../../../described-resource.ts';
import { defineStrategy } from '../../../generic-strategy.ts';
import { listWithMore, validateEndpointIP } from '../../../helpers/endpoint-address.ts';
import type { KindStrategy } from '../../../strategy.ts';
import type { Endpoints } from '../../../types.ts';

type Subset = NonNullable<Endpoints['subsets']>[number];
type Port = NonNullable<Subset['ports']>[number];

/** Endpoints. Models pkg/registry/core/endpoint (v1.34). */
export const ENDPOINTS_STRATEGY: KindStrategy<Endpoints> = defineStrategy<Endpoints>({
  ...described('v1', 'endpoints'),
  allowCreateOnUpdate: true,
  deprecation: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  applyDefaults: (endpoints) =>
    endpoints.subsets === undefined
      ? endpoints
      : {
          ...endpoints,
          subsets: endpoints.subsets.map((subset) =>
            subset.ports === undefined
              ? subset
              : {
                  ...subset,
                  ports: subset.ports.map((port) => ({ ...port, protocol: port.protocol ?? 'TCP' })),
                },
          ),
        },
  validate: (endpoints) =>
    (endpoints.subsets ?? []).flatMap((subset, index) => validateSubset(subset, `subsets[${index}]`)),
  tableRow: (endpoints, now) => [
    endpoints.metadata?.name ?? '',
    listWithMore((endpoints.subsets ?? []).flatMap(addressesOf), '<none>'),
    ageOf(endpoints.metadata?.creationTimestamp, now),
  ],
});

function addressesOf({ addresses = [], ports }: Subset): string[] {
  const hosts = addresses.map(({ ip }) => ip);
  if (ports === undefined) return hosts;
  return ports.flatMap(({ port }) =>
    hosts.map((ip) => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`)),
  );
}

/** Models validateEndpointSubsets (v1.34). */
function validateSubset(subset: Subset, path: string): FieldError[] {
  const { addresses = [], notReadyAddresses = [], ports = [] } = subset;
  const errors: FieldError[] = [];
  if (addresses.length + notReadyAddresses.length === 0)
    errors.push(required(path, 'must specify `addresses` or `notReadyAddresses`'));
  for (const [field, list] of [
    ['addresses', addresses],
    ['notReadyAddresses', notReadyAddresses],
  ] as const) {
    list.forEach(({ ip = '', hostname = '', nodeName }, index) => {
      const where = `${path}.${field}[${index}]`;
      errors.push(...validateEndpointIP(ip, `${where}.ip`));
      if (hostname !== '')
        errors.push(
          ...isDNS1123Label(hostname).map((message) => invalid(`${where}.hostname`, hostname, message)),
        );
      if (nodeName !== undefined) {
        const complaints = isDNS1123Subdomain(nodeName);
        errors.push(...complaints.map((message) => invalid(`${where}.nodeName`, nodeName, message)));
      }
    });
  }
  ports.forEach((port, index) =>
    errors.push(...validatePort(port, ports.length > 1, `${path}.ports[${index}]`)),
  );
  return errors;
}

function validatePort(
  { name = '', port = 0, protocol = '' }: Port,
  nameNeeded: boolean,
  path: string,
): FieldError[] {
  const errors: FieldError[] = [];
  if (name === '') {
    if (nameNeeded) errors.push(required(`${path}.name`));
  } else errors.push(...isDNS1123Label(name).map((message) => invalid(`${path}.name`, name, message)));
  errors.push(...isValidPortNumber(port).map((message) => invalid(`${path}.port`, port, message)));
  const protocols = ['SCTP', 'TCP', 'UDP'];
  if (protocol === '') errors.push(required(`${path}.protocol`));
  else if (!protocols.includes(protocol)) errors.push(notSupported(`${path}.protocol`, protocol, protocols));
  return errors;
}
