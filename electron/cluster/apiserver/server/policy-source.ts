import type {
  KubeObject,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
} from '../../api/types.ts';
import { apiVersionOf } from '../../apimachinery/gvk.ts';
import { matchesLabels, selectorFromLabelSelector } from '../../apimachinery/labels.ts';
import type { PolicySource } from '../admission/validating-admission-policy/validating-admission-policy.ts';
import { buildPredicate } from '../endpoints/predicate.ts';
import type { ServedResources } from '../endpoints/served-resource.ts';
import type { KnownObjects } from './known-objects.ts';

const GROUP = 'admissionregistration.k8s.io';

/** Policies, bindings and parameters as this server has them. */
export function policySource(objects: KnownObjects, served: ServedResources): PolicySource {
  return {
    policies: async () =>
      (await objects.list('validatingadmissionpolicies', GROUP)) as readonly ValidatingAdmissionPolicy[],
    bindings: async () =>
      (await objects.list(
        'validatingadmissionpolicybindings',
        GROUP,
      )) as readonly ValidatingAdmissionPolicyBinding[],
    namespace: (name) => objects.find('namespaces', '', name, true),
    params: async ({ apiVersion, kind }, ref, namespace) => {
      const found = served.all.find(
        ({ strategy: { gvk } }) => gvk.kind === kind && apiVersionOf(gvk) === apiVersion,
      );
      if (found === undefined) return undefined;
      const { store, strategy } = found;
      const where = strategy.namespaced ? (ref.namespace ?? namespace) : '';
      if (!store.cache.ready && !(await store.cache.tryStart())) return [];
      if (ref.name !== undefined) {
        const one = store.cache.get(store.key(where, ref.name));
        return one === undefined ? [] : [one];
      }
      const selector = selectorFromLabelSelector(ref.selector);
      return store.cache
        .list(buildPredicate(strategy, where, '', ''))
        .filter(({ metadata }: KubeObject) => matchesLabels(selector, metadata?.labels));
    },
  };
}
