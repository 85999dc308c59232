import type { RsaSignatures } from '../base/jose/interface.ts';
import { STRATEGIES } from './api/registry.ts';
import type { TokenUser } from './apiserver/auth/bearer-token.ts';
import { kubeApiserverProgram } from './apiserver/server/program.ts';
import { withKlog } from './client/klog.ts';
import type { ControllerManagerViews } from './controller/controller-manager/manager-views.ts';
import { kubeControllerManager } from './controller/controller-manager/kube-controller-manager.ts';
import type { Backend } from './etcd/backend/interface.ts';
import { etcdProgram } from './etcd/server/program.ts';
import type { EtcdMemberViews } from './etcd/view/member-views.ts';
import { NetworkEtcdClient } from './etcd/v3/client/network-client.ts';
import type { EtcdFaults } from './faults/etcd-faults.ts';
import { INIT_OBJECTS } from './kubeadm/init-objects.ts';
import { CLUSTER_CA } from './kubeadm/kubeconfigs.ts';
import type { Program } from './machine/interface.ts';
import { kubeScheduler } from './scheduler/kube-scheduler.ts';
import type { ControlPlaneProgram } from './topology/interface.ts';

/** What runs in the control plane's images. */
export function controlPlanePrograms(
  version: string,
  backend: (disk: string) => Backend,
  views: EtcdMemberViews,
  faults: EtcdFaults,
  tokens: ReadonlyMap<string, TokenUser>,
  rsa: RsaSignatures,
  managers: ControllerManagerViews,
): ReadonlyMap<ControlPlaneProgram, Program> {
  return new Map<ControlPlaneProgram, Program>([
    ['etcd', etcdProgram({ backend, views, faults })],
    [
      'kube-apiserver',
      withKlog(
        kubeApiserverProgram({
          strategies: STRATEGIES,
          etcd: (connection) => new NetworkEtcdClient(connection),
          gitVersion: version,
          authority: CLUSTER_CA,
          objects: INIT_OBJECTS,
          tokens,
          rsa,
        }),
        true,
      ),
    ],
    ['kube-controller-manager', withKlog(kubeControllerManager(version, rsa, managers), true)],
    ['kube-scheduler', withKlog(kubeScheduler(version), true)],
  ]);
}
