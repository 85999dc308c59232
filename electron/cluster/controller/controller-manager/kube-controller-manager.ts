import { CoreEventRecorder } from '../../client/core-event-recorder.ts';
import { serveHealth } from '../../client/health-server.ts';
import { InformerFactory } from '../../client/informer-factory.ts';
import { readClientConfig } from '../../client/kubeconfig.ts';
import { LeaderElector } from '../../client/leader-election.ts';
import { NetworkApiClient } from '../../client/network-api-client.ts';
import { leaderIdentity, takeThawed } from '../../client/thaw.ts';
import type { ProcessContext, Program } from '../../machine/interface.ts';
import type { Controller } from '../interface.ts';
import { controllerDescriptors } from './controller-descriptors.ts';
import type { ControllerManagerConfig } from './flags.ts';
import { enabledControllers, readControllerManagerFlags } from './flags.ts';

const name = 'kube-controller-manager';

/** Upstream's controllers that are not here: naming them is no mistake. */
const notModelled = new Set([
  'bootstrapsigner',
  'bootstrap-signer-controller',
  'tokencleaner',
  'token-cleaner-controller',
  'cronjob',
  'cronjob-controller',
  'daemonset',
  'daemonset-controller',
  'job',
  'job-controller',
  'statefulset',
  'statefulset-controller',
  'replicationcontroller',
  'replicationcontroller-controller',
  'endpoint',
  'endpoints-controller',
  'endpointslice',
  'endpointslice-controller',
  'horizontalpodautoscaling',
  'horizontal-pod-autoscaler-controller',
  'disruption',
  'disruption-controller',
  'ttl-after-finished',
  'ttl-after-finished-controller',
  'nodeipam',
  'node-ipam-controller',
]);

/** The program of kube-controller-manager. `version` is the cluster's, e.g. `v1.34.9`. Models cmd/kube-controller-manager (v1.34). */
export function kubeControllerManager(version: string): Program {
  return async (process) => {
    try {
      return await run(process, version);
    } catch (error) {
      if (error instanceof TypeError) throw error;
      process.stderr(`Error: ${error instanceof Error ? error.message : String(error)}`);
      return 1;
    }
  };
}

async function run(process: ProcessContext, version: string): Promise<number> {
  const thawed = takeThawed(process.state, name);
  const config = withRootCa(process, readControllerManagerFlags(argumentsOf(process)));
  const enabled = enabledControllers(config.controllers, controllerDescriptors, notModelled);
  const limits = { qps: config.qps, burst: config.burst };
  const agent = `${name}/${version}`;
  const client = new NetworkApiClient(
    process,
    process.net,
    readClientConfig(process.files, config.kubeconfig, agent, limits),
  );
  serveHealth(process.net, config.securePort);
  process.stdout(`"Starting" version="${version}"`);
  if (!config.leaderElect) {
    startControllers(process, client, config, enabled, agent, thawed);
    return new Promise<number>(() => undefined);
  }
  const leaderClient = client.derive(`${agent}/leader-election`);
  const elector = new LeaderElector(process, {
    client: leaderClient,
    recorder: new CoreEventRecorder(process, leaderClient, name),
    namespace: config.leaseNamespace,
    name: config.leaseName,
    identity: leaderIdentity(process, name, thawed),
    times: config,
  });
  await elector.acquire();
  startControllers(process, client, config, enabled, agent, thawed);
  await elector.renew();
  process.stderr('"leaderelection lost"');
  return 1;
}

/** Each controller has a client (with its own rate limit) and recorder; the caches are shared. */
function startControllers(
  process: ProcessContext,
  client: NetworkApiClient,
  config: ControllerManagerConfig,
  enabled: ReadonlySet<string>,
  agent: string,
  thawed: boolean,
): void {
  const factory = new InformerFactory(process, client.derive(`${agent}/shared-informers`));
  const controllers: Controller[] = [];
  for (const descriptor of controllerDescriptors) {
    if (!enabled.has(descriptor.name)) {
      process.log.info('Warning: controller is disabled', { controller: descriptor.name });
      continue;
    }
    const own = client.derive(`${agent}/${descriptor.component}`);
    const recorder = new CoreEventRecorder(process, own, descriptor.component);
    const controller = descriptor.create(
      { context: process, client: own, factory, recorder, thawed, files: process.files },
      config,
    );
    if (controller === undefined) process.log.warn('Skipping', { controller: descriptor.name });
    else controllers.push(controller);
  }
  factory.start();
  process.go(async () => {
    await factory.waitForCacheSync();
    for (const controller of controllers) controller.run();
  });
}

function withRootCa(process: ProcessContext, config: ControllerManagerConfig): ControllerManagerConfig {
  if (config.rootCaFile === '') return config;
  if (!process.files.exists(config.rootCaFile)) {
    throw new Error(
      `error reading root-ca-file at ${config.rootCaFile}: open ${config.rootCaFile}: no such file or directory`,
    );
  }
  return { ...config, rootCa: process.files.read(config.rootCaFile) };
}

/** The container's command begins with the program's own name. */
function argumentsOf({ argv }: ProcessContext): readonly string[] {
  return argv[0] !== undefined && !argv[0].startsWith('--') ? argv.slice(1) : argv;
}
