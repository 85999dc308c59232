import type { Cluster } from '../../cluster/interface.ts';
import type { FaultVerb } from '../../shared/contract/diagram.ts';
import { RpcError } from '../../shared/rpc/rpc-error.ts';

/** Carries out what the context menu asks, as an input of the learner. @throws RpcError NotFound, Refused */
export function applyFault(cluster: Cluster, verb: FaultVerb): void {
  switch (verb.verb) {
    case 'stop':
    case 'start':
    case 'kill': {
      const component = cluster.components().find((candidate) => candidate.actor === verb.component);
      if (component === undefined) throw new RpcError('NotFound', `there is no component ${verb.component}`);
      const { machine, name } = component;
      refusing(() => {
        if (verb.verb === 'stop') cluster.stopComponent(machine, name);
        else if (verb.verb === 'start') cluster.startComponent(machine, name);
        else cluster.killComponent(machine, name);
      });
      return;
    }
    case 'power-off':
    case 'power-on':
      needMachine(cluster, verb.machine);
      refusing(() =>
        verb.verb === 'power-off' ? cluster.powerOff(verb.machine) : cluster.powerOn(verb.machine),
      );
      return;
    case 'disk-fill':
    case 'disk-free':
    case 'clock':
    case 'socket-remove':
    case 'unit-stop':
    case 'unit-start':
      needMachine(cluster, verb.machine);
      refusing(() => applyToMachine(cluster.machineFaults, verb));
      return;
    case 'cut':
    case 'heal':
      needMachine(cluster, verb.from);
      needMachine(cluster, verb.to);
      refusing(() =>
        verb.verb === 'cut' ? cluster.cutLink(verb.from, verb.to) : cluster.healLink(verb.from, verb.to),
      );
      return;
    case 'delay':
      needMachine(cluster, verb.from);
      needMachine(cluster, verb.to);
      refusing(() => cluster.delayLink(verb.from, verb.to, verb.ms));
      return;
    default:
      needMachine(cluster, verb.machine);
      refusing(() => applyToMember(cluster, verb));
  }
}

type MachineVerb = Extract<
  FaultVerb,
  { verb: `disk-${string}` | 'clock' | 'socket-remove' | `unit-${string}` }
>;

function applyToMachine(faults: Cluster['machineFaults'], verb: MachineVerb): void {
  const { machine } = verb;
  switch (verb.verb) {
    case 'disk-fill':
      faults.fillDisk(machine, verb.percent);
      return;
    case 'disk-free':
      faults.freeDisk(machine);
      return;
    case 'clock':
      faults.setClock(machine, verb.ms);
      return;
    case 'socket-remove':
      faults.removeSocket(machine);
      return;
    case 'unit-stop':
      faults.stopUnit(machine, verb.unit);
      return;
    case 'unit-start':
      faults.startUnit(machine, verb.unit);
  }
}

type MemberVerb = Extract<FaultVerb, { verb: `etcd-${string}` }>;

function applyToMember(cluster: Cluster, verb: MemberVerb): void {
  const { machine } = verb;
  switch (verb.verb) {
    case 'etcd-fsync':
      cluster.setEtcdFaults(machine, { fsync: verb.ms });
      return;
    case 'etcd-disk':
      cluster.setEtcdFaults(machine, { diskFull: verb.full });
      return;
    case 'etcd-corrupt':
      cluster.corruptEtcdMember(machine);
      return;
    case 'etcd-defragment':
      cluster.defragmentEtcdMember(machine);
      return;
    case 'etcd-snapshot':
      cluster.snapshotEtcdMember(machine);
      return;
    case 'etcd-move-leader':
      cluster.moveEtcdLeader(machine);
  }
}

function needMachine(cluster: Cluster, name: string): void {
  if (name !== '*' && !cluster.machines.some((machine) => machine.spec.name === name)) {
    throw new RpcError('NotFound', `there is no machine ${name}`);
  }
}

function refusing(work: () => void): void {
  try {
    work();
  } catch (error) {
    throw new RpcError('Refused', error instanceof Error ? error.message : String(error));
  }
}
