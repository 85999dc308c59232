import { controlPlaneCommand } from './kubeadm/control-plane.ts';
import { defineRuntimeUnits } from './define-runtime-units.ts';
import { defineWindowsServices } from './define-windows-services.ts';
import { kubeletUnitFiles } from './kubeadm/kubelet-unit.ts';
import { PackageDatabase } from './machine/packages.ts';
import { cniAgentProgram, kubeProxyProgram } from './kubeadm/placeholders.ts';
import { OCI_CONTROLLER_CONFIG } from './csi/oci-driver.ts';
import { kubeletProgram } from './kubelet/kubelet-program.ts';
import { haproxyProgram } from './load-balancer/haproxy.ts';
import type { Program } from './machine/interface.ts';
import type { Place } from './place.ts';
import type { ControlPlaneProgram, TopologySpec } from './topology/interface.ts';

/** The units of systemd on a machine, or the services of Windows: what its part in the topology needs. */
export function defineUnits(
  { machine, spec, runtimes }: Place,
  programs: ReadonlyMap<ControlPlaneProgram, Program>,
  topology: TopologySpec,
  version: string,
  volumeController: Program | undefined,
): void {
  const define = (name: string, description: string, program: Program, argv: readonly string[]): void =>
    machine.units.define({ name, description, program, argv, restart: 'always', restartSeconds: 5 });
  if (spec.controlPlane?.startedBy === 'unit') {
    for (const name of spec.controlPlane.programs) {
      const program = programs.get(name);
      if (program !== undefined)
        define(name, `Kubernetes control plane: ${name}`, program, controlPlaneCommand(name, spec, topology));
    }
  }
  // A cluster from before the driver was there has no identity for it.
  if (volumeController !== undefined && machine.files.exists(OCI_CONTROLLER_CONFIG))
    define('csi-oci-controller', 'OCI Block Volume CSI driver: controller', volumeController, [
      'csi-oci-controller',
    ]);
  if (spec.loadBalancer !== undefined)
    define('haproxy', 'HAProxy Load Balancer', haproxyProgram, [
      'haproxy',
      '-Ws',
      '-f',
      '/etc/haproxy/haproxy.cfg',
    ]);
  if (runtimes === undefined) return;
  if (spec.os === 'windows') {
    defineWindowsServices({ machine, spec, runtimes }, version);
    return;
  }
  defineRuntimeUnits(machine, runtimes);
  const packages = new PackageDatabase(machine.files);
  const kubeletVersion = (): string => {
    const installed = packages.get('kubelet')?.version.replace(/-.*$/, '');
    return installed === undefined ? version : `v${installed}`;
  };
  machine.units.define({
    name: 'kubelet',
    description: 'kubelet: The Kubernetes Node Agent',
    program: kubeletProgram(kubeletVersion),
    argv: ['kubelet'],
    restart: 'always',
    restartSeconds: 10,
    files: kubeletUnitFiles,
  });
  define('cni-agent', 'CNI agent (placeholder)', cniAgentProgram, [
    'cni-agent',
    `--pod-cidr=${spec.podCIDR}`,
  ]);
  define('kube-proxy', 'Kubernetes network proxy (placeholder)', kubeProxyProgram, ['kube-proxy']);
}
