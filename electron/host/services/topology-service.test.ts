import { describe, expect, it } from 'vitest';
import type { TopologyMachineView } from '../../shared/contract/topology.ts';
import { readTopology } from './topology-service.ts';
import { topologyForm, topologyText } from '../../shared/topology/topology-text.ts';

describe('the form of a topology', () => {
  it.each([
    'kubeadm-1-2',
    'kubeadm-5-3',
    'oke-4',
    'kubeadm-1-2,worker-1=cri-o,worker-2=docker+kubelet-1.23.17',
    'kubeadm-3-3,cp-2=mirantis,worker-3=windows-2019+tainted',
    'kubeadm-1-2,worker-2=cri-o+spare',
  ])('says %s again as the host reads it', (text) => {
    const { machines, problem } = readTopology(text);
    expect(problem).toBeNull();
    expect(topologyText(topologyForm(text, machines))).toBe(text);
  });

  it('keeps what was chosen of machines that stay, and forgets the others', () => {
    const text = 'kubeadm-3-3,cp-1=cri-o,cp-3=cri-o,worker-1=docker,worker-3=docker';
    const form = topologyForm(text, readTopology(text).machines);
    expect(topologyText({ ...form, controlPlanes: 1, workers: 1 })).toBe(
      'kubeadm-1-1,cp-1=cri-o,worker-1=docker',
    );
    expect(topologyText({ ...form, workers: 5 })).toBe(text.replace('3-3', '3-5'));
  });

  it('turns a choice into words of the text', () => {
    const form = topologyForm('kubeadm-1-1', readTopology('kubeadm-1-1').machines);
    const change = (next: Partial<TopologyMachineView>): string =>
      topologyText({
        ...form,
        machines: form.machines.map((one) => (one.role === 'worker' ? { ...one, ...next } : one)),
      });
    expect(change({ windows: 'windows-2022', tainted: true })).toBe(
      'kubeadm-1-1,worker-1=windows-2022+tainted',
    );
    expect(change({ runtime: 'docker', kubelet: '1.23.17' })).toBe(
      'kubeadm-1-1,worker-1=docker+kubelet-1.23.17',
    );
    expect(change({ tainted: true })).toBe('kubeadm-1-1');
  });

  it('is told as a code why a text means nothing', () => {
    const problem = (text: string) => readTopology(text).problem;
    expect(problem('k3s')).toEqual({
      code: 'unknown',
      params: { name: 'k3s', names: 'kubeadm-1-2, kubeadm-3-3, oke-3' },
    });
    expect(problem('kubeadm-9-1')).toEqual({ code: 'control-planes', params: { n: '9' } });
    expect(problem('kubeadm-1-0')).toEqual({ code: 'workers', params: { n: '0' } });
    expect(problem('kubeadm-1-2,cp-1=windows')).toEqual({
      code: 'windows-control-plane',
      params: { name: 'cp-1' },
    });
    expect(problem('kubeadm-1-2,worker-1=kubelet-1.40.0')).toMatchObject({
      code: 'kubelet-version',
      params: { version: '1.40.0', oldest: '1.19', newest: '1.34' },
    });
  });
});
