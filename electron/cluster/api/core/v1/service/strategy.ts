import { ageOf } from '../../../../apimachinery/duration.ts';
import { formatLabels } from '../../../../apimachinery/labels.ts';
import type { TableCell } from '../../../../apimachinery/table.ts';
import { isDNS1035Label } from '../../../../apimachinery/validation/names.ts';
import { nameValidator } from '../../../../apimachinery/validation/object-meta.ts';
import { defineStrategy, statusSubresource, withStatusOf } from '../../../generic-strategy.ts';
import type { KindStrategy } from '../../../strategy.ts';
import type { Service, ServicePort } from '../../../types.ts';
import { carryOverAllocations, defaultService, withIPFamilies } from './defaults.ts';
import { validateService, validateServiceUpdate } from './validation.ts';

const GVK = { group: '', version: 'v1', kind: 'Service' };

/** Services. Allocation of addresses and node ports is the registry's. Models pkg/registry/core/service (v1.34). */
export const SERVICE_STRATEGY: KindStrategy<Service> = defineStrategy<Service>({
  gvk: GVK,
  resource: 'services',
  singular: 'service',
  shortNames: ['svc'],
  categories: ['all'],
  namespaced: true,
  storageVersionHash: '0/CO1lhkEBI=',
  subresources: [statusSubresource(GVK)],
  names: nameValidator(isDNS1035Label),
  applyDefaults: defaultService,
  prepareForCreate: (service) => withIPFamilies({ ...service, status: { loadBalancer: {} } }),
  prepareForUpdate: (service, old) => withIPFamilies(carryOverAllocations(withStatusOf(service, old), old)),
  validate: validateService,
  validateUpdate: validateServiceUpdate,
  status: {},
  fieldLabels: ['spec.clusterIP', 'spec.type'],
  selectableFields: (service) => ({
    'spec.clusterIP': service.spec?.clusterIP ?? '',
    'spec.type': service.spec?.type ?? '',
  }),
  tableRow: serviceRow,
});

/** Models printService (v1.34). */
function serviceRow(service: Service, now: number): TableCell[] {
  const { spec } = service;
  return [
    service.metadata?.name ?? '',
    spec?.type ?? '',
    (spec?.clusterIPs?.[0] ?? spec?.clusterIP ?? '') || '<none>',
    externalAddress(service),
    spec?.ports?.map(portText).join(',') || '<none>',
    ageOf(service.metadata?.creationTimestamp, now),
    formatLabels(spec?.selector),
  ];
}

function portText(port: ServicePort): string {
  const nodePort = (port.nodePort ?? 0) === 0 ? '' : `:${port.nodePort}`;
  return `${port.port}${nodePort}/${port.protocol ?? 'TCP'}`;
}

function externalAddress(service: Service): string {
  const { spec, status } = service;
  const external = spec?.externalIPs ?? [];
  switch (spec?.type) {
    case 'ExternalName':
      return spec.externalName ?? '';
    case 'LoadBalancer': {
      const balancer = (status?.loadBalancer?.ingress ?? []).map(
        (ingress) => ingress.ip ?? ingress.hostname ?? '',
      );
      return [...balancer, ...external].join(',') || '<pending>';
    }
    case 'ClusterIP':
    case 'NodePort':
      return external.join(',') || '<none>';
    default:
      return '<unknown>';
  }
}
