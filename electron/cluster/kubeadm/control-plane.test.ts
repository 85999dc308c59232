import { describe, expect, it } from 'vitest';
import { buildTopology } from '../topology/topologies.ts';
import type { TopologyName } from '../topology/interface.ts';
import { controlPlaneCommand } from './control-plane.ts';

/** Flags of etcd that say how its member begins, by machine. */
function beginnings(name: TopologyName): Record<string, readonly string[]> {
  const topology = buildTopology(name);
  const machines = topology.machines.filter(({ controlPlane }) => controlPlane?.programs.includes('etcd'));
  return Object.fromEntries(
    machines.map((machine) => [
      machine.name,
      controlPlaneCommand('etcd', machine, topology).filter((flag) => flag.startsWith('--initial-cluster')),
    ]),
  );
}

describe('flags of etcd as kubeadm writes them', () => {
  it('name a single member alone', () => {
    expect(beginnings('kubeadm-1-2')).toEqual({ 'cp-1': ['--initial-cluster=cp-1=https://10.0.0.10:2380'] });
  });

  it('name for each that joined whom it found, and that there was a cluster', () => {
    expect(beginnings('kubeadm-3-3')).toEqual({
      'cp-1': ['--initial-cluster=cp-1=https://10.0.0.10:2380'],
      'cp-2': [
        '--initial-cluster=cp-1=https://10.0.0.10:2380,cp-2=https://10.0.0.11:2380',
        '--initial-cluster-state=existing',
      ],
      'cp-3': [
        '--initial-cluster=cp-1=https://10.0.0.10:2380,cp-2=https://10.0.0.11:2380,cp-3=https://10.0.0.12:2380',
        '--initial-cluster-state=existing',
      ],
    });
  });

  it('come in alphabetical order', () => {
    const topology = buildTopology('kubeadm-3-3');
    const machine = topology.machines.find(({ name }) => name === 'cp-2');
    if (machine === undefined) throw new Error('there is no cp-2');
    const flags = controlPlaneCommand('etcd', machine, topology)
      .slice(1)
      .map((flag) => flag.split('=')[0]);
    expect(flags).toEqual([...flags].sort());
  });
});
