import type { Disposable } from '../../base/disposable.ts';
import { DisposableStore } from '../../base/disposable.ts';
import type { Node, Pod } from '../../cluster/api/types.ts';
import type { Cluster } from '../../cluster/interface.ts';
import type { Machine } from '../../cluster/machine/interface.ts';
import type {
  ComponentView,
  DiagramItem,
  MachineDetail,
  MachineView,
  PodView,
} from '../../shared/contract/diagram.ts';
import { RpcError } from '../../shared/rpc/rpc-error.ts';
import type { StreamSink } from '../../shared/rpc/rpc-server.ts';
import type { ObjectView } from '../object-view.ts';
import { viewPod } from './pod-view.ts';

/** Machines, components and Pods as the diagram draws them: everything first, then what changed. */
export class DiagramService implements Disposable {
  readonly #cluster: Cluster;
  readonly #objects: ObjectView;
  readonly #sinks = new Set<StreamSink<DiagramItem>>();
  readonly #owned = new DisposableStore();
  readonly #dirtyPods = new Map<string, string | undefined>();
  #dirtyRest = false;
  #components: readonly ComponentView[] = [];

  constructor(cluster: Cluster, objects: ObjectView) {
    this.#cluster = cluster;
    this.#objects = objects;
    this.#owned.add(
      objects.onDidChange((change) => {
        if (change.prefix === 'minions') this.#dirtyRest = true;
        if (change.prefix !== 'pods') return;
        const gone = change.object === undefined ? change.previous?.metadata?.uid : undefined;
        this.#dirtyPods.set(change.key, gone);
      }),
    );
    this.#owned.add(cluster.onDidChange(() => void (this.#dirtyRest = true)));
    for (const machine of cluster.machines)
      this.#owned.add(machine.onDidChange(() => void (this.#dirtyRest = true)));
  }

  watch(sink: StreamSink<DiagramItem>): void {
    this.#sinks.add(sink);
    sink.onEnd(() => this.#sinks.delete(sink));
    this.#components = this.#viewComponents();
    sink.next({
      reset: true,
      machines: this.#cluster.machines.map((machine) => this.#viewMachine(machine)),
      components: [...this.#components],
      pods: this.#objects.list('pods').map((pod) => viewPod(pod as Pod)),
      removedMachines: [],
      removedComponents: [],
      removedPods: [],
      cuts: [...this.#cluster.network.cuts],
      delays: [...this.#cluster.network.delays],
    });
  }

  /** Called by the host a few times a second, after a commit. */
  flush(): void {
    if (this.#sinks.size === 0 || (this.#dirtyPods.size === 0 && !this.#dirtyRest)) return;
    const pods: PodView[] = [];
    const removedPods: string[] = [];
    for (const [key, goneUid] of this.#dirtyPods) {
      const pod = this.#objects.get('pods', key) as Pod | undefined;
      if (pod !== undefined) pods.push(viewPod(pod));
      if (goneUid !== undefined && pod?.metadata?.uid !== goneUid) removedPods.push(goneUid);
    }
    this.#dirtyPods.clear();
    const before = this.#components;
    if (this.#dirtyRest) this.#components = this.#viewComponents();
    const ids = new Set(this.#components.map((component) => component.id));
    const item: DiagramItem = {
      reset: false,
      machines: this.#dirtyRest ? this.#cluster.machines.map((machine) => this.#viewMachine(machine)) : [],
      components: this.#dirtyRest ? [...this.#components] : [],
      pods,
      removedMachines: [],
      removedComponents: before
        .filter((component) => !ids.has(component.id))
        .map((component) => component.id),
      removedPods,
      cuts: this.#dirtyRest ? [...this.#cluster.network.cuts] : null,
      delays: this.#dirtyRest ? [...this.#cluster.network.delays] : null,
    };
    this.#dirtyRest = false;
    for (const sink of this.#sinks) sink.next(item);
  }

  machine(name: string): MachineDetail {
    const machine = this.#cluster.machines.find((candidate) => candidate.spec.name === name);
    if (machine === undefined) throw new RpcError('NotFound', `there is no machine ${name}`);
    return {
      machine: this.#viewMachine(machine),
      processes: machine.processes.map(({ pid, name: process, argv, startedAt }) => ({
        pid,
        name: process,
        argv: [...argv],
        startedAt,
      })),
      units: machine.units.list.map(({ name: unit, active, enabled }) => ({ name: unit, active, enabled })),
    };
  }

  /** The cluster is being replaced: whoever watches asks again. */
  dispose(): void {
    this.#owned.dispose();
    for (const sink of [...this.#sinks])
      sink.fail(new RpcError('Expired', 'the cluster was replaced; ask again'));
    this.#sinks.clear();
  }

  #viewMachine(machine: Machine): MachineView {
    const { name, role, os, ip, zone, isNode } = machine.spec;
    const node = this.#objects.get('minions', name) as Node | undefined;
    const ready = node?.status?.conditions?.find((condition) => condition.type === 'Ready')?.status;
    return {
      name,
      role,
      os,
      ip,
      zone: zone ?? null,
      powered: machine.powered,
      isNode,
      ready: ready === 'True' || ready === 'False' || ready === 'Unknown' ? ready : null,
      unschedulable: node?.spec?.unschedulable === true,
      ...this.#viewFaults(machine),
    };
  }

  #viewFaults({ spec }: Machine) {
    if (spec.role === 'outside')
      return {
        diskUsed: 0,
        diskFilled: false,
        clockSkew: 0,
        missingSocket: null,
        activeUnits: [],
        stoppedUnits: [],
      };
    const found = this.#cluster.machineFaults.state(spec.name);
    return {
      diskUsed: found.diskUsed,
      diskFilled: found.ballast > 0,
      clockSkew: found.clockSkew,
      missingSocket: found.missingSocket ?? null,
      activeUnits: [...found.activeUnits],
      stoppedUnits: [...found.stoppedUnits],
    };
  }

  #viewComponents(): readonly ComponentView[] {
    return [...this.#viewOutside(), ...this.#viewInside()];
  }

  /** Programs of the learner's own machine, through which requests from outside come in. */
  #viewOutside(): readonly ComponentView[] {
    return this.#cluster.machines
      .filter((machine) => machine.spec.role === 'outside')
      .flatMap((machine) => machine.processes)
      .map(({ actor, name }) => ({
        id: actor,
        machine: actor.slice(0, actor.indexOf('/')),
        name,
        kind: 'console',
        health: 'running',
        runsAs: 'outside',
      }));
  }

  #viewInside(): readonly ComponentView[] {
    return this.#cluster.components().map(({ actor, machine, name, kind, startedBy, health }) => ({
      id: actor,
      machine,
      name,
      kind,
      health: health === 'machine-off' ? 'stopped' : health,
      runsAs: startedBy,
    }));
  }
}
