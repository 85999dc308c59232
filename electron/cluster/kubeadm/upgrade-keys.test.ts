import { beforeEach, describe, expect, it } from 'vitest';
import { newTestSimulation } from '../../base/simulation.testing.ts';
import { volatileStore } from '../machine/local-state.ts';
import { SimulatedMachine } from '../machine/machine.ts';
import { SimulatedNetwork } from '../network/network.ts';
import { buildTopology } from '../topology/topologies.ts';
import { testPki } from './testing/cluster-pki.testing.ts';
import { upgradeServiceAccountKeys } from './upgrade-keys.ts';

const KEY = '/etc/kubernetes/pki/sa.key';
const PUBLIC = '/etc/kubernetes/pki/sa.pub';
const API_SERVER = '/etc/kubernetes/manifests/kube-apiserver.yaml';
const CONTROLLERS = '/etc/kubernetes/manifests/kube-controller-manager.yaml';

const topology = buildTopology('kubeadm-1-2');
const machineOf = (name: string) => {
  const spec = topology.machines.find((candidate) => candidate.name === name);
  if (spec === undefined) throw new Error(name);
  const world = newTestSimulation();
  return new SimulatedMachine(spec, world, new SimulatedNetwork(world), volatileStore());
};

describe('keys of service accounts on a machine of an earlier release', () => {
  let machine: SimulatedMachine;
  const upgrade = (): void => {
    const spec = topology.machines.find(({ name }) => name === machine.spec.name);
    if (spec !== undefined) upgradeServiceAccountKeys(machine.files, spec, topology, 'v1.34.9', testPki());
  };

  beforeEach(() => {
    machine = machineOf('cp-1');
    machine.files.write(KEY, '2f0c8b6e-6b0f-4a49-9a43-3f0f8c0b2a11');
    machine.files.write(API_SERVER, 'command: [kube-apiserver]\n');
  });

  it('take the place of the seed, and the programs are told of them', () => {
    upgrade();
    const { serviceAccount, ca } = testPki();
    expect([machine.files.read(KEY), machine.files.read(PUBLIC)]).toEqual([
      serviceAccount.privateKey,
      serviceAccount.publicKey,
    ]);
    expect(machine.files.read('/etc/kubernetes/pki/ca.crt')).toBe(ca.certificate);
    expect(machine.files.read(API_SERVER)).toContain(`--service-account-key-file=${PUBLIC}`);
  });

  it('bring back no manifest that was taken away', () => {
    upgrade();
    expect(machine.files.exists(CONTROLLERS)).toBe(false);
  });

  it('leave alone a key that is one, a key that is gone, and workers', () => {
    machine.files.write(KEY, '-----BEGIN RSA PRIVATE KEY-----\nmine\n');
    upgrade();
    expect(machine.files.read(KEY)).toContain('mine');
    machine.files.remove(KEY);
    upgrade();
    expect(machine.files.exists(KEY)).toBe(false);
    expect(machine.files.read(API_SERVER)).toBe('command: [kube-apiserver]\n');
    machine = machineOf('worker-1');
    machine.files.write(KEY, 'seed');
    upgrade();
    expect(machine.files.read(KEY)).toBe('seed');
  });
});
