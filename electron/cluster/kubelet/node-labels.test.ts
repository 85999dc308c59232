import { expect, it } from 'vitest';
import { validateNodeLabels } from './node-labels.ts';

it('lets a kubelet give labels of its own and of others, but not those of kubernetes.io', () => {
  validateNodeLabels({
    disk: 'ssd',
    'example.com/x': '',
    'node.kubernetes.io/pool': 'a',
    'topology.kubernetes.io/zone': 'z',
  });
  expect(() =>
    validateNodeLabels({ 'node-role.kubernetes.io/worker': '', 'a.k8s.io/x': '', 'mykubernetes.io/x': '' }),
  ).toThrow(
    "failed to validate kubelet flags: unknown 'kubernetes.io' or 'k8s.io' labels specified with --node-labels: [a.k8s.io/x node-role.kubernetes.io/worker]\n--node-labels in the 'kubernetes.io' namespace must begin with an allowed prefix (kubelet.kubernetes.io, node.kubernetes.io) or be in the specifically allowed set (beta.kubernetes.io/arch, beta.kubernetes.io/instance-type, beta.kubernetes.io/os, failure-domain.beta.kubernetes.io/region, failure-domain.beta.kubernetes.io/zone, kubernetes.io/arch, kubernetes.io/hostname, kubernetes.io/os, node.kubernetes.io/instance-type, topology.kubernetes.io/region, topology.kubernetes.io/zone)",
  );
});
