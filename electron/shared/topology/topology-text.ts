import type { TopologyMachineView } from '../contract/topology.ts';

/** What a person chooses of a cluster; `machines` are its nodes, control planes first. */
export interface TopologyForm {
  readonly kind: 'kubeadm' | 'oke';
  readonly controlPlanes: number;
  readonly workers: number;
  readonly machines: readonly TopologyMachineView[];
}

/** The form of a text that the host has read. */
export function topologyForm(text: string, machines: readonly TopologyMachineView[]): TopologyForm {
  const controlPlanes = machines.filter(({ role }) => role === 'control-plane').length;
  return {
    kind: text.startsWith('oke-') ? 'oke' : 'kubeadm',
    // The control plane of a managed cluster is out of sight.
    controlPlanes: Math.max(1, controlPlanes),
    workers: machines.length - controlPlanes,
    machines,
  };
}

/** The text of a form, e.g. `kubeadm-1-2,worker-1=docker+kubelet-1.23.17`. Machines beyond the numbers are left out. */
export function topologyText({ kind, controlPlanes, workers, machines }: TopologyForm): string {
  const of = (role: TopologyMachineView['role'], count: number): readonly TopologyMachineView[] =>
    machines.filter((machine) => machine.role === role).slice(0, count);
  const name = kind === 'oke' ? `oke-${workers}` : `kubeadm-${controlPlanes}-${workers}`;
  const nodes = [...(kind === 'oke' ? [] : of('control-plane', controlPlanes)), ...of('worker', workers)];
  const chosen = nodes.flatMap((machine) => {
    const choices = choicesOf(machine);
    return choices.length === 0 ? [] : [`${machine.name}=${choices.join('+')}`];
  });
  return [name, ...chosen].join(',');
}

function choicesOf({ runtime, kubelet, windows, tainted, spare }: TopologyMachineView): readonly string[] {
  return [
    ...(windows === '' ? [] : [windows]),
    ...(windows !== '' && tainted ? ['tainted'] : []),
    ...(runtime === 'containerd' ? [] : [runtime]),
    ...(kubelet === '' ? [] : [`kubelet-${kubelet}`]),
    ...(spare ? ['spare'] : []),
  ];
}
