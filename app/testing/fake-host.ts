import type { ApiAnswer, ApiRequest } from '../../electron/shared/contract/api.ts';
import { contract } from '../../electron/shared/contract/contract.ts';
import type { Contract } from '../../electron/shared/contract/contract.ts';
import type { DiagramItem, FaultVerb, MachineView } from '../../electron/shared/contract/diagram.ts';
import type { EtcdItem, EtcdKeysItem } from '../../electron/shared/contract/etcd.ts';
import type { LabState } from '../../electron/shared/contract/lab.ts';
import type { RecordBatch, RecordSummary } from '../../electron/shared/contract/records.ts';
import { Settings } from '../../electron/shared/contract/session.ts';
import type { SessionState, TimeState } from '../../electron/shared/contract/session.ts';
import type { TerminalInfo } from '../../electron/shared/contract/terminal.ts';
import { channelPair } from '../../electron/shared/rpc/channel.ts';
import type { Channel } from '../../electron/shared/rpc/channel.ts';
import { contractHash } from '../../electron/shared/rpc/contract-hash.ts';
import { RpcError } from '../../electron/shared/rpc/rpc-error.ts';
import { RpcServer } from '../../electron/shared/rpc/rpc-server.ts';
import type { Handlers, StreamSink } from '../../electron/shared/rpc/rpc-server.ts';
import { reportBug } from '../composables/report-bug.ts';
import { fakeEtcd, fakeKey, fakeKeys, fakeValue } from './fake-etcd.ts';
import { fakeLab, fakeLabs } from './fake-lab.ts';
import { fakeApi, fakeFamily, fakeTable } from './fake-api.ts';
import { fakeController, fakeControllers } from './fake-controllers.ts';
import { fakeTopology } from './fake-topology.ts';
import { fakeCycle, fakeQueues, fakeWhatIf, fakeWhyNot } from './fake-scheduling.ts';
import { fakeDetail } from './fake-records.ts';
import { fakeComponents, fakeMachines, fakePods, picture } from './fake-world.ts';

/** A stream's newest whole item and who listens to it. */
class Topic<T> {
  value: T;
  readonly #sinks = new Set<StreamSink<T>>();

  constructor(value: T) {
    this.value = value;
  }

  readonly serve = (_input: unknown, sink: StreamSink<T>): void => {
    this.#sinks.add(sink);
    sink.onEnd(() => void this.#sinks.delete(sink));
    sink.next(this.value);
  };

  /** A new whole item. */
  set(value: T): void {
    this.value = value;
    this.send(value);
  }

  /** An item that says what changed; `value` is up to the caller. */
  send(item: T): void {
    for (const sink of this.#sinks) sink.next(item);
  }
}

/** Test only: the contract in memory, behind the real RPC server. Scenes set its topics; calls are kept in `calls`. */
export class FakeHost {
  readonly calls: { readonly name: string; readonly input: unknown }[] = [];
  readonly session = new Topic<SessionState>({
    phase: 'running',
    notices: [],
    failure: null,
    appVersion: '0.1.0',
    kubernetesVersion: 'v1.34.9',
    workspace: '/home/ana/.local/share/leme/default.leme',
    topology: 'kubeadm-1-2',
    endpoints: {
      apiServer: 'https://127.0.0.1:6443',
      kubeconfig: '/home/ana/.local/share/leme/kubeconfig',
      etcd: ['https://127.0.0.1:2379'],
      etcdPki: '/home/ana/.local/share/leme/pki/etcd',
    },
  });
  readonly time = new Topic<TimeState>({
    now: Date.UTC(2026, 2, 2, 12, 4, 31, 400),
    paused: false,
    speed: 1,
    quiescent: false,
    revision: 1042,
    record: 4000,
  });
  readonly diagram: Topic<DiagramItem>;
  readonly etcd = new Topic<EtcdItem>(fakeEtcd(1));
  readonly etcdKeys = new Topic<EtcdKeysItem>({
    reset: true,
    machine: 'cp-1',
    revision: 1044,
    keys: fakeKeys(0),
    removed: [],
  });
  readonly records = new Topic<RecordBatch>({ records: [], flows: [] });
  readonly labs = new Topic({ labs: fakeLabs() });
  readonly lab = new Topic<{ state: LabState | null }>({ state: fakeLab() });
  readonly terminals = new Topic<{ terminals: TerminalInfo[] }>({ terminals: [] });
  readonly sent: RecordSummary[] = [];
  settings: Settings = Settings.parse({});
  /** What a new terminal prints, and what it answers. */
  greeting = '';
  refuse: RpcError | undefined;
  /** What the API server answers. */
  api: (request: ApiRequest) => ApiAnswer = fakeApi();
  /** Nodes in a decision of the scheduler. */
  nodes = 4;
  /** Pods in a list. */
  tableRows = 8;
  #server: RpcServer<Contract>;
  #channel: Channel | undefined;

  constructor() {
    const machines = fakeMachines(2, false);
    this.diagram = new Topic<DiagramItem>(picture(machines, fakeComponents(machines), fakePods()));
    this.#server = new RpcServer(contract, this.#handlers(), {
      hash: contractHash(contract),
      checkOutput: true,
      onBug: (name, error) => reportBug(`fake host: ${name}`, error),
    });
  }

  /** The app's end of a new connection. */
  readonly open = (): Promise<Channel> => {
    const [app, host] = channelPair();
    this.#server.serve(host);
    this.#channel = host;
    return Promise.resolve(app);
  };

  /** The process dies. */
  hangUp(): void {
    this.#channel?.close('the host has ended');
  }

  emit(records: RecordSummary[], flows: RecordBatch['flows'] = []): void {
    this.sent.push(...records);
    this.records.send({ records, flows });
  }

  #handlers(): Handlers<Contract> {
    const note = <T>(name: string, input: unknown, output: T): T => {
      this.calls.push({ name, input });
      if (this.refuse !== undefined) throw this.refuse;
      return output;
    };
    return {
      'session.watch': this.session.serve,
      'session.dismissNotice': ({ id }) => {
        this.session.set({
          ...this.session.value,
          notices: this.session.value.notices.filter((one) => one.id !== id),
        });
        return note('session.dismissNotice', { id }, {});
      },
      'settings.get': () => this.settings,
      'settings.set': (change) => {
        this.settings = { ...this.settings, ...change };
        return note('settings.set', change, this.settings);
      },
      'time.watch': this.time.serve,
      'time.set': (change) => {
        this.time.set({ ...this.time.value, ...change });
        return note('time.set', change, this.time.value);
      },
      'time.step': (input) => {
        this.time.set({ ...this.time.value, paused: true, now: this.time.value.now + 3 });
        return note('time.step', input, this.time.value);
      },
      'diagram.watch': this.diagram.serve,
      'machine.get': ({ machine }) => this.#machine(machine),
      'fault.apply': (verb) => {
        note('fault.apply', verb, {});
        this.#fault(verb);
        return {};
      },
      'etcd.watch': this.etcd.serve,
      'etcd.keys': this.etcdKeys.serve,
      'etcd.key': ({ key }, sink) => sink.next(fakeKey(key, this.time.value.now)),
      'etcd.value': ({ key, modRevision }) => {
        const value = fakeValue(key, modRevision);
        return note('etcd.value', { key, modRevision }, { value, size: value.length, truncated: false });
      },
      'records.watch': this.records.serve,
      'api.call': (request) => note('api.call', request, this.api(request)),
      'api.table': ({ target }, sink) => sink.next(fakeTable(target, this.tableRows)),
      'object.family': ({ uid }) => ({ relatives: fakeFamily(uid), truncated: false }),
      'records.get': ({ id, reveal }) => {
        const found = fakeDetail(this.sent, id, reveal);
        if (found === undefined) throw new RpcError('NotFound', `record ${id} is not kept`);
        return found;
      },
      'object.get': ({ name, namespace }) => ({
        yaml: `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\n  namespace: ${namespace ?? ''}\n  resourceVersion: "1044"\nspec:\n  nodeName: worker-1\n  containers:\n    - name: nginx\n      image: nginx\nstatus:\n  phase: Running\n  podIP: 10.244.1.7\n`,
        events: [
          {
            time: '2026-03-02T12:04:31Z',
            type: 'Normal',
            reason: 'Scheduled',
            message: `Successfully assigned default/${name} to worker-1`,
          },
          {
            time: '2026-03-02T12:04:32Z',
            type: 'Normal',
            reason: 'Pulled',
            message: 'Successfully pulled image "nginx" in 1.2s',
          },
        ],
      }),
      'scheduling.cycle': ({ name }) => note('scheduling.cycle', { name }, fakeCycle(name, this.nodes)),
      'scheduling.whyNot': ({ node }) => note('scheduling.whyNot', { node }, fakeWhyNot(node)),
      'scheduling.whatIf': ({ name, changes }) =>
        note('scheduling.whatIf', { changes }, fakeWhatIf(name, this.nodes, changes)),
      'scheduling.queues': () => fakeQueues(),
      'topology.read': ({ text }) => fakeTopology(text),
      'cluster.create': (input) => note('cluster.create', input, {}),
      'controllers.list': ({ machine }) =>
        fakeControllers(this.time.value.now, this.#controlPlanes(), machine),
      'controllers.get': ({ machine, name }) =>
        fakeController(this.time.value.now, this.#controlPlanes(), machine, name),
      'labs.watch': this.labs.serve,
      'lab.watch': this.lab.serve,
      'lab.open': (input) => note('lab.open', input, {}),
      'lab.restart': (input) => note('lab.restart', input, {}),
      'lab.answer': (input) => note('lab.answer', input, {}),
      'lab.hint': (input) => note('lab.hint', input, {}),
      'lab.goTo': (input) => note('lab.goTo', input, {}),
      'terminals.watch': this.terminals.serve,
      'terminal.open': (input) => {
        const id = `term-${this.calls.length + 1}`;
        const title = input.machine ?? (input.profile === 'lab' ? 'lab' : 'bash');
        this.terminals.set({
          terminals: [
            ...this.terminals.value.terminals,
            { id, title, profile: input.profile, exitCode: null },
          ],
        });
        return note('terminal.open', input, { id });
      },
      'terminal.close': ({ id }) => {
        this.terminals.set({ terminals: this.terminals.value.terminals.filter((one) => one.id !== id) });
        return note('terminal.close', { id }, {});
      },
      'terminal.attach': (_input, session) => {
        session.sendBytes(new TextEncoder().encode(this.greeting));
        session.onUp((message) => void this.calls.push({ name: 'up', input: message }));
        session.onBytes((bytes) => session.sendBytes(bytes));
      },
    };
  }

  #controlPlanes(): string[] {
    return this.diagram.value.components
      .filter(({ kind }) => kind === 'kube-controller-manager')
      .map(({ machine }) => machine);
  }

  #machine(name: string) {
    const machine = this.diagram.value.machines.find((one) => one.name === name);
    if (machine === undefined) throw new RpcError('NotFound', `machine "${name}" not found`);
    const processes = this.diagram.value.components
      .filter((one) => one.machine === name && one.health === 'running')
      .map((one, index) => ({
        pid: 800 + index * 17,
        name: one.name,
        argv: [`/usr/bin/${one.name}`, '--config=/etc/kubernetes/config.yaml'],
        startedAt: this.time.value.now,
      }));
    return {
      machine,
      processes,
      units: [...machine.activeUnits, ...machine.stoppedUnits].map((unit) => ({
        name: unit,
        active: machine.activeUnits.includes(unit) ? 'active' : 'inactive',
        enabled: true,
      })),
    };
  }

  #fault(verb: FaultVerb): void {
    const item = this.diagram.value;
    const change = (next: Partial<DiagramItem>): void => {
      this.diagram.value = { ...item, ...next };
      this.diagram.set({ ...this.diagram.value, reset: true });
    };
    const changeMachine = (name: string, next: Partial<MachineView>): void =>
      change({ machines: item.machines.map((one) => (one.name === name ? { ...one, ...next } : one)) });
    if (verb.verb === 'cut' || verb.verb === 'heal') {
      const { from, to } = verb;
      const others = (item.cuts ?? []).filter((cut) => cut.from !== from || cut.to !== to);
      change({ cuts: verb.verb === 'cut' ? [...others, { from, to }] : others });
    } else if ('component' in verb) {
      const health = verb.verb === 'start' ? 'running' : verb.verb === 'kill' ? 'starting' : 'stopped';
      change({
        components: item.components.map((one) => (one.id === verb.component ? { ...one, health } : one)),
      });
    } else if (verb.verb === 'delay') {
      const { from, to, ms } = verb;
      const others = (item.delays ?? []).filter((one) => one.from !== from || one.to !== to);
      change({ delays: ms > 0 ? [...others, { from, to, ms }] : others });
    } else if (verb.verb === 'disk-fill' || verb.verb === 'disk-free') {
      const percent = verb.verb === 'disk-fill' ? verb.percent : 41;
      changeMachine(verb.machine, { diskUsed: percent, diskFilled: verb.verb === 'disk-fill' });
    } else if (verb.verb === 'clock') {
      changeMachine(verb.machine, { clockSkew: verb.ms });
    } else if (verb.verb === 'socket-remove') {
      changeMachine(verb.machine, { missingSocket: '/run/containerd/containerd.sock' });
    } else if (verb.verb === 'unit-stop' || verb.verb === 'unit-start') {
      const { activeUnits = [], stoppedUnits = [] } =
        item.machines.find(({ name }) => name === verb.machine) ?? {};
      const but = (units: readonly string[]): string[] => units.filter((unit) => unit !== verb.unit);
      changeMachine(
        verb.machine,
        verb.verb === 'unit-stop'
          ? { activeUnits: but(activeUnits), stoppedUnits: [...but(stoppedUnits), verb.unit] }
          : { activeUnits: [...but(activeUnits), verb.unit], stoppedUnits: but(stoppedUnits) },
      );
    } else if (verb.verb === 'power-on' || verb.verb === 'power-off') {
      const powered = verb.verb === 'power-on';
      change({
        machines: item.machines.map((one) =>
          one.name === verb.machine ? { ...one, powered, ready: powered ? 'True' : 'Unknown' } : one,
        ),
      });
    }
  }
}
