import type { Taint } from '../../api/types.ts';

/** The configuration file cannot be used; the message is the kubelet's. */
export class KubeletConfigurationError extends Error {}

type Texts = Readonly<Record<string, string>>;

/** Fields of `kubelet.config.k8s.io/v1beta1` that this kubelet looks at. Durations in Go's words. Models config/v1beta1/types.go (v1.34). */
export interface KubeletConfiguration {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly staticPodPath: string;
  readonly podLogsDir: string;
  readonly port: number;
  readonly readOnlyPort: number;
  readonly healthzPort: number;
  readonly clusterDomain: string;
  readonly clusterDNS: readonly string[];
  readonly nodeStatusUpdateFrequency: string;
  readonly nodeStatusReportFrequency: string;
  readonly nodeLeaseDurationSeconds: number;
  readonly nodeStatusMaxImages: number;
  readonly imageMinimumGCAge: string;
  readonly imageMaximumGCAge: string;
  readonly imageGCHighThresholdPercent: number;
  readonly imageGCLowThresholdPercent: number;
  readonly cgroupDriver: string;
  readonly cgroupsPerQOS: boolean;
  readonly cgroupRoot: string;
  readonly systemCgroups: string;
  readonly hairpinMode: string;
  readonly maxPods: number;
  readonly podPidsLimit: number;
  readonly podsPerCore: number;
  readonly maxOpenFiles: number;
  readonly oomScoreAdj: number;
  readonly eventRecordQPS: number;
  readonly eventBurst: number;
  readonly kubeAPIQPS: number;
  readonly kubeAPIBurst: number;
  readonly registryPullQPS: number;
  readonly registryBurst: number;
  readonly iptablesMasqueradeBit: number;
  readonly iptablesDropBit: number;
  readonly serializeImagePulls: boolean;
  readonly maxParallelImagePulls?: number;
  readonly evictionHard: Texts;
  readonly evictionSoft: Texts;
  readonly evictionSoftGracePeriod: Texts;
  readonly evictionMinimumReclaim: Texts;
  readonly evictionPressureTransitionPeriod: string;
  readonly evictionMaxPodGracePeriod: number;
  readonly failSwapOn: boolean;
  readonly memorySwap: { readonly swapBehavior?: string };
  readonly containerLogMaxSize: string;
  readonly containerLogMaxFiles: number;
  readonly containerLogMaxWorkers: number;
  readonly containerLogMonitorInterval: string;
  readonly systemReserved: Texts;
  readonly kubeReserved: Texts;
  readonly systemReservedCgroup: string;
  readonly kubeReservedCgroup: string;
  readonly enforceNodeAllocatable: readonly string[];
  readonly shutdownGracePeriod: string;
  readonly shutdownGracePeriodCriticalPods: string;
  readonly shutdownGracePeriodByPodPriority: readonly {
    readonly priority?: number;
    readonly shutdownGracePeriodSeconds?: number;
  }[];
  readonly crashLoopBackOff: { readonly maxContainerRestartPeriod?: string };
  readonly registerWithTaints: readonly Taint[];
  readonly registerNode: boolean;
  readonly runOnce: boolean;
  readonly topologyManagerPolicy: string;
  readonly topologyManagerScope: string;
  readonly localStorageCapacityIsolation: boolean;
  readonly containerRuntimeEndpoint: string;
  readonly featureGates: Readonly<Record<string, boolean>>;
}

/** As it stands in the file. */
export type KubeletConfigurationFile = Partial<KubeletConfiguration> & Readonly<Record<string, unknown>>;
