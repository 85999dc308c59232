import { SchemaRegistry } from '../../apimachinery/schema/compile.ts';
import type { OpenApiSchema } from '../../apimachinery/schema/openapi.ts';
import type { StructType } from '../../apimachinery/schema/type-schema.ts';

const prefix = 'io.k8s.kubelet.config.v1beta1.';
const string: OpenApiSchema = { type: 'string' };
const boolean: OpenApiSchema = { type: 'boolean' };
const int32: OpenApiSchema = { type: 'integer', format: 'int32' };
const int64: OpenApiSchema = { type: 'integer', format: 'int64' };
const number: OpenApiSchema = { type: 'number' };
const strings: OpenApiSchema = { type: 'array', items: string };
const texts: OpenApiSchema = { type: 'object', additionalProperties: string };
const object: OpenApiSchema = { type: 'object' };
const of = (name: string): OpenApiSchema => ({ $ref: `#/components/schemas/${prefix}${name}` });
const listOf = (name: string): OpenApiSchema => ({ type: 'array', items: of(name) });

/** Names of fields of one type. */
function fields(type: OpenApiSchema, names: string): Record<string, OpenApiSchema> {
  return Object.fromEntries(names.split(' ').map((name) => [name, type]));
}

const structs: Readonly<Record<string, Readonly<Record<string, OpenApiSchema>>>> = {
  KubeletConfiguration: {
    ...fields(
      string,
      'apiVersion kind staticPodPath podLogsDir syncFrequency fileCheckFrequency httpCheckFrequency staticPodURL address ' +
        'tlsCertFile tlsPrivateKeyFile tlsMinVersion imagePullCredentialsVerificationPolicy healthzBindAddress clusterDomain ' +
        'streamingConnectionIdleTimeout nodeStatusUpdateFrequency nodeStatusReportFrequency imageMinimumGCAge imageMaximumGCAge ' +
        'volumeStatsAggPeriod kubeletCgroups systemCgroups cgroupRoot cgroupDriver cpuManagerPolicy cpuManagerReconcilePeriod ' +
        'memoryManagerPolicy topologyManagerPolicy topologyManagerScope runtimeRequestTimeout hairpinMode podCIDR resolvConf ' +
        'cpuCFSQuotaPeriod contentType evictionPressureTransitionPeriod containerLogMaxSize containerLogMonitorInterval ' +
        'configMapAndSecretChangeDetectionStrategy reservedSystemCPUs showHiddenMetricsForVersion systemReservedCgroup ' +
        'kubeReservedCgroup volumePluginDir providerID shutdownGracePeriod shutdownGracePeriodCriticalPods ' +
        'containerRuntimeEndpoint imageServiceEndpoint',
    ),
    ...fields(
      boolean,
      'enableServer rotateCertificates serverTLSBootstrap enableDebuggingHandlers enableContentionProfiling cgroupsPerQOS ' +
        'singleProcessOOMKill runOnce cpuCFSQuota serializeImagePulls mergeDefaultEvictionSettings enableControllerAttachDetach ' +
        'protectKernelDefaults makeIPTablesUtilChains failSwapOn kernelMemcgNotification enableSystemLogHandler ' +
        'enableSystemLogQuery enableProfilingHandler enableDebugFlagsHandler seccompDefault registerNode ' +
        'localStorageCapacityIsolation failCgroupV1',
    ),
    ...fields(
      int32,
      'port readOnlyPort registryPullQPS registryBurst eventRecordQPS eventBurst healthzPort oomScoreAdj ' +
        'nodeLeaseDurationSeconds imageGCHighThresholdPercent imageGCLowThresholdPercent maxPods nodeStatusMaxImages kubeAPIQPS ' +
        'kubeAPIBurst maxParallelImagePulls evictionMaxPodGracePeriod podsPerCore iptablesMasqueradeBit iptablesDropBit ' +
        'containerLogMaxFiles containerLogMaxWorkers',
    ),
    ...fields(int64, 'podPidsLimit maxOpenFiles'),
    ...fields(number, 'memoryThrottlingFactor'),
    ...fields(
      strings,
      'tlsCipherSuites preloadedImagesVerificationAllowlist clusterDNS enforceNodeAllocatable allowedUnsafeSysctls',
    ),
    ...fields(
      texts,
      'cpuManagerPolicyOptions topologyManagerPolicyOptions qosReserved evictionHard evictionSoft evictionSoftGracePeriod ' +
        'evictionMinimumReclaim systemReserved kubeReserved',
    ),
    staticPodURLHeader: { type: 'object', additionalProperties: strings },
    featureGates: { type: 'object', additionalProperties: boolean },
    logging: object,
    tracing: object,
    userNamespaces: object,
    authentication: of('KubeletAuthentication'),
    authorization: of('KubeletAuthorization'),
    memorySwap: of('MemorySwapConfiguration'),
    shutdownGracePeriodByPodPriority: listOf('ShutdownGracePeriodByPodPriority'),
    crashLoopBackOff: of('CrashLoopBackOffConfig'),
    reservedMemory: listOf('MemoryReservation'),
    registerWithTaints: listOf('Taint'),
  },
  KubeletAuthentication: {
    x509: of('KubeletX509Authentication'),
    webhook: of('KubeletWebhookAuthentication'),
    anonymous: of('KubeletAnonymousAuthentication'),
  },
  KubeletX509Authentication: { clientCAFile: string },
  KubeletWebhookAuthentication: { enabled: boolean, cacheTTL: string },
  KubeletAnonymousAuthentication: { enabled: boolean },
  KubeletAuthorization: { mode: string, webhook: of('KubeletWebhookAuthorization') },
  KubeletWebhookAuthorization: { cacheAuthorizedTTL: string, cacheUnauthorizedTTL: string },
  MemorySwapConfiguration: { swapBehavior: string },
  ShutdownGracePeriodByPodPriority: { priority: int32, shutdownGracePeriodSeconds: int64 },
  CrashLoopBackOffConfig: { maxContainerRestartPeriod: string },
  MemoryReservation: { numaNode: int32, limits: texts },
  Taint: { key: string, value: string, effect: string, timeAdded: string },
};

/** Fields that hold a `metav1.Duration`. */
export const DURATIONS: readonly string[] = (
  'syncFrequency fileCheckFrequency httpCheckFrequency streamingConnectionIdleTimeout nodeStatusUpdateFrequency ' +
  'nodeStatusReportFrequency imageMinimumGCAge imageMaximumGCAge volumeStatsAggPeriod cpuManagerReconcilePeriod ' +
  'runtimeRequestTimeout cpuCFSQuotaPeriod evictionPressureTransitionPeriod containerLogMonitorInterval shutdownGracePeriod ' +
  'shutdownGracePeriodCriticalPods'
).split(' ');

const registry = new SchemaRegistry(
  Object.fromEntries(
    Object.entries(structs).map(([name, properties]) => [`${prefix}${name}`, { properties }]),
  ),
);

/** KubeletConfiguration of `kubelet.config.k8s.io/v1beta1` (v1.34). */
export const kubeletConfigurationType = registry.byName(`${prefix}KubeletConfiguration`) as StructType;
