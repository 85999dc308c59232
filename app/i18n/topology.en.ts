import type { Catalogue } from './catalogue.ts';

/** A new cluster, in English. */
export const topologyEn: Catalogue['topology'] = {
  title: 'New cluster',
  description:
    'The cluster that is there is thrown away, and the open lab is left. Form and text say the same.',
  kind: 'Kind',
  kubeadm: 'kubeadm',
  oke: 'OKE (managed control plane)',
  controlPlanes: 'Control planes',
  workers: 'Workers',
  evenHint:
    'An even number of control planes tolerates no more failures than the odd one below it: the majority of etcd grows with it.',
  machines: 'Machines',
  system: 'System',
  runtime: 'Container runtime',
  kubelet: 'Kubelet version',
  ownVersion: 'default',
  more: 'More',
  of: '{what} of {machine}',
  runtimes: {
    containerd: 'containerd',
    'cri-o': 'CRI-O',
    docker: 'Docker Engine',
    mirantis: 'Mirantis Container Runtime',
  },
  tainted: 'taint os=windows:NoSchedule',
  spare: 'waits for kubeadm join',
  hidden: '{n} more machines: choose theirs in the text.',
  text: 'Topology as text',
  create: 'Create the cluster',
  created: 'Cluster {topology} created',
  problem: {
    unknown: 'Unknown topology “{name}”: write one of {names}, or other numbers in their place.',
    workers: 'A topology has 1 to 1,000 workers, not {n}.',
    'control-planes': 'A topology has 1 to 7 control planes, not {n}.',
    'no-node': 'There is no node “{name}” in this topology: choose among {names}.',
    'unknown-choice': 'Unknown choice “{choice}” for {name}: choose among {choices}.',
    'windows-control-plane':
      '{name} cannot run Windows: kube-apiserver, kube-controller-manager, kube-scheduler and etcd exist for Linux only. Choose a worker.',
    'tainted-linux': '{name} is no Windows machine: “tainted” follows “windows”.',
    'windows-runtime': '{name}: on Windows only containerd is modelled, not {runtime}.',
    'windows-spare': '{name}: kubeadm join of a Windows machine is not modelled.',
    'dockershim-spare': '{name}: kubeadm join of a kubelet with dockershim is not modelled.',
    'spare-control-plane': '{name} cannot wait: it is the control plane that others join.',
    'spare-managed':
      '{name} cannot wait: nodes of a managed cluster are joined by its cloud, not by kubeadm.',
    'kubelet-version': '{name}: kubelets from {oldest} to {newest} are modelled, not {version}.',
    other: '{message}',
  },
};
