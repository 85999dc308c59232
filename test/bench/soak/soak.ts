import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { KubeObject } from '../../../electron/cluster/api/types.ts';
import type { FileSystem } from '../../../electron/cluster/machine/interface.ts';
import type { BenchCluster } from '../bench-cluster.ts';
import { workload } from './workload.ts';

const MINUTE = 60_000;
/** What a namespace may take until it is gone, in virtual milliseconds: a node that is off holds its Pods for long. */
const PATIENCE = 15 * MINUTE;
/** After this long of nothing events are gone, and etcd is compacted. */
const REST = 80 * MINUTE;

/**
 * What a cluster writes when nobody asks for anything, as upstream's does: leases, a kubelet's status every five minutes, and, before
 * they expire, tokens of the controllers' accounts and of the Pods that are the cluster's own; in etcd also the leases of API servers,
 * every ten seconds, and the revision of each compaction.
 */
const AT_REST = [
  /: PUT \/apis\/coordination\.k8s\.io\/v1\/namespaces\/[^/]+\/leases\//,
  /\/kubelet: PATCH \/api\/v1\/nodes\/[^/]+\/status$/,
  /\/kube-controller-manager: POST \/api\/v1\/namespaces\/kube-system\/serviceaccounts\/[^/]+\/token$/,
  /\/kubelet: POST \/api\/v1\/namespaces\/(kube-system|local-path-storage)\/serviceaccounts\/[^/]+\/token$/,
  /\/kube-apiserver: Txn put (\/registry\/(leases|masterleases|minions)\/|compact_rev_key$)/,
];

/**
 * What the heap may grow by after `warmUp`, in megabytes: code that is compiled later, and the journals of the machines, which hold the
 * newest 2,000 lines of each unit and are not full by then.
 */
const HEAP_GROWTH = 12;
/** With these every kind of harm was done and every worker has been off once. */
const WARM_UP_ROUNDS = 9;
/** Where Pods of the cluster itself are. */
const OF_THE_CLUSTER = ['kube-system', 'local-path-storage'];

/** What is left when everything that was created is gone. Counts but for the heap. */
export type Remains = Readonly<Record<string, number>>;

function countFiles(files: FileSystem, folder: string): number {
  let count = 0;
  for (const name of files.list(folder))
    count += name.endsWith('/') ? countFiles(files, `${folder}${name}`) : 1;
  return count;
}

/** As `node --expose-gc` does; the flag need not be given. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

/** Rounds of churn on one cluster, and what they leave behind. */
export class Soak {
  readonly #bench: BenchCluster;
  /** Things that did not come about, in a line each. */
  readonly failures: string[] = [];
  #round = 0;
  readonly #writes = new Set<string>();
  #mostEvents = 0;

  constructor(bench: BenchCluster) {
    this.#bench = bench;
    bench.simulation.log.onDidAppend((record) => {
      if (record.kind !== 'message' || record.phase !== 'request') return;
      const writes =
        record.protocol === 'https' ? !record.summary.startsWith('GET ') : record.summary.startsWith('Txn ');
      if (writes && record.dropped === undefined) this.#writes.add(`${record.actor}: ${record.summary}`);
    });
  }

  /** The most events that etcd held at the end of a round. */
  get mostEvents(): number {
    return this.#mostEvents;
  }

  /** Ten to thirty virtual minutes: workloads are created, changed, hurt and deleted. */
  async round(): Promise<void> {
    const bench = this.#bench;
    this.#round += 1;
    const namespace = `soak-${this.#round}`;
    for (const { path, manifest } of workload(namespace)) await this.#do('POST', path, manifest);
    await bench.pass(90_000);
    const web = `/apis/apps/v1/namespaces/${namespace}/deployments/web`;
    await this.#do('PATCH', web, {
      spec: { template: { metadata: { annotations: { rolled: `${this.#round}` } } } },
    });
    await this.#do('PATCH', `/api/v1/namespaces/${namespace}/configmaps/settings`, {
      data: { LEVEL: 'info' },
    });
    await bench.pass(MINUTE);
    await this.#do('PATCH', web, { spec: { replicas: 6 } });
    await bench.pass(MINUTE);
    await this.#hurt();
    await this.#do('PATCH', web, { spec: { replicas: 1 } });
    await bench.pass(MINUTE);
    await this.#do('DELETE', `/api/v1/namespaces/${namespace}`);
    await this.#gone(namespace);
    this.#writes.clear();
    const { keys } = bench.etcdContents();
    this.#mostEvents = Math.max(this.#mostEvents, keys.filter((key) => key.includes('/events/')).length);
  }

  /** Rounds until what is made on first use is there, and the causal log is as full as it gets. */
  async warmUp(): Promise<void> {
    for (let round = 0; round < WARM_UP_ROUNDS || !this.#bench.isLogFull; round += 1) await this.round();
  }

  /** Lets the cluster rest, and says what is there then. */
  async rest(): Promise<Remains> {
    const bench = this.#bench;
    for (const { metadata } of await this.#list('/api/v1/nodes')) await this.#nodeReady(metadata?.name ?? '');
    await bench.pass(REST - 10 * MINUTE);
    this.#writes.clear();
    await bench.pass(10 * MINUTE);
    for (const write of this.#writes)
      if (!AT_REST.some((allowed) => allowed.test(write))) this.failures.push(`written at rest: ${write}`);
    for (const { metadata } of await this.#list('/api/v1/pods'))
      if (!OF_THE_CLUSTER.includes(metadata?.namespace ?? ''))
        this.failures.push(`left: pod ${metadata?.namespace}/${metadata?.name}`);
    return this.#remains();
  }

  /** What is more than it was before, by name: `files 120, 118 before`. The heap by more than `HEAP_GROWTH`. */
  compare(before: Remains, after: Remains): string[] {
    const grown: string[] = [];
    for (const [name, count] of Object.entries(after)) {
      const allowed = (before[name] ?? 0) + (name === 'heapMB' ? HEAP_GROWTH : 0);
      if (count > allowed) grown.push(`${name}: ${count}, ${before[name] ?? 0} before`);
    }
    return grown;
  }

  /** Every third round a node, one after the other, loses its power for as long as it takes to evict its Pods; in between, lesser harm. */
  async #hurt(): Promise<void> {
    const { cluster } = this.#bench;
    const workers = cluster.topology.machines.filter(({ role, isNode }) => role === 'worker' && isNode);
    const victim = workers[Math.floor(this.#round / 3) % workers.length]?.name ?? '';
    switch (this.#round % 6) {
      case 0:
      case 3:
        cluster.powerOff(victim);
        await this.#bench.pass(7 * MINUTE);
        cluster.powerOn(victim);
        break;
      case 1:
        cluster.killComponent(victim, 'kubelet');
        break;
      case 2:
        cluster.restartComponent(victim, 'containerd');
        break;
      case 4:
        cluster.killComponent('cp-1', 'kube-controller-manager');
        break;
      default:
        cluster.cutLink(victim, 'cp-1');
        await this.#bench.pass(MINUTE);
        cluster.healLink(victim, 'cp-1');
    }
    await this.#bench.pass(MINUTE);
  }

  async #gone(namespace: string): Promise<void> {
    const end = this.#bench.simulation.now + PATIENCE;
    for (;;) {
      const { status, value } = await this.#bench.ask('GET', `/api/v1/namespaces/${namespace}`);
      if (status === 404) return;
      if (this.#bench.simulation.now >= end) {
        this.failures.push(
          `stuck: namespace ${namespace} ${JSON.stringify((value as { status?: unknown }).status)}`,
        );
        return;
      }
      await this.#bench.pass(5_000);
    }
  }

  async #nodeReady(name: string): Promise<void> {
    const node = (await this.#bench.ask('GET', `/api/v1/nodes/${name}`)).value as {
      readonly status?: {
        readonly conditions?: readonly { readonly type: string; readonly status: string }[];
      };
    };
    const ready = node.status?.conditions?.find(({ type }) => type === 'Ready')?.status;
    if (ready !== 'True') this.failures.push(`node ${name} is not ready: ${ready ?? 'no condition'}`);
  }

  async #list(path: string): Promise<readonly KubeObject[]> {
    return ((await this.#bench.ask('GET', path)).value as { readonly items: readonly KubeObject[] }).items;
  }

  async #do(method: string, path: string, content?: unknown): Promise<void> {
    const { status, value } = await this.#bench.ask(method, path, content);
    if (status < 200 || status >= 300)
      this.failures.push(
        `${method} ${path}: ${status} ${(value as { message?: string } | undefined)?.message ?? ''}`,
      );
  }

  #remains(): Remains {
    const { cluster, simulation } = this.#bench;
    const { keys, revisionsCount } = this.#bench.etcdContents();
    const byResource: Record<string, number> = {};
    for (const key of keys) {
      const name = `etcd ${key.split('/').slice(0, 3).join('/')}`;
      byResource[name] = (byResource[name] ?? 0) + 1;
    }
    const machines = cluster.machines.flatMap(({ spec, files, state, processes }) => [
      [`files of ${spec.name}`, countFiles(files, '/')],
      [`state of ${spec.name}`, state.keys('').length],
      [`processes of ${spec.name}`, processes.length],
    ]);
    collectGarbage();
    return {
      heapMB: Math.round(process.memoryUsage().heapUsed / 1e6),
      scheduled: simulation.scheduledCount,
      connections: cluster.network.connectionCount,
      ...(Object.fromEntries(machines) as Record<string, number>),
      ...byResource,
      // What etcd keeps of the last five to ten minutes goes with its compactions.
      'etcd revisions, thousands': Math.ceil(revisionsCount / 1_000),
    };
  }
}
