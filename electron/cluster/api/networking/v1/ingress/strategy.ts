import { ageOf } from '../../../../apimachinery/duration.ts';
import { described } from '../../../described-resource.ts';
import {
  defineStrategy,
  withFirstGeneration,
  withGeneration,
  withStatusOf,
} from '../../../generic-strategy.ts';
import { listWithMore } from '../../../helpers/endpoint-address.ts';
import type { KindStrategy } from '../../../strategy.ts';
import type { Ingress } from '../../../types.ts';
import { validateIngress, validateIngressCreate } from './validation.ts';

const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';

/** Ingresses; no Ingress controller runs. Models pkg/registry/networking/ingress (v1.34). */
export const INGRESS_STRATEGY: KindStrategy<Ingress> = defineStrategy<Ingress>({
  ...described('networking.k8s.io/v1', 'ingresses'),
  prepareForCreate: (ingress) => withFirstGeneration({ ...ingress, status: { loadBalancer: {} } }),
  prepareForUpdate: (ingress, old) => withGeneration(withStatusOf(ingress, old), old),
  validate: (ingress) => [...validateIngress(ingress), ...validateIngressCreate(ingress)],
  validateUpdateReplaces: true,
  validateUpdate: validateIngress,
  warnings: (ingress) =>
    ingress.metadata?.annotations?.[CLASS_ANNOTATION] === undefined
      ? []
      : [`annotation "${CLASS_ANNOTATION}" is deprecated, please use 'spec.ingressClassName' instead`],
  status: {},
  tableRow(ingress, now) {
    const hosts = (ingress.spec?.rules ?? []).map(({ host = '' }) => host).filter((host) => host !== '');
    const addresses = (ingress.status?.loadBalancer?.ingress ?? []).map(
      ({ ip, hostname }) => ip ?? hostname ?? '',
    );
    return [
      ingress.metadata?.name ?? '',
      ingress.spec?.ingressClassName ?? ingress.metadata?.annotations?.[CLASS_ANNOTATION] ?? '<none>',
      listWithMore(hosts, '*'),
      addresses.join(','),
      (ingress.spec?.tls ?? []).length === 0 ? '80' : '80, 443',
      ageOf(ingress.metadata?.creationTimestamp, now),
    ];
  },
});
