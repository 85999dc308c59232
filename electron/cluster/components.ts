import type { ComponentHealth, ComponentKind, ComponentStatus } from './interface.ts';
import { MANIFESTS } from './kubeadm/control-plane.ts';
import type { Machine, Process } from './machine/interface.ts';
import type { TopologyMachine } from './topology/interface.ts';

/** Units that are components, in the order in which they are shown. */
const UNIT_KINDS: ReadonlyMap<string, ComponentKind> = new Map([
  ['etcd', 'etcd'],
  ['kube-apiserver', 'kube-apiserver'],
  ['kube-controller-manager', 'kube-controller-manager'],
  ['kube-scheduler', 'kube-scheduler'],
  ['csi-oci-controller', 'storage-driver'],
  ['kubelet', 'kubelet'],
  ['containerd', 'container-runtime'],
  ['crio', 'container-runtime'],
  ['docker', 'container-runtime'],
  ['cri-docker', 'container-runtime'],
  ['kube-proxy', 'kube-proxy'],
  ['cni-agent', 'cni'],
  ['haproxy', 'load-balancer'],
]);

function statusOf(
  machine: Machine,
  name: string,
  kind: ComponentKind,
  startedBy: 'unit' | 'static-pod',
  process: Process | undefined,
  idle: ComponentHealth,
): ComponentStatus {
  const health = !machine.powered ? 'machine-off' : process === undefined ? idle : 'running';
  const running = process === undefined ? {} : { pid: process.pid, startedAt: process.startedAt };
  return {
    actor: `${machine.spec.name}/${name}`,
    machine: machine.spec.name,
    name,
    kind,
    startedBy,
    health,
    ...running,
  };
}

/** What is known of a static Pod that is not running: taken away, or on its way. */
function idleStaticPod(machine: Machine, name: string): ComponentHealth {
  if (!machine.files.exists(`${MANIFESTS}/${name}.yaml`)) return 'stopped';
  return machine.units.get('kubelet')?.process === undefined ? 'stopped' : 'starting';
}

/** The components of one machine. */
export function componentsOf(machine: Machine, spec: TopologyMachine): ComponentStatus[] {
  const found: ComponentStatus[] = [];
  for (const [name, kind] of UNIT_KINDS) {
    const isStatic =
      spec.controlPlane?.startedBy === 'static-pod' &&
      spec.controlPlane.programs.some((program) => program === name);
    if (isStatic) {
      const process = machine.processes.find((candidate) => candidate.name === name);
      found.push(statusOf(machine, name, kind, 'static-pod', process, idleStaticPod(machine, name)));
      continue;
    }
    const unit = machine.units.get(name);
    if (unit === undefined) continue;
    const idle = unit.active === 'failed' ? 'failed' : unit.active === 'activating' ? 'starting' : 'stopped';
    found.push(statusOf(machine, name, kind, 'unit', unit.process, idle));
  }
  return found;
}
