import type { KubeObject } from '../../../electron/cluster/api/types.ts';
import { BenchCluster } from '../bench-cluster.ts';
import { cpuMs, report, residentMB, threadMs } from '../measure.ts';

// What happens to a cluster that is full already, at full speed, in memory.
// Arguments: rolling-update|node-failure|namespace-deletion COUNT WORKERS

const [, , scenario = 'rolling-update', countText = '1000', workersText = '10'] = process.argv;
const count = Number(countText);
const bench = new BenchCluster({ workers: Number(workersText) });
const HOUR = 3_600_000;
const WEB = '/apis/apps/v1/namespaces/default/deployments/web';

interface DeploymentStatus {
  readonly observedGeneration?: number;
  readonly updatedReplicas?: number;
  readonly availableReplicas?: number;
  readonly replicas?: number;
}

/** Asks every five virtual seconds until the answer is as wanted. */
async function until(path: string, enough: (status: number, value: KubeObject) => boolean): Promise<void> {
  const end = bench.simulation.now + HOUR;
  for (;;) {
    const { status, value } = await bench.ask('GET', path);
    if (enough(status, value as KubeObject)) return;
    if (bench.simulation.now >= end) throw new Error(`${scenario}: not within an hour of virtual time`);
    await bench.pass(5_000);
  }
}

async function measured(work: () => Promise<void>): Promise<void> {
  const before = { wall: performance.now(), cpu: cpuMs(), thread: threadMs(), virtual: bench.simulation.now };
  const api = bench.apiMessages;
  await work();
  report({
    wallMs: performance.now() - before.wall,
    cpuMs: cpuMs() - before.cpu,
    threadMs: threadMs() - before.thread,
    virtualMs: bench.simulation.now - before.virtual,
    apiMessagesCount: bench.apiMessages - api,
    residentMB: residentMB(),
  });
}

const complete = (status: number, { metadata, ...rest }: KubeObject): boolean => {
  const state = (rest as { readonly status?: DeploymentStatus }).status ?? {};
  return (
    status === 200 &&
    state.observedGeneration === metadata?.generation &&
    state.updatedReplicas === count &&
    state.availableReplicas === count &&
    state.replicas === count
  );
};

async function rollingUpdate(): Promise<void> {
  bench.createDeployment('web', count);
  await until(WEB, complete);
  await measured(async () => {
    const template = { metadata: { annotations: { rolled: 'yes' } } };
    await bench.ask('PATCH', WEB, { spec: { template } });
    await until(WEB, complete);
  });
}

/** Half of the workers are cordoned until the Pods run, so that all of them are on the other half, which then loses its power. */
async function nodeFailure(): Promise<void> {
  const workers = bench.cluster.topology.machines.filter(({ role }) => role === 'worker');
  const spare = workers.slice(workers.length / 2);
  const cordon = async (unschedulable: boolean): Promise<void> => {
    for (const { name } of spare)
      await bench.ask('PATCH', `/api/v1/nodes/${name}`, { spec: { unschedulable } });
  };
  await cordon(true);
  bench.createDeployment('web', count);
  await until(WEB, complete);
  await cordon(false);
  await measured(async () => {
    for (const { name } of workers.slice(0, workers.length / 2)) bench.cluster.powerOff(name);
    // Nobody has noticed yet: the node lifecycle controller waits for 50 s of leases.
    await bench.pass(60_000);
    await until(WEB, (status, value) => {
      const { availableReplicas } = (value as { readonly status?: DeploymentStatus }).status ?? {};
      return status === 200 && availableReplicas === count;
    });
  });
}

async function namespaceDeletion(): Promise<void> {
  await bench.ask('POST', '/api/v1/namespaces', { metadata: { name: 'full' } });
  for (let index = 0; index < count; index += 1) {
    const data = { index: `${index}` };
    await bench.ask('POST', '/api/v1/namespaces/full/configmaps', {
      metadata: { name: `map-${index}` },
      data,
    });
  }
  await measured(async () => {
    await bench.ask('DELETE', '/api/v1/namespaces/full');
    await until('/api/v1/namespaces/full', (status) => status === 404);
  });
}

const SCENARIOS: Readonly<Record<string, () => Promise<void>>> = {
  'rolling-update': rollingUpdate,
  'node-failure': nodeFailure,
  'namespace-deletion': namespaceDeletion,
};
await bench.ready();
await bench.pass(10_000);
const work = SCENARIOS[scenario];
if (work === undefined) throw new Error(`no scenario ${scenario}: ${Object.keys(SCENARIOS).join(', ')}`);
await work();
