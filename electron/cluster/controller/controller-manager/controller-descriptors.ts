import { ApprovingController } from '../certificates/approving-controller.ts';
import { BootstrapSignerController } from '../bootstrap/bootstrap-signer-controller.ts';
import { TokenCleanerController } from '../bootstrap/token-cleaner-controller.ts';
import { AuthorityFiles } from '../certificates/authority-files.ts';
import { CleanerController } from '../certificates/cleaner-controller.ts';
import { SigningController } from '../certificates/signing-controller.ts';
import { AttachDetachController } from '../attach-detach/attach-detach-controller.ts';
import { ClusterRoleAggregationController } from '../clusterrole-aggregation/clusterrole-aggregation-controller.ts';
import { CronJobController } from '../cronjob/cronjob-controller.ts';
import { DaemonSetController } from '../daemon/daemonset-controller.ts';
import { DeploymentController } from '../deployment/deployment-controller.ts';
import { DisruptionController } from '../disruption/disruption-controller.ts';
import { EndpointsController } from '../endpoints/endpoints-controller.ts';
import { EndpointSliceController } from '../endpointslice/endpointslice-controller.ts';
import { EndpointSliceMirroringController } from '../endpointslice-mirroring/endpointslice-mirroring-controller.ts';
import { EphemeralVolumeController } from '../ephemeral-volume/ephemeral-volume-controller.ts';
import { GarbageCollector } from '../garbage-collector/garbage-collector.ts';
import type { Controller, ControllerContext } from '../interface.ts';
import { JobController } from '../job/job-controller.ts';
import { NamespaceController } from '../namespace/namespace-controller.ts';
import { NodeLifecycleController } from '../node-lifecycle/node-lifecycle-controller.ts';
import { PersistentVolumeBinderController } from '../persistentvolume-binder/persistentvolume-binder-controller.ts';
import { PodGcController } from '../pod-gc/pod-gc-controller.ts';
import { ReplicaSetController } from '../replicaset/replicaset-controller.ts';
import { replicationControllerKind } from '../replication/replication-controller-kind.ts';
import { ResourceQuotaController } from '../resource-quota/resource-quota-controller.ts';
import { RootCaPublisher } from '../root-ca-publisher/root-ca-publisher.ts';
import { ServiceAccountController } from '../service-account/service-account-controller.ts';
import { LegacyTokenCleaner } from '../service-account/legacy-token-cleaner.ts';
import { TokensController } from '../service-account/tokens-controller.ts';
import { StatefulSetController } from '../statefulset/statefulset-controller.ts';
import { PvProtectionController } from '../storage-protection/pv-protection-controller.ts';
import { PvcProtectionController } from '../storage-protection/pvc-protection-controller.ts';
import { TaintEvictionController } from '../taint-eviction/taint-eviction-controller.ts';
import { TtlAfterFinishedController } from '../ttl-after-finished/ttl-after-finished-controller.ts';
import { VolumeExpandController } from '../volume-expand/volume-expand-controller.ts';
import type { KnownController } from './enabled-controllers.ts';
import type { ControllerManagerConfig } from './flags.ts';

/** A controller by name. Models cmd/kube-controller-manager/app ControllerDescriptor (v1.34). */
export interface ControllerDescriptor extends KnownController {
  /** Component name in events and user agent, and service account in kube-system. */
  readonly component: string;
  /** Source of its events where that is another. */
  readonly eventSource?: string;
  /** Acts as the process itself: others need what it makes. */
  readonly isRoot?: boolean;
  /** Undefined when the configuration leaves it without what it needs. */
  create(context: ControllerContext, config: ControllerManagerConfig): Controller | undefined;
}

/** Every controller there is, in the order in which they start. */
export const controllerDescriptors: readonly ControllerDescriptor[] = [
  {
    name: 'serviceaccount-token-controller',
    alias: 'serviceaccount-token',
    component: 'tokens-controller',
    isRoot: true,
    create: (c, { serviceAccountKey, rootCa }) =>
      serviceAccountKey === undefined ? undefined : new TokensController(c, serviceAccountKey, rootCa),
  },
  {
    name: 'endpoints-controller',
    alias: 'endpoint',
    component: 'endpoint-controller',
    create: (c) => new EndpointsController(c),
  },
  {
    name: 'endpointslice-controller',
    alias: 'endpointslice',
    component: 'endpointslice-controller',
    create: (c) => new EndpointSliceController(c),
  },
  {
    name: 'endpointslice-mirroring-controller',
    alias: 'endpointslicemirroring',
    component: 'endpointslicemirroring-controller',
    create: (c) => new EndpointSliceMirroringController(c),
  },
  {
    name: 'replicationcontroller-controller',
    alias: 'replicationcontroller',
    component: 'replication-controller',
    create: (c, { concurrent }) =>
      new ReplicaSetController(c, concurrent.replicaset, replicationControllerKind),
  },
  {
    name: 'serviceaccount-controller',
    alias: 'serviceaccount',
    component: 'service-account-controller',
    create: (c) => new ServiceAccountController(c),
  },
  {
    name: 'root-ca-certificate-publisher-controller',
    alias: 'root-ca-cert-publisher',
    component: 'root-ca-cert-publisher',
    create: (c, { rootCa }) => (rootCa === undefined ? undefined : new RootCaPublisher(c, rootCa)),
  },
  {
    name: 'clusterrole-aggregation-controller',
    alias: 'clusterrole-aggregation',
    component: 'clusterrole-aggregation-controller',
    create: (c) => new ClusterRoleAggregationController(c),
  },
  {
    name: 'resourcequota-controller',
    alias: 'resourcequota',
    component: 'resourcequota-controller',
    create: (c, { resourceQuota }) => new ResourceQuotaController(c, resourceQuota),
  },
  {
    name: 'certificatesigningrequest-signing-controller',
    alias: 'csrsigning',
    component: 'certificate-controller',
    create: (c, { signing }) =>
      signing.certificateFile === '' || c.files === undefined
        ? undefined
        : new SigningController(c, new AuthorityFiles(c.files, signing), signing.duration),
  },
  {
    name: 'certificatesigningrequest-approving-controller',
    alias: 'csrapproving',
    component: 'certificate-controller',
    create: (c) => new ApprovingController(c),
  },
  {
    name: 'certificatesigningrequest-cleaner-controller',
    alias: 'csrcleaner',
    component: 'certificate-controller',
    create: (c) => new CleanerController(c),
  },
  {
    name: 'namespace-controller',
    alias: 'namespace',
    component: 'namespace-controller',
    create: (c, { concurrent }) => new NamespaceController(c, concurrent.namespace),
  },
  {
    name: 'garbage-collector-controller',
    alias: 'garbagecollector',
    component: 'generic-garbage-collector',
    create: (c, { concurrent, enableGarbageCollector }) =>
      enableGarbageCollector ? new GarbageCollector(c, concurrent.gc) : undefined,
  },
  {
    name: 'pod-garbage-collector-controller',
    alias: 'podgc',
    component: 'pod-garbage-collector',
    create: (c, { terminatedPodThreshold }) => new PodGcController(c, terminatedPodThreshold),
  },
  {
    name: 'deployment-controller',
    alias: 'deployment',
    component: 'deployment-controller',
    create: (c, { concurrent }) => new DeploymentController(c, concurrent.deployment),
  },
  {
    name: 'daemonset-controller',
    alias: 'daemonset',
    component: 'daemon-set-controller',
    create: (c, { concurrent }) => new DaemonSetController(c, concurrent.daemonset),
  },
  {
    name: 'disruption-controller',
    alias: 'disruption',
    component: 'disruption-controller',
    create: (c) => new DisruptionController(c),
  },
  {
    name: 'statefulset-controller',
    alias: 'statefulset',
    component: 'statefulset-controller',
    create: (c, { concurrent }) => new StatefulSetController(c, concurrent.statefulset),
  },
  {
    name: 'job-controller',
    alias: 'job',
    component: 'job-controller',
    create: (c, { concurrent }) => new JobController(c, concurrent.job),
  },
  {
    name: 'cronjob-controller',
    alias: 'cronjob',
    component: 'cronjob-controller',
    create: (c, { concurrent }) => new CronJobController(c, concurrent.cronJob),
  },
  {
    name: 'bootstrap-signer-controller',
    alias: 'bootstrapsigner',
    component: 'bootstrap-signer',
    isDisabledByDefault: true,
    create: (c) => new BootstrapSignerController(c),
  },
  {
    name: 'token-cleaner-controller',
    alias: 'tokencleaner',
    component: 'token-cleaner',
    isDisabledByDefault: true,
    create: (c) => new TokenCleanerController(c),
  },
  {
    name: 'ttl-after-finished-controller',
    alias: 'ttl-after-finished',
    component: 'ttl-after-finished-controller',
    create: (c) => new TtlAfterFinishedController(c),
  },
  {
    name: 'replicaset-controller',
    alias: 'replicaset',
    component: 'replicaset-controller',
    create: (c, { concurrent }) => new ReplicaSetController(c, concurrent.replicaset),
  },
  {
    name: 'node-lifecycle-controller',
    alias: 'nodelifecycle',
    component: 'node-controller',
    create: (c, { nodeLifecycle }) => new NodeLifecycleController(c, nodeLifecycle),
  },
  {
    name: 'persistentvolume-binder-controller',
    alias: 'persistentvolume-binder',
    component: 'persistent-volume-binder',
    eventSource: 'persistentvolume-controller',
    create: (c, { claimBinderSyncPeriod }) => new PersistentVolumeBinderController(c, claimBinderSyncPeriod),
  },
  {
    name: 'persistentvolume-attach-detach-controller',
    alias: 'attachdetach',
    component: 'attachdetach-controller',
    create: (c) => new AttachDetachController(c),
  },
  {
    name: 'persistentvolume-expander-controller',
    alias: 'persistentvolume-expander',
    component: 'expand-controller',
    eventSource: 'volume_expand',
    create: (c) => new VolumeExpandController(c),
  },
  {
    name: 'ephemeral-volume-controller',
    alias: 'ephemeral-volume',
    component: 'ephemeral-volume-controller',
    eventSource: 'ephemeral_volume',
    create: (c) => new EphemeralVolumeController(c),
  },
  {
    name: 'persistentvolumeclaim-protection-controller',
    alias: 'pvc-protection',
    component: 'pvc-protection-controller',
    create: (c) => new PvcProtectionController(c),
  },
  {
    name: 'persistentvolume-protection-controller',
    alias: 'pv-protection',
    component: 'pv-protection-controller',
    create: (c) => new PvProtectionController(c),
  },
  {
    name: 'taint-eviction-controller',
    alias: 'taint-eviction-controller',
    component: 'taint-eviction-controller',
    create: (c) => new TaintEvictionController(c),
  },
  {
    name: 'legacy-serviceaccount-token-cleaner-controller',
    alias: 'legacy-serviceaccount-token-cleaner',
    component: 'legacy-service-account-token-cleaner',
    create: (c, { legacyTokenCleanUpPeriod }) => new LegacyTokenCleaner(c, legacyTokenCleanUpPeriod),
  },
];
