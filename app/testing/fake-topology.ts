import type { TopologyAnswer, TopologyMachineView } from '../../electron/shared/contract/topology.ts';

const WRONG: TopologyAnswer = {
  machines: [],
  problem: { code: 'windows-control-plane', params: { name: 'cp-1' } },
};

/** Test only: reads the numbers of a text, and of each machine the runtime; Windows on cp-1 is refused. */
export function fakeTopology(text: string): TopologyAnswer {
  if (text.includes('cp-1=windows')) return WRONG;
  const [, planes = '1', workers = '2'] = /^kubeadm-(\d+)-(\d+)/.exec(text) ?? [];
  const one = (name: string, role: TopologyMachineView['role']): TopologyMachineView => {
    const chosen = new RegExp(`${name}=([^,]*)`).exec(text)?.[1]?.split('+') ?? [];
    return {
      name,
      role,
      runtime:
        (['cri-o', 'docker', 'mirantis'] as const).find((runtime) => chosen.includes(runtime)) ??
        'containerd',
      kubelet: chosen.find((choice) => choice.startsWith('kubelet-'))?.slice(8) ?? '',
      windows: chosen.find((choice) => choice.startsWith('windows-')) ?? '',
      tainted: chosen.includes('tainted'),
      spare: chosen.includes('spare'),
    };
  };
  const named = (prefix: string, role: TopologyMachineView['role'], count: number): TopologyMachineView[] =>
    Array.from({ length: count }, (_, index) => one(`${prefix}-${index + 1}`, role));
  return {
    machines: [
      ...named('cp', 'control-plane', Number(planes)),
      ...named('worker', 'worker', Number(workers)),
    ],
    problem: null,
  };
}
