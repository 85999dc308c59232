import type { CausalLog } from '../base/causal-log.ts';
import type { CausalRecord } from '../base/causal-record.ts';
import type { Disposable } from '../base/disposable.ts';
import type { KubeObject, Pod } from '../cluster/api/types.ts';
import { storagePrefix } from '../cluster/apiserver/storage/storage-prefix.ts';
import { readContainerLog } from '../cluster/cri/container-log.ts';
import type { Container, Image } from '../cluster/cri/interface.ts';
import { STORE_NAMESPACES } from '../cluster/cri/node-runtime.ts';
import { normalizeReference } from '../cluster/images/reference.ts';
import type { LocalState, Machine } from '../cluster/machine/interface.ts';
import type {
  ClusterView,
  EtcdView,
  LogLine,
  MachineView,
  ObjectChange,
  PlacementView,
} from '../grading/interface.ts';
import type { ClusterSession } from './cluster-session.ts';
import type { ObjectView } from './object-view.ts';
import { SimulatedEtcdView } from './simulated-etcd-view.ts';

/** The simulated cluster as a grader sees it: what is written in etcd, its members, machines, and the causal log. */
export class SimulatedClusterView implements ClusterView {
  readonly #objects: ObjectView;
  readonly #log: CausalLog;
  readonly #session: ClusterSession;
  readonly etcd: EtcdView;

  constructor(session: ClusterSession) {
    const { objects, simulation, cluster, disks, onDidCommit } = session;
    this.#session = session;
    this.#objects = objects;
    this.#log = simulation.log;
    this.etcd = new SimulatedEtcdView(() => cluster.etcdMembers(), disks, onDidCommit);
  }

  placement(pod: KubeObject): PlacementView | undefined {
    return this.#session.scheduling.placement(pod as Pod);
  }

  now(): number {
    return this.#session.simulation.now;
  }

  containerLog(pod: KubeObject, container?: string): readonly LogLine[] {
    const { spec, metadata } = pod as Pod;
    const machine = this.#session.cluster.machines.find((each) => each.spec.name === spec?.nodeName);
    if (machine === undefined) return [];
    const { state, files } = machine;
    // A static Pod's containers carry the uid that its kubelet gave it, not the mirror's.
    const uid = metadata?.annotations?.[MIRROR] ?? metadata?.uid;
    const seen = kept<Container>(state, 'container')
      .filter(({ config }) => config.labels[POD_UID] === uid)
      .filter(({ config }) => container === undefined || config.metadata.name === container)
      .sort((a, b) => a.createdAt - b.createdAt);
    return seen.flatMap(({ logPath }) => readContainerLog(files, logPath).map(parseLine));
  }

  machine(name: string): MachineView | undefined {
    const machine = this.#session.cluster.machines.find(({ spec }) => spec.name === name);
    return machine === undefined
      ? undefined
      : machineView(machine, (path) => this.#session.cluster.network.hasSocket(name, path));
  }

  onDidChangeMachines(listener: () => void): Disposable {
    return this.#session.onDidCommit(({ machines }) => {
      if (machines) listener();
    });
  }

  list(apiVersion: string, kind: string, namespace?: string): readonly KubeObject[] {
    return this.#objects.list(prefixOf(apiVersion, kind), namespace);
  }

  onDidChange(listener: (change: ObjectChange) => void): Disposable {
    return this.#objects.onDidChange((change) => {
      const seen = change.object ?? change.previous;
      if (seen?.apiVersion === undefined || seen.kind === undefined) return;
      listener({
        apiVersion: seen.apiVersion,
        kind: seen.kind,
        object: change.object,
        previous: change.previous,
      });
    });
  }

  nextRecord(): number {
    return this.#log.nextId;
  }

  records(from: number): Iterable<CausalRecord> {
    return this.#log.range(from);
  }

  record(id: number): CausalRecord | undefined {
    return this.#log.get(id);
  }
}

const POD_UID = 'io.kubernetes.pod.uid';
const MIRROR = 'kubernetes.io/config.mirror';

/** What the machine's container runtimes keep on its disk, read as it is, whether or not they are up. */
function kept<T>(state: LocalState, kind: 'container' | 'image'): T[] {
  return [...new Set(Object.values(STORE_NAMESPACES))]
    .flatMap((namespace) => state.keys(`${namespace}:${kind}:`))
    .map((key) => state.get(key) as T);
}

/** `<time> stdout F <text>` */
function parseLine(line: string): LogLine {
  const [time = '', , , ...text] = line.split(' ');
  return { time: Date.parse(time), text: text.join(' ') };
}

function machineView(machine: Machine, listens: (socket: string) => boolean): MachineView {
  return {
    unit: (name) => machine.units.get(name)?.active,
    listens,
    containers: () =>
      kept<Container>(machine.state, 'container').map(({ config, state }) => ({
        namespace: config.labels['io.kubernetes.pod.namespace'] ?? '',
        pod: config.labels['io.kubernetes.pod.name'] ?? '',
        name: config.metadata.name,
        running: machine.powered && state === 'CONTAINER_RUNNING',
      })),
    hasImage: (name) => {
      const reference = normalizeReference(name);
      return kept<Image>(machine.state, 'image').some(({ repoTags }) => repoTags.includes(reference));
    },
    journal: (unit) =>
      machine.units.get(unit) === undefined
        ? []
        : machine.units.journal(unit).map(({ time, identifier, pid, message }) => ({
            time,
            text: `${machine.spec.name} ${identifier}[${pid}]: ${message}`,
          })),
    powered: machine.powered,
    isRunning: (name) => machine.processes.some((process) => process.name === name),
    read: (path) => {
      if (!machine.files.exists(path)) return undefined;
      const entries = machine.files.list(path);
      return entries.length > 0 ? entries.join('\n') : machine.files.read(path);
    },
  };
}

/** Where etcd keeps a kind: `pods`, `minions`, `services/specs` … Kinds are plural as upstream forms plurals. */
function prefixOf(apiVersion: string, kind: string): string {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  const lower = kind.toLowerCase();
  const plural = lower.endsWith('s')
    ? lower === 'endpoints'
      ? lower
      : `${lower}es`
    : lower.endsWith('y')
      ? `${lower.slice(0, -1)}ies`
      : `${lower}s`;
  return storagePrefix(group, plural).slice('/registry/'.length, -1);
}
