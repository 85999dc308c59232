import { commandFailed, klogHeader } from '../client/command-failed.ts';
import { FlagError } from '../client/component-flags.ts';
import { CoreEventRecorder } from '../client/core-event-recorder.ts';
import { serveHealth } from '../client/health-server.ts';
import { InformerFactory } from '../client/informer-factory.ts';
import { readClientConfig } from '../client/kubeconfig.ts';
import { LeaderElector } from '../client/leader-election.ts';
import { NetworkApiClient } from '../client/network-api-client.ts';
import { SeriesEventRecorder } from '../client/series-event-recorder.ts';
import { leaderIdentity, takeThawed } from '../client/thaw.ts';
import type { ProcessContext, Program } from '../machine/interface.ts';
import type { LeaderElection, SchedulerConfiguration } from './config/interface.ts';
import { SchedulerConfigurationError } from './config/interface.ts';
import { loadConfiguration } from './config/load.ts';
import { checkProfiles } from './framework/create-framework.ts';
import { inTreeRegistry } from './plugins/registry.ts';
import { readConfiguration } from './read-configuration.ts';
import { schedulerFlags } from './scheduler-flags.ts';
import { Scheduler } from './scheduler.ts';

const component = 'kube-scheduler';

/** The program of kube-scheduler. `version` is its own, e.g. `v1.34.9`. Models cmd/kube-scheduler (v1.34). */
export function kubeScheduler(version: string): Program {
  return async (process) => {
    try {
      return await run(process, version);
    } catch (error) {
      if (error instanceof TypeError) throw error;
      const why = error instanceof Error ? error.message : String(error);
      process.stderr(error instanceof FlagError ? `Error: ${why}` : commandFailed(why, process.clock.now()));
      return 1;
    }
  };
}

async function run(process: ProcessContext, version: string): Promise<number> {
  const flags = schedulerFlags(process.argv.slice(argvOffset(process)));
  const config = readConfiguration(process.files, flags);
  const { kubeconfig, ...limits } = config.clientConnection;
  if (kubeconfig === '')
    throw new Error(
      'invalid configuration: no configuration has been provided, try setting KUBERNETES_MASTER environment variable',
    );
  const clientConfig = readClientConfig(process.files, kubeconfig, `${component}/${version}`, limits);
  const client = new NetworkApiClient(process, process.net, clientConfig);
  const factory = new InformerFactory(process, client);
  const eventClient = client.derive(`${component}/${version}`);
  const scheduler = new Scheduler(process, {
    client,
    factory,
    recorder: (name) => new SeriesEventRecorder(process, eventClient, name, process.machine.name),
    profiles: config.profiles,
    registry: inTreeRegistry,
    release: version,
    percentageOfNodesToScore: config.percentageOfNodesToScore,
    backoff: { initial: config.initialBackoff, max: config.maxBackoff },
  });
  serveHealth(process.net, flags.values['secure-port']);
  process.stdout(`"Starting Kubernetes Scheduler" version="${version}"`);
  if (flags.values.config !== '') watchConfiguration(process, flags.values.config);
  factory.start();
  await factory.waitForCacheSync();

  if (!config.leaderElection.leaderElect) {
    await scheduler.run();
    return 0;
  }
  const elector = createElector(process, client.derive(`${component}/${version}/leader-election`), config);
  await elector.acquire();
  process.go(() => scheduler.run());
  await elector.renew();
  process.stderr('"Leaderelection lost"');
  return 1;
}

function createElector(
  process: ProcessContext,
  client: NetworkApiClient,
  { leaderElection, profiles }: SchedulerConfiguration,
): LeaderElector {
  const { resourceName: name, resourceNamespace: namespace } = leaderElection;
  const { leaseDuration, renewDeadline, retryPeriod }: LeaderElection = leaderElection;
  // Another scheduler on this machine competes for another Lease, and is somebody else.
  const thawed = takeThawed(process.state, name);
  return new LeaderElector(process, {
    client,
    recorder: new CoreEventRecorder(process, client, profiles[0]?.schedulerName ?? ''),
    namespace,
    name,
    identity: leaderIdentity(process, name, thawed),
    times: { leaseDuration, renewDeadline, retryPeriod },
  });
}

/**
 * The file is read at the start only, as upstream does: whatever is written later, the running configuration is kept. Unlike
 * upstream the program says so, and whether the next start would take what was written.
 */
function watchConfiguration({ files, clock, stderr }: ProcessContext, path: string): void {
  const folder = path.slice(0, Math.max(1, path.lastIndexOf('/')));
  files.watch(folder, (changed) => {
    if (changed !== path) return;
    const problem = configurationProblem(() => files.read(path));
    const kept = 'kube-scheduler keeps running by the configuration it started with';
    stderr(
      problem === undefined
        ? `${klogHeader('I', clock.now())} "The configuration file was changed; ${kept} until it is restarted" file=${JSON.stringify(path)}`
        : `${klogHeader('E', clock.now())} "The configuration file was changed and is not valid; ${kept}" err=${JSON.stringify(problem)} file=${JSON.stringify(path)}`,
    );
  });
}

function configurationProblem(read: () => string): string | undefined {
  let text: string;
  try {
    text = read();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  try {
    checkProfiles(loadConfiguration(text).profiles, inTreeRegistry);
    return undefined;
  } catch (error) {
    if (error instanceof SchedulerConfigurationError) return error.message;
    throw error;
  }
}

/** The container's command begins with the program's own name. */
function argvOffset({ argv }: ProcessContext): number {
  return argv[0] !== undefined && !argv[0].startsWith('--') ? 1 : 0;
}
