import { windowsChoice } from '../../cluster/topology/machine-choices.ts';
import type { TopologyMachine } from '../../cluster/topology/interface.ts';
import { buildTopology } from '../../cluster/topology/topologies.ts';
import { TopologyError } from '../../cluster/topology/topology-error.ts';
import type { TopologyAnswer, TopologyMachineView } from '../../shared/contract/topology.ts';

/** What would be built of a text; nothing is built. */
export function readTopology(text: string): TopologyAnswer {
  try {
    const machines = buildTopology(text).machines.filter(({ isNode }) => isNode);
    return { machines: machines.map(view), problem: null };
  } catch (error) {
    if (!(error instanceof TopologyError)) throw error;
    return { machines: [], problem: { code: error.code, params: { ...error.params } } };
  }
}

function view(machine: TopologyMachine): TopologyMachineView {
  const { name, role, runtime = 'containerd', kubeletVersion = '', taints, isSpare = false } = machine;
  return {
    name,
    role: role === 'control-plane' ? role : 'worker',
    runtime,
    kubelet: kubeletVersion.replace(/^v/, ''),
    windows: windowsChoice(machine) ?? '',
    tainted: machine.os === 'windows' && taints.length > 0,
    spare: isSpare,
  };
}
