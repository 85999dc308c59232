import { describe, expect, it } from 'vitest';
import { buildTopology, topologyNames } from './topologies.ts';

describe('buildTopology', () => {
  it('gives every machine a name, an address and a range of its own', () => {
    for (const name of topologyNames) {
      const { machines } = buildTopology(name, { workers: 1000 });
      for (const field of ['name', 'ip'] as const)
        expect(new Set(machines.map((machine) => machine[field])).size).toBe(machines.length);
      const ranges = machines.filter(({ isNode }) => isNode).map(({ podCIDR }) => podCIDR);
      expect(new Set(ranges).size).toBe(ranges.length);
      for (const { ip } of machines) expect(ip.split('.').every((part) => Number(part) < 256)).toBe(true);
    }
  });

  it('gives the Pods of many Nodes a wider range', () => {
    expect(buildTopology('kubeadm-1-2', { workers: 255 }).podCIDR).toBe('10.244.0.0/16');
    const { machines, podCIDR } = buildTopology('kubeadm-1-2', { workers: 1000 });
    expect(podCIDR).toBe('10.244.0.0/14');
    expect(machines.at(-1)).toMatchObject({
      name: 'worker-1000',
      ip: '10.0.3.252',
      podCIDR: '10.247.232.0/24',
    });
  });

  it('puts the zones of oke-3 in the order of the names of its Nodes', () => {
    const nodes = buildTopology('oke-3').machines.filter(({ isNode }) => isNode);
    const zones = [...nodes].sort((a, b) => (a.name < b.name ? -1 : 1)).map(({ zone }) => zone);
    expect(zones).toEqual(['AD-1', 'AD-2', 'AD-3']);
  });

  it('gives single machines the runtime, system and kubelet that are asked for', () => {
    const { machines } = buildTopology(
      'kubeadm-1-2,worker-1=docker+kubelet-1.23.17,worker-2=windows-2019+tainted',
    );
    expect(machines[0]).not.toHaveProperty('runtime');
    expect(machines[1]).toMatchObject({ runtime: 'docker', kubeletVersion: 'v1.23.17', os: 'linux' });
    expect(machines[2]).toMatchObject({
      os: 'windows',
      osVersion: '10.0.17763',
      taints: [{ key: 'os', value: 'windows', effect: 'NoSchedule' }],
    });
  });

  const refusals: readonly (readonly [string, string])[] = [
    ['worker-9=cri-o', 'there is no node "worker-9" in this topology: choose among cp-1, worker-1, worker-2'],
    ['worker-1=rkt', 'unknown choice "rkt" for worker-1: choose among containerd, cri-o, docker, mirantis, windows, windows-2019, windows-2022, windows-2025, tainted, spare, kubelet-1.MINOR.PATCH'],
    ['worker-1=windows+docker', 'worker-1: on Windows only containerd is modelled, not docker'],
    ['worker-1=kubelet-1.18.20', 'worker-1: kubelets from 1.19 to 1.34 are modelled, not 1.18.20'],
    ['worker-1=spare+windows', 'worker-1: kubeadm join of a Windows machine is not modelled'],
    ['cp-1=spare', 'cp-1 cannot be spare: it is the control plane that others join'],
    ['cp-1=windows', 'cp-1 cannot run Windows: Kubernetes builds kube-apiserver, kube-controller-manager, kube-scheduler and etcd for Linux only, so a control plane runs on Linux; choose a worker'],
  ]; // prettier-ignore
  it.each(refusals)('refuses %s', (choice, text) => {
    expect(() => buildTopology(`kubeadm-1-2,${choice}`)).toThrow(text);
  });

  it('leaves a machine unjoined, but not where a cloud joins them', () => {
    const { machines } = buildTopology('kubeadm-1-2,worker-2=cri-o+spare');
    expect(machines[1]).not.toHaveProperty('isSpare');
    expect(machines[2]).toMatchObject({ runtime: 'cri-o', isSpare: true, isNode: true });
    expect(() => buildTopology('oke-3,10.0.10.11=spare')).toThrow(
      '10.0.10.11 cannot be spare: the nodes of a managed cluster are joined by its cloud, not by kubeadm; choose a kubeadm topology',
    );
  });

  it('refuses what it cannot build', () => {
    expect(() => buildTopology('k3s')).toThrow(
      'unknown topology "k3s": choose one of kubeadm-1-2, kubeadm-3-3, oke-3',
    );
    expect(() => buildTopology('oke-3', { workers: 0 })).toThrow(
      'a topology takes 1 to 1,000 workers, not 0',
    );
    expect(() => buildTopology('oke-3', { workers: 1001 })).toThrow(
      'a topology takes 1 to 1,000 workers, not 1001',
    );
  });
});
