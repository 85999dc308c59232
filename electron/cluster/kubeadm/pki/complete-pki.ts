import { alternativeNames, subjectName } from '../../../base/x509/names.ts';
import { formatClientKubeConfig, parseKubeConfig } from '../../client/kubeconfig.ts';
import type { FileSystem } from '../../machine/interface.ts';
import type { TopologyMachine, TopologySpec } from '../../topology/interface.ts';
import { KUBERNETES, PKI } from './certificate-list.ts';
import type { KeyPair, Wanted } from './issue.ts';
import { authorityOn, issue, issueAuthority, PURPOSE } from './issue.ts';

/** Where a kubelet keeps the certificate that it may have renewed by itself. */
const KUBELET_CLIENT = '/var/lib/kubelet/pki/kubelet-client-current.pem';
/** The first address of the service network, the API's own. */
const SERVICE_IP = '10.96.0.1';

const client = (commonName: string, organizations: readonly string[] = []): Wanted => ({
  subject: subjectName(commonName, organizations),
  altNames: undefined,
  extKeyUsages: [PURPOSE.client],
});

/**
 * Turns what `kubeadm init` and `join` left by its fields into certificates: those below `pki`, and the identities in
 * kubeconfigs. One certificate a step; what is there stays. Needs the cluster's authority on the machine, without whose
 * key (workers) its own authority signs: `keys` is where that is. `now`: when the cluster was installed.
 */
export function* completePki(
  spec: TopologyMachine,
  files: FileSystem,
  keys: FileSystem,
  topology: TopologySpec,
  now: number,
): Generator<void> {
  const ca = keys.read(`${PKI}/ca.crt`);
  const seed = (what: string): string => `${what} ${keys.read(`${PKI}/ca.key`)}`;
  const sign = (wanted: Wanted, what: string): KeyPair =>
    issue(authorityOn(keys, 'ca'), wanted, now, seed(`${spec.name} ${what}`));
  for (const name of ['kubelet', 'admin', 'super-admin', 'controller-manager', 'scheduler']) {
    const path = `${KUBERNETES}/${name}.conf`;
    const written = files.exists(path) ? parseKubeConfig(files.read(path), path) : undefined;
    const { commonName, organizations } = written?.user ?? {};
    if (written === undefined || commonName === undefined) continue;
    const pair = sign(client(commonName, organizations ?? []), `${name}.conf`);
    if (name === 'kubelet') files.write(KUBELET_CLIENT, pair.certificate + pair.key);
    const credential = name === 'kubelet' ? { file: KUBELET_CLIENT } : pair;
    files.write(path, formatClientKubeConfig({ server: written.server, ca, user: commonName, credential }));
    yield;
  }
  if (spec.controlPlane === undefined) return;
  const pairs: readonly (readonly [string, () => KeyPair])[] = [
    ['apiserver', () => sign(serving(spec, topology), 'apiserver')],
    [
      'apiserver-kubelet-client',
      () =>
        sign(client('kube-apiserver-kubelet-client', ['kubeadm:cluster-admins']), 'apiserver-kubelet-client'),
    ],
    [
      'front-proxy-ca',
      () =>
        issueAuthority(
          {
            subject: subjectName('front-proxy-ca', []),
            altNames: alternativeNames(['front-proxy-ca'], []),
          },
          now,
          // The same on every control plane: joining copies it.
          seed('front-proxy-ca'),
        ),
    ],
    [
      'front-proxy-client',
      () =>
        issue(
          authorityOn(files, 'front-proxy-ca'),
          client('front-proxy-client'),
          now,
          seed(`${spec.name} front-proxy-client`),
        ),
    ],
  ];
  for (const [name, make] of pairs) {
    if (files.exists(`${PKI}/${name}.crt`)) continue;
    const { certificate, key } = make();
    files.write(`${PKI}/${name}.crt`, certificate);
    files.write(`${PKI}/${name}.key`, key);
    yield;
  }
}

function serving(spec: TopologyMachine, topology: TopologySpec): Wanted {
  const balancer = topology.machines.find(({ loadBalancer }) => loadBalancer !== undefined);
  return {
    subject: subjectName('kube-apiserver', []),
    altNames: alternativeNames(
      [
        spec.name,
        'kubernetes',
        'kubernetes.default',
        'kubernetes.default.svc',
        'kubernetes.default.svc.cluster.local',
      ],
      [SERVICE_IP, spec.ip, ...(balancer === undefined ? [] : [balancer.ip])],
    ),
    extKeyUsages: [PURPOSE.server],
  };
}
