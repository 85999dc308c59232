import { FlagError, parseFlags } from '../client/component-flags.ts';
import { CoreEventRecorder } from '../client/core-event-recorder.ts';
import { serveHealth } from '../client/health-server.ts';
import { InformerFactory } from '../client/informer-factory.ts';
import { readClientConfig } from '../client/kubeconfig.ts';
import { LeaderElector } from '../client/leader-election.ts';
import { NetworkApiClient } from '../client/network-api-client.ts';
import { SeriesEventRecorder } from '../client/series-event-recorder.ts';
import { leaderIdentity, takeThawed } from '../client/thaw.ts';
import type { ProcessContext, Program } from '../machine/interface.ts';
import { defaultProfile, inTreeRegistry } from './plugins/registry.ts';
import { Scheduler } from './scheduler.ts';

const defaults = {
  'authentication-kubeconfig': '',
  'authorization-kubeconfig': '',
  'bind-address': '0.0.0.0',
  config: '',
  kubeconfig: '/etc/kubernetes/scheduler.conf',
  'kube-api-burst': 100,
  'kube-api-qps': 50,
  'leader-elect': true,
  'leader-elect-resource-name': 'kube-scheduler',
  'leader-elect-resource-namespace': 'kube-system',
  'secure-port': 10259,
  v: 0,
};

/** The program of kube-scheduler. `version` is the cluster's, e.g. `v1.34.9`. Models cmd/kube-scheduler (v1.34). */
export function kubeScheduler(version: string): Program {
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
  const flags = parseFlags(process.argv.slice(argvOffset(process)), defaults);
  if (flags.config !== '')
    throw new FlagError('--config is not supported yet: the scheduler runs its default profile');
  const limits = { qps: flags['kube-api-qps'], burst: flags['kube-api-burst'] };
  const config = readClientConfig(process.files, flags.kubeconfig, `kube-scheduler/${version}`, limits);
  const client = new NetworkApiClient(process, process.net, config);
  serveHealth(process.net, flags['secure-port']);
  process.stdout(`"Starting Kubernetes Scheduler" version="${version}"`);

  const factory = new InformerFactory(process, client);
  const eventClient = client.derive(`kube-scheduler/${version}`);
  const recorder = new SeriesEventRecorder(
    process,
    eventClient,
    defaultProfile.schedulerName,
    process.machine.name,
  );
  const scheduler = new Scheduler(process, {
    client,
    factory,
    recorder,
    profiles: [defaultProfile],
    registry: inTreeRegistry,
  });
  factory.start();
  await factory.waitForCacheSync();

  if (!flags['leader-elect']) {
    await scheduler.run();
    return 0;
  }
  const leaderClient = client.derive(`kube-scheduler/${version}/leader-election`);
  const elector = new LeaderElector(process, {
    client: leaderClient,
    recorder: new CoreEventRecorder(process, leaderClient, defaultProfile.schedulerName),
    namespace: flags['leader-elect-resource-namespace'],
    name: flags['leader-elect-resource-name'],
    identity: leaderIdentity(process, 'kube-scheduler', takeThawed(process.state, 'kube-scheduler')),
  });
  await elector.acquire();
  process.go(() => scheduler.run());
  await elector.renew();
  process.stderr('"Leaderelection lost"');
  return 1;
}

/** The container's command begins with the program's own name. */
function argvOffset({ argv }: ProcessContext): number {
  return argv[0] !== undefined && !argv[0].startsWith('--') ? 1 : 0;
}
