import type {
  ComponentView,
  DiagramItem,
  MachineView,
  PodView,
} from '../../electron/shared/contract/diagram.ts';

/** Test only: a picture of a small kubeadm cluster, or of a large one. */
export function fakeMachines(workers: number, zones: boolean, controlPlanes = 1): MachineView[] {
  const base = {
    os: 'linux' as const,
    zone: null,
    powered: true,
    isNode: true,
    ready: 'True' as const,
    unschedulable: false,
    diskUsed: 41,
    diskFilled: false,
    clockSkew: 0,
    missingSocket: null,
    activeUnits: ['containerd', 'kubelet'],
    stoppedUnits: [],
  };
  return [
    { ...base, name: 'console', role: 'outside', ip: '192.168.0.2', isNode: false, ready: null },
    ...Array.from({ length: controlPlanes }, (_, index): MachineView => ({
      ...base,
      name: `cp-${index + 1}`,
      role: 'control-plane',
      ip: `10.0.0.1${index}`,
    })),
    ...Array.from({ length: workers }, (_, index): MachineView => ({
      ...base,
      name: `worker-${index + 1}`,
      role: 'worker',
      ip: `10.0.${Math.floor(index / 200)}.${21 + (index % 200)}`,
      zone: zones ? `AD-${(index % 3) + 1}` : null,
    })),
  ];
}

export function fakeComponents(machines: readonly MachineView[]): ComponentView[] {
  return machines.flatMap((machine): ComponentView[] => {
    const one = (name: string, kind: string, runsAs: ComponentView['runsAs']): ComponentView => ({
      id: `${machine.name}/${name}`,
      machine: machine.name,
      name,
      kind,
      health: 'running',
      runsAs,
    });
    if (machine.role === 'outside') return [one('kubectl', 'console', 'outside')];
    const agents = [
      one('kubelet', 'kubelet', 'unit'),
      one('containerd', 'container-runtime', 'unit'),
      one('kube-proxy', 'kube-proxy', 'unit'),
      one('flanneld', 'cni', 'unit'),
    ];
    if (machine.role === 'worker') return agents;
    return [
      one('etcd', 'etcd', 'static-pod'),
      one('kube-apiserver', 'kube-apiserver', 'static-pod'),
      one('kube-controller-manager', 'kube-controller-manager', 'static-pod'),
      one('kube-scheduler', 'kube-scheduler', 'static-pod'),
      ...agents,
    ];
  });
}

export function fakePod(
  name: string,
  node: string | null,
  status: string,
  change: Partial<PodView> = {},
): PodView {
  return {
    uid: `uid-${name}`,
    namespace: 'default',
    name,
    node,
    status,
    ready: status === 'Running',
    restarts: 0,
    owner: 'ReplicaSet/web-7c5ddbdf54',
    ...change,
  };
}

export function fakePods(): PodView[] {
  const system = (name: string): PodView =>
    fakePod(`${name}-cp-1`, 'cp-1', 'Running', { namespace: 'kube-system', owner: 'Node/cp-1' });
  return [
    ...['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map(system),
    fakePod('web-7c5ddbdf54-x2x9k', 'worker-1', 'Running'),
    fakePod('web-7c5ddbdf54-q8mzt', 'worker-2', 'Running'),
    fakePod('web-7c5ddbdf54-bb7nd', 'worker-1', 'ContainerCreating'),
    fakePod('api-6f4d9c-0', 'worker-2', 'CrashLoopBackOff', {
      owner: 'ReplicaSet/api-6f4d9c',
      restarts: 4,
      ready: false,
    }),
    fakePod('api-6f4d9c-1', 'worker-2', 'Terminating', { owner: 'ReplicaSet/api-6f4d9c', ready: false }),
    fakePod('batch-1', null, 'Pending', { owner: 'ReplicaSet/batch' }),
  ];
}

/** `count` Pods spread over the workers. */
export function manyPods(count: number, workers: number): PodView[] {
  return Array.from({ length: count }, (_, index) =>
    fakePod(
      `load-${index}`,
      index % 50 === 0 ? null : `worker-${(index % workers) + 1}`,
      index % 50 === 0 ? 'Pending' : index % 17 === 0 ? 'ContainerCreating' : 'Running',
      {
        owner: `ReplicaSet/load-${index % 7}`,
      },
    ),
  );
}

export function picture(machines: MachineView[], components: ComponentView[], pods: PodView[]): DiagramItem {
  return {
    reset: true,
    machines,
    components,
    pods,
    removedMachines: [],
    removedComponents: [],
    removedPods: [],
    cuts: [],
    delays: [],
  };
}
