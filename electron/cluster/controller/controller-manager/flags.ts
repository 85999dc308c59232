import type { PrivateKey } from '../../../base/jose/private-key.ts';
import { FlagError, parseDuration, parseFlags } from '../../client/component-flags.ts';
import type { NodeLifecycleOptions } from '../node-lifecycle/node-lifecycle-controller.ts';
import type { ResourceQuotaOptions } from '../resource-quota/resource-quota-controller.ts';
import { defaultNodeLifecycleOptions } from '../node-lifecycle/node-lifecycle-controller.ts';

/** What the flags say, in the terms of the controllers. */
export interface ControllerManagerConfig {
  readonly kubeconfig: string;
  readonly qps: number;
  readonly burst: number;
  readonly securePort: number;
  readonly leaderElect: boolean;
  readonly leaseName: string;
  readonly leaseNamespace: string;
  readonly leaseDuration: number;
  readonly renewDeadline: number;
  readonly retryPeriod: number;
  readonly controllers: readonly string[];
  readonly concurrent: {
    readonly deployment: number;
    readonly replicaset: number;
    readonly namespace: number;
    readonly gc: number;
    readonly daemonset: number;
    readonly statefulset: number;
    readonly job: number;
    readonly cronJob: number;
  };
  readonly enableGarbageCollector: boolean;
  readonly terminatedPodThreshold: number;
  /** Milliseconds. */
  readonly claimBinderSyncPeriod: number;
  readonly nodeLifecycle: NodeLifecycleOptions;
  readonly resourceQuota: ResourceQuotaOptions;
  readonly rootCaFile: string;
  /** Each controller acts under a service account of its own. */
  readonly useServiceAccountCredentials: boolean;
  readonly signing: {
    /** '' when there is no signer. */
    readonly certificateFile: string;
    readonly keyFile: string;
    /** Milliseconds that a certificate is good at most. */
    readonly duration: number;
  };
  /** Milliseconds without use after which a token from a Secret is not needed. */
  readonly legacyTokenCleanUpPeriod: number;
  readonly serviceAccountPrivateKeyFile: string;
  /** From that file. */
  readonly serviceAccountKey?: PrivateKey;
  /** Content of `rootCaFile`. */
  readonly rootCa?: string;
}

/** Accepted as kubeadm passes them; what they configure is not modelled. */
const accepted = {
  'allocate-node-cidrs': false,
  'authentication-kubeconfig': '',
  'authorization-kubeconfig': '',
  'bind-address': '0.0.0.0',
  'client-ca-file': '',
  'cluster-cidr': '',
  'cluster-name': 'kubernetes',
  'requestheader-client-ca-file': '',
  'service-cluster-ip-range': '',
  v: 0,
};

const defaults = {
  ...accepted,
  'cluster-signing-cert-file': '',
  'cluster-signing-duration': '8760h',
  'cluster-signing-key-file': '',
  'concurrent-cron-job-syncs': 5,
  'concurrent-daemonset-syncs': 2,
  'concurrent-deployment-syncs': 5,
  'concurrent-gc-syncs': 20,
  'concurrent-job-syncs': 5,
  'concurrent-namespace-syncs': 10,
  'concurrent-replicaset-syncs': 5,
  'concurrent-resource-quota-syncs': 5,
  'concurrent-statefulset-syncs': 5,
  controllers: '*',
  'enable-garbage-collector': true,
  'kube-api-burst': 30,
  'kube-api-qps': 20,
  kubeconfig: '/etc/kubernetes/controller-manager.conf',
  'large-cluster-size-threshold': 50,
  'leader-elect': true,
  'leader-elect-lease-duration': '15s',
  'leader-elect-renew-deadline': '10s',
  'leader-elect-resource-name': 'kube-controller-manager',
  'leader-elect-resource-namespace': 'kube-system',
  'leader-elect-retry-period': '2s',
  'legacy-service-account-token-clean-up-period': '8760h',
  'node-eviction-rate': defaultNodeLifecycleOptions.evictionRate,
  'node-monitor-grace-period': '50s',
  'node-monitor-period': '5s',
  'node-startup-grace-period': '1m',
  'pvclaimbinder-sync-period': '15s',
  'resource-quota-sync-period': '5m',
  'root-ca-file': '',
  'secondary-node-eviction-rate': defaultNodeLifecycleOptions.secondaryEvictionRate,
  'secure-port': 10257,
  'service-account-private-key-file': '',
  'terminated-pod-gc-threshold': 12_500,
  'use-service-account-credentials': false,
  'unhealthy-zone-threshold': defaultNodeLifecycleOptions.unhealthyZoneThreshold,
};

/** @throws FlagError */
export function readControllerManagerFlags(argv: readonly string[]): ControllerManagerConfig {
  const flags = parseFlags(argv, defaults);
  const duration = (name: keyof typeof flags): number => parseDuration(name, String(flags[name]));
  const leaseDuration = duration('leader-elect-lease-duration');
  const renewDeadline = duration('leader-elect-renew-deadline');
  const retryPeriod = duration('leader-elect-retry-period');
  if (leaseDuration <= renewDeadline) throw new FlagError('leaseDuration must be greater than renewDeadline');
  if (renewDeadline <= retryPeriod * 1.2)
    throw new FlagError('renewDeadline must be greater than retryPeriod*JitterFactor');
  return {
    kubeconfig: flags.kubeconfig,
    qps: flags['kube-api-qps'],
    burst: flags['kube-api-burst'],
    securePort: flags['secure-port'],
    leaderElect: flags['leader-elect'],
    leaseName: flags['leader-elect-resource-name'],
    leaseNamespace: flags['leader-elect-resource-namespace'],
    leaseDuration,
    renewDeadline,
    retryPeriod,
    controllers: flags.controllers.split(',').filter((name) => name !== ''),
    concurrent: {
      deployment: flags['concurrent-deployment-syncs'],
      replicaset: flags['concurrent-replicaset-syncs'],
      namespace: flags['concurrent-namespace-syncs'],
      gc: flags['concurrent-gc-syncs'],
      daemonset: flags['concurrent-daemonset-syncs'],
      statefulset: flags['concurrent-statefulset-syncs'],
      job: flags['concurrent-job-syncs'],
      cronJob: flags['concurrent-cron-job-syncs'],
    },
    enableGarbageCollector: flags['enable-garbage-collector'],
    terminatedPodThreshold: flags['terminated-pod-gc-threshold'],
    claimBinderSyncPeriod: duration('pvclaimbinder-sync-period'),
    nodeLifecycle: {
      monitorPeriod: duration('node-monitor-period'),
      gracePeriods: {
        monitor: duration('node-monitor-grace-period'),
        startup: duration('node-startup-grace-period'),
      },
      evictionRate: flags['node-eviction-rate'],
      secondaryEvictionRate: flags['secondary-node-eviction-rate'],
      largeClusterSize: flags['large-cluster-size-threshold'],
      unhealthyZoneThreshold: flags['unhealthy-zone-threshold'],
    },
    resourceQuota: {
      workers: flags['concurrent-resource-quota-syncs'],
      syncPeriod: duration('resource-quota-sync-period'),
    },
    rootCaFile: flags['root-ca-file'],
    legacyTokenCleanUpPeriod: duration('legacy-service-account-token-clean-up-period'),
    serviceAccountPrivateKeyFile: flags['service-account-private-key-file'],
    useServiceAccountCredentials: flags['use-service-account-credentials'],
    signing: {
      certificateFile: flags['cluster-signing-cert-file'],
      keyFile: flags['cluster-signing-key-file'],
      duration: duration('cluster-signing-duration'),
    },
  };
}
