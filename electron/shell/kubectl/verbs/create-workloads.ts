import { KubectlError } from '../errors.ts';
import type { FlagSet } from '../flags.ts';
import type { Json, JsonObject } from '../json.ts';
import type { Session } from '../session.ts';

/** The name a container gets from its image: `registry/nginx:1.25` makes `nginx`. */
function containerName(image: string): string {
  const last = image.split('/').at(-1) ?? image;
  const name = last.split(/[:@]/)[0] ?? last;
  return name.toLowerCase().replaceAll(/[^-a-z0-9]/g, '-');
}

/** `create deployment`: a selector and a label `app=NAME`. */
export function buildDeployment(
  _session: Session,
  flags: FlagSet,
  name: string,
  command: readonly string[],
): JsonObject {
  const images = flags.list('image');
  const port = flags.number('port');
  if (images.length > 1 && command.length > 0)
    throw new KubectlError('cannot specify multiple --image options and command');
  const containers: Json[] = images.map((image) => ({
    name: containerName(image),
    image,
    ...(command.length > 0 ? { command: [...command] } : {}),
    ...(port >= 0 ? { ports: [{ containerPort: port }] } : {}),
    resources: {},
  }));
  const labels = { app: name };
  return {
    kind: 'Deployment',
    apiVersion: 'apps/v1',
    metadata: { name, creationTimestamp: null, labels },
    spec: {
      replicas: flags.number('replicas'),
      selector: { matchLabels: labels },
      template: { metadata: { creationTimestamp: null, labels }, spec: { containers } },
      strategy: {},
    },
    status: {},
  };
}

type ServiceType = 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName';

/** `create service TYPE`. */
export function buildService(_session: Session, flags: FlagSet, name: string, type: ServiceType): JsonObject {
  const pairs = flags.list('tcp');
  const headless = type === 'ClusterIP' && flags.string('clusterip') === 'None';
  if (pairs.length === 0 && type !== 'ExternalName' && !headless)
    throw new KubectlError('at least one tcp port specifier must be provided');
  const nodePort = type === 'NodePort' ? flags.number('node-port') : 0;
  const external = flags.string('external-name');
  if (
    type === 'ExternalName' &&
    !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(external)
  )
    throw new KubectlError(`invalid service external name ${external}`);
  const ports = pairs.map((pair) => servicePort(pair, nodePort));
  const clusterIP = type === 'ClusterIP' ? flags.string('clusterip') : '';
  const spec: JsonObject = {
    ...(ports.length > 0 ? { ports } : {}),
    selector: { app: name },
    ...(clusterIP === '' ? {} : { clusterIP }),
    type,
    ...(type === 'ExternalName' ? { externalName: external } : {}),
  };
  return {
    kind: 'Service',
    apiVersion: 'v1',
    metadata: { name, creationTimestamp: null, labels: { app: name } },
    spec,
    status: { loadBalancer: {} },
  };
}

function portNumber(text: string, zero: boolean): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(value))
    throw new KubectlError(`strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`);
  if (value > 65535)
    throw new KubectlError(`strconv.ParseUint: parsing ${JSON.stringify(text)}: value out of range`);
  if (value < (zero ? 0 : 1)) throw new KubectlError(`must be between ${zero ? 0 : 1} and 65535, inclusive`);
  return value;
}

function servicePort(pair: string, nodePort: number): JsonObject {
  const [first = '', second] = pair.split(':');
  const port = portNumber(first, true);
  const target: Json =
    second === undefined ? port : /^\d+$/.test(second) ? portNumber(second, false) : second;
  return {
    name: pair.replaceAll(':', '-'),
    protocol: 'TCP',
    port,
    targetPort: target,
    ...(nodePort > 0 ? { nodePort } : {}),
  };
}
