import { beforeEach, expect, it } from 'vitest';
import { newTestSimulation } from '../../base/simulation.testing.ts';
import { volatileStore } from '../machine/local-state.ts';
import { SimulatedMachine } from '../machine/machine.ts';
import { SimulatedNetwork } from '../network/network.ts';
import type { TopologyMachine } from '../topology/interface.ts';
import { buildTopology } from '../topology/topologies.ts';
import { KUBEADM_FLAGS } from './kubelet-flags.ts';
import { upgradeKubeletFlags } from './upgrade-flags.ts';

const spec = buildTopology('oke-3').machines.find(({ isNode }) => isNode) as TopologyMachine;
let machine: SimulatedMachine;

beforeEach(() => {
  const simulation = newTestSimulation();
  machine = new SimulatedMachine(spec, simulation, new SimulatedNetwork(simulation), volatileStore());
});

it('gives an older machine its flags, once', () => {
  upgradeKubeletFlags(machine, spec, 'v1.34.9');
  expect(machine.files.read(KUBEADM_FLAGS)).toContain(
    `--node-ip=${spec.ip} --node-labels=topology.kubernetes.io/region=`,
  );
  machine.files.remove(KUBEADM_FLAGS);
  upgradeKubeletFlags(machine, spec, 'v1.34.9');
  expect(machine.files.exists(KUBEADM_FLAGS)).toBe(false);
});

it('leaves alone what somebody has written, and machines that wait to be joined', () => {
  machine.files.write(KUBEADM_FLAGS, 'KUBELET_KUBEADM_ARGS="--v=2"\n');
  upgradeKubeletFlags(machine, spec, 'v1.34.9');
  expect(machine.files.read(KUBEADM_FLAGS)).toBe('KUBELET_KUBEADM_ARGS="--v=2"\n');
  machine.files.remove(KUBEADM_FLAGS);
  machine.state.delete('kubeadm/flags');
  upgradeKubeletFlags(machine, { ...spec, isSpare: true }, 'v1.34.9');
  expect(machine.files.exists(KUBEADM_FLAGS)).toBe(false);
});
