import type { Service } from '../api/types.ts';

/** The Service whose address every Pod is told, whatever its namespace. */
const MASTER = { namespace: 'default', name: 'kubernetes' };

/** Whether it has an address of its own. Models IsServiceIPSet (pkg/apis/core/v1/helper, v1.34). */
function hasClusterIp({ spec }: Service): boolean {
  return spec?.clusterIP !== undefined && spec.clusterIP !== '' && spec.clusterIP !== 'None';
}

const variableName = (name: string): string => name.replaceAll('-', '_').toUpperCase();

/** `WEB_SERVICE_HOST` and its like. Models FromServices (pkg/kubelet/envvars, v1.34). */
function variablesOf({ metadata, spec }: Service): [string, string][] {
  const ports = spec?.ports ?? [];
  const address = spec?.clusterIP ?? '';
  const prefix = variableName(metadata?.name ?? '');
  const [first] = ports;
  if (first === undefined) return [];
  const host = address.includes(':') ? `[${address}]` : address;
  const url = (port: (typeof ports)[number]): string =>
    `${(port.protocol ?? 'TCP').toLowerCase()}://${host}:${port.port}`;
  return [
    [`${prefix}_SERVICE_HOST`, address],
    [`${prefix}_SERVICE_PORT`, String(first.port)],
    ...ports.flatMap((port): [string, string][] =>
      port.name === undefined || port.name === ''
        ? []
        : [[`${prefix}_SERVICE_PORT_${variableName(port.name)}`, String(port.port)]],
    ),
    [`${prefix}_PORT`, url(first)],
    ...ports.flatMap((port): [string, string][] => {
      const protocol = (port.protocol ?? 'TCP').toLowerCase();
      const own = `${prefix}_PORT_${port.port}_${protocol.toUpperCase()}`;
      return [
        [own, url(port)],
        [`${own}_PROTO`, protocol],
        [`${own}_PORT`, String(port.port)],
        [`${own}_ADDR`, address],
      ];
    }),
  ];
}

/**
 * What a Pod of `namespace` is told of Services: `kubernetes` always, those of its own namespace with `links`
 * (`enableServiceLinks`). By name of the Service; upstream's order is that of a Go map, which is none. Models getServiceEnvVarMap
 * (pkg/kubelet/kubelet_pods.go, v1.34).
 */
export function serviceEnvironment(
  services: readonly Service[],
  namespace: string,
  links: boolean,
): Map<string, string> {
  const chosen = services.filter((service) => {
    if (!hasClusterIp(service)) return false;
    const { name, namespace: own } = service.metadata ?? {};
    return (own === MASTER.namespace && name === MASTER.name) || (links && own === namespace);
  });
  const byName = new Map<string, Service>();
  // Of two Services `kubernetes` that of the Pod's own namespace wins.
  for (const service of chosen) {
    const name = service.metadata?.name ?? '';
    if (!byName.has(name) || name !== MASTER.name || service.metadata?.namespace === namespace)
      byName.set(name, service);
  }
  const sorted = [...byName].sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map(sorted.flatMap(([, service]) => variablesOf(service)));
}
