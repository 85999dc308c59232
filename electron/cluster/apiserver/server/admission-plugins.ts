import type { Context } from '../../../base/context.ts';
import type { ResourceQuota } from '../../api/types.ts';
import { CertificateApproval } from '../admission/certificates/certificate-approval.ts';
import { CertificateSigning } from '../admission/certificates/certificate-signing.ts';
import { CertificateSubjectRestriction } from '../admission/certificates/certificate-subject-restriction.ts';
import type { AuthorizationChain } from '../auth/authorization-chain.ts';
import { DefaultIngressClass } from '../admission/default-ingress-class.ts';
import { DefaultStorageClass } from '../admission/default-storage-class.ts';
import { DefaultTolerationSeconds } from '../admission/default-toleration-seconds.ts';
import type { AdmissionPlugin } from '../admission/interface.ts';
import { LimitRanger } from '../admission/limit-ranger/limit-ranger.ts';
import { NamespaceLifecycle } from '../admission/namespace-lifecycle.ts';
import { NodeRestriction } from '../admission/node-restriction/node-restriction.ts';
import { PersistentVolumeClaimResize } from '../admission/persistent-volume-claim-resize.ts';
import { PodSecurity } from '../admission/pod-security/pod-security.ts';
import { PriorityAdmission } from '../admission/priority.ts';
import type { QuotaAccessor } from '../admission/resource-quota/resource-quota.ts';
import { ResourceQuotaAdmission } from '../admission/resource-quota/resource-quota.ts';
import { RuntimeClassAdmission } from '../admission/runtime-class.ts';
import { ServiceAccountAdmission } from '../admission/service-account.ts';
import { StorageObjectInUseProtection } from '../admission/storage-object-in-use-protection.ts';
import { TaintNodesByCondition } from '../admission/taint-nodes-by-condition.ts';
import { ValidatingAdmissionPolicyPlugin } from '../admission/validating-admission-policy/validating-admission-policy.ts';
import { MutatingAdmissionWebhook } from '../admission/webhook/mutating-admission-webhook.ts';
import { ValidatingAdmissionWebhook } from '../admission/webhook/validating-admission-webhook.ts';
import { WebhookCaller } from '../admission/webhook/webhook-caller.ts';
import type { WebhookOptions } from '../admission/webhook/webhooks.ts';
import type { ServedResources } from '../endpoints/served-resource.ts';
import type { NetworkAccess } from '../../network/interface.ts';
import type { KnownObjects } from './known-objects.ts';
import { ownWrite } from './own-writes.ts';
import { policySource } from './policy-source.ts';

/** What the plugins are made of. */
export interface AdmissionPluginOptions {
  readonly objects: KnownObjects;
  readonly served: ServedResources;
  readonly context: Context;
  readonly net: NetworkAccess;
  readonly authorization: AuthorizationChain;
  /** Names of those that are on though they are off by default. */
  readonly enabled: readonly string[];
  /** Names of those that are off; they win. */
  readonly disabled: readonly string[];
}

/** Modelled, but only on where the command line says so, as kubeadm's does. */
const DEFAULT_OFF = new Set(['NodeRestriction']);

/** The plugins that are on, in upstream's order. Models AllOrderedPlugins and DefaultOffAdmissionPlugins (v1.34). */
export function admissionPlugins(options: AdmissionPluginOptions): readonly AdmissionPlugin[] {
  const { objects, served, context, net, enabled, disabled, authorization } = options;
  const find = (resource: string, namespace: string, name: string) =>
    objects.find(resource, namespace, name, false);
  const caller = new WebhookCaller({ context, net, find });
  const webhooks = (resource: string): WebhookOptions => ({
    caller,
    authorization,
    namespace: (name) => objects.find('namespaces', '', name, true),
    configurations: () => objects.list(resource, 'admissionregistration.k8s.io'),
  });
  const all: readonly AdmissionPlugin[] = [
    new NamespaceLifecycle((name) => objects.find('namespaces', '', name, true)),
    new LimitRanger((namespace) => objects.inNamespace('limitranges', namespace)),
    new ServiceAccountAdmission(
      (namespace, name, live) => objects.find('serviceaccounts', namespace, name, live),
      context.rand,
    ),
    new NodeRestriction(
      (group, resource, namespace, name) => objects.find(resource, namespace, name, false, group),
      authorization,
    ),
    new TaintNodesByCondition(),
    new PodSecurity(
      (name) => objects.find('namespaces', '', name, true),
      (namespace) => objects.inNamespace('pods', namespace),
    ),
    new PriorityAdmission({
      get: (name) => objects.find('priorityclasses', '', name, true, 'scheduling.k8s.io'),
      list: () => objects.list('priorityclasses', 'scheduling.k8s.io'),
    }),
    new DefaultTolerationSeconds(),
    new DefaultStorageClass(() => objects.list('storageclasses', 'storage.k8s.io')),
    new StorageObjectInUseProtection(),
    new PersistentVolumeClaimResize((name) =>
      objects.find('storageclasses', '', name, true, 'storage.k8s.io'),
    ),
    new RuntimeClassAdmission((name) => objects.find('runtimeclasses', '', name, true, 'node.k8s.io')),
    new CertificateApproval(authorization),
    new CertificateSigning(authorization),
    new CertificateSubjectRestriction(),
    new DefaultIngressClass(() => objects.list('ingressclasses', 'networking.k8s.io')),
    new MutatingAdmissionWebhook(webhooks('mutatingwebhookconfigurations')),
    new ValidatingAdmissionPolicyPlugin(policySource(objects, served), authorization),
    new ValidatingAdmissionWebhook(webhooks('validatingwebhookconfigurations')),
    new ResourceQuotaAdmission(quotas(objects, served), context),
  ];
  return all.filter(
    ({ name }) => !disabled.includes(name) && (!DEFAULT_OFF.has(name) || enabled.includes(name)),
  );
}

function quotas(objects: KnownObjects, served: ServedResources): QuotaAccessor {
  return {
    list: async (namespace) =>
      (await objects.newestInNamespace('resourcequotas', namespace)) as readonly ResourceQuota[],
    updateStatus: async (quota) => {
      const { namespace = '', name = '' } = quota.metadata ?? {};
      await served
        .find('', 'v1', 'resourcequotas')
        ?.writer.update(
          { namespace, name, subresource: 'status', update: () => quota, create: 'never' },
          ownWrite(),
        );
    },
  };
}
