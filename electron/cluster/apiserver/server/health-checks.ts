import type { EtcdClient } from '../../etcd/client/interface.ts';
import type { HealthCheck } from '../endpoints/health.ts';

/** Why etcd does not answer; undefined when it does. */
export async function etcdProblem(etcd: EtcdClient): Promise<string | undefined> {
  try {
    await etcd.range({ key: '/registry/health' });
    return undefined;
  } catch (error) {
    // Unreachable is the answer, not a failure of asking.
    return error instanceof Error ? error.message : String(error);
  }
}

/** What `/healthz`, `/livez` and `/readyz` ask. `bootstrapped`: the post-start hooks have done their work. */
export function healthChecks(etcd: EtcdClient, bootstrapped: () => boolean): readonly HealthCheck[] {
  const reachable = async (): Promise<boolean> => (await etcdProblem(etcd)) === undefined;
  const everywhere = ['healthz', 'livez', 'readyz'] as const;
  const hook = (name: string): HealthCheck => ({
    name: `poststarthook/${name}`,
    endpoints: everywhere,
    check: bootstrapped,
  });
  return [
    { name: 'ping', endpoints: everywhere, check: () => true },
    { name: 'log', endpoints: everywhere, check: () => true },
    { name: 'etcd', endpoints: everywhere, check: reachable },
    { name: 'etcd-readiness', endpoints: ['readyz'], check: reachable },
    hook('start-system-namespaces-controller'),
    hook('bootstrap-controller'),
    hook('rbac/bootstrap-roles'),
    { name: 'shutdown', endpoints: ['readyz'], check: () => true },
  ];
}
