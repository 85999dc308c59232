import { ageOf } from '../../../../apimachinery/duration.ts';
import { defineStrategy } from '../../../generic-strategy.ts';
import type { KindStrategy } from '../../../strategy.ts';
import type { ServiceAccount } from '../../../types.ts';

/** ServiceAccounts. Models pkg/registry/core/serviceaccount (v1.34). */
export const SERVICE_ACCOUNT_STRATEGY: KindStrategy<ServiceAccount> = defineStrategy<ServiceAccount>({
  gvk: { group: '', version: 'v1', kind: 'ServiceAccount' },
  resource: 'serviceaccounts',
  singular: 'serviceaccount',
  shortNames: ['sa'],
  namespaced: true,
  storageVersionHash: 'pbx9ZvyFpBE=',
  subresources: [
    {
      name: 'token',
      kind: { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' },
      verbs: ['create'],
    },
  ],
  tableRow: (account, now) => [
    account.metadata?.name ?? '',
    account.secrets?.length ?? 0,
    ageOf(account.metadata?.creationTimestamp, now),
  ],
});
