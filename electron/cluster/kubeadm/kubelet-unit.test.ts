import { beforeEach, describe, expect, it } from 'vitest';
import { newTestSimulation } from '../../base/simulation.testing.ts';
import type { Simulation } from '../../base/simulation.ts';
import { volatileStore } from '../machine/local-state.ts';
import { SimulatedMachine } from '../machine/machine.ts';
import { SimulatedNetwork } from '../network/network.ts';
import type { TopologyMachine } from '../topology/interface.ts';
import { buildTopology } from '../topology/topologies.ts';
import { KUBEADM_FLAGS, KUBELET_DEFAULTS, kubeadmFlags } from './kubelet-flags.ts';
import { BOOTSTRAP_KUBECONFIG, kubeletUnitFiles } from './kubelet-unit.ts';

const spec = buildTopology('kubeadm-1-2').machines.find(({ name }) => name === 'worker-1') as TopologyMachine;
const COMMON = [
  '/usr/bin/kubelet',
  `--bootstrap-kubeconfig=${BOOTSTRAP_KUBECONFIG}`,
  '--kubeconfig=/etc/kubernetes/kubelet.conf',
  '--config=/var/lib/kubelet/config.yaml',
];
let simulation: Simulation;
let machine: SimulatedMachine;
const argv = (): readonly string[] | undefined => machine.units.get('kubelet')?.process?.argv;
const restart = async (): Promise<void> => {
  machine.units.restart('kubelet');
  await simulation.runUntil(simulation.now + 1);
};

beforeEach(async () => {
  simulation = newTestSimulation();
  machine = new SimulatedMachine(spec, simulation, new SimulatedNetwork(simulation), volatileStore());
  machine.files.write(KUBEADM_FLAGS, kubeadmFlags({ ...spec, runtime: 'docker' }, 'v1.23.17'));
  machine.units.define({
    name: 'kubelet',
    description: 'kubelet',
    program: () => new Promise(() => undefined),
    argv: ['kubelet'],
    restart: 'always',
    restartSeconds: 10,
    files: kubeletUnitFiles,
  });
  machine.boot(false);
  await simulation.runUntil(simulation.now + 1);
});

describe('the kubelet’s unit', () => {
  it('takes the flags that kubeadm left, and the administrator’s last, as they are when it starts', async () => {
    expect(argv()).toEqual([...COMMON, '--network-plugin=cni', `--node-ip=${spec.ip}`]);
    machine.files.write(KUBEADM_FLAGS, kubeadmFlags({ ...spec, runtime: 'docker' }, 'v1.24.17'));
    machine.files.write(KUBELET_DEFAULTS, 'KUBELET_EXTRA_ARGS="--node-labels=a=b,c=d --max-pods=5"\n');
    expect(argv()).toContain('--network-plugin=cni');
    await restart();
    expect(argv()).toEqual([
      ...COMMON,
      '--container-runtime-endpoint=unix:///run/cri-dockerd.sock',
      `--node-ip=${spec.ip}`,
      '--node-labels=a=b,c=d',
      '--max-pods=5',
    ]);
  });

  it('does without both files', async () => {
    expect(machine.files.isFolder('/etc/default')).toBe(true);
    machine.files.remove(KUBEADM_FLAGS);
    await restart();
    expect(argv()).toEqual(COMMON);
  });

  it('has the labels and taints that a machine registers with among kubeadm’s flags', () => {
    const taints = [
      { key: 'a', effect: 'NoSchedule' },
      { key: 'b', value: 'c', effect: 'NoExecute' },
    ];
    expect(kubeadmFlags({ ...spec, nodeLabels: { x: 'y', z: '' }, taints }, 'v1.34.9')).toBe(
      `KUBELET_KUBEADM_ARGS="--node-ip=${spec.ip} --node-labels=x=y,z= --register-with-taints=a:NoSchedule,b=c:NoExecute"\n`,
    );
  });
});
