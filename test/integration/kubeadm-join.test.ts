import { beforeEach, describe, expect, it } from 'vitest';
import type { CertificateSigningRequest, ConfigMap, Node } from '../../electron/cluster/api/types.ts';
import { resourceTypes } from '../../electron/cluster/client/resource-types.ts';
import { RunningCluster } from './running-cluster.testing.ts';

const SPARE = 'worker-2';
let running: RunningCluster;

beforeEach(async () => {
  running = new RunningCluster({ topology: 'kubeadm-1-2,worker-2=spare' });
  await running.ready();
  await running.run(10_000);
}, 60_000);

async function joinCommand(): Promise<string> {
  const { out, code } = await running.ssh('cp-1', 'kubeadm token create --print-join-command');
  expect(code).toBe(0);
  return out.trim();
}

async function nodes(): Promise<string[]> {
  return (await running.list<Node>(resourceTypes.nodes)).map(({ metadata, status }) => {
    const ready = status?.conditions?.find(({ type }) => type === 'Ready')?.status;
    return `${metadata?.name ?? ''} ${ready ?? ''}`;
  });
}

const files = () => running.cluster.machine(SPARE).files;

describe('a machine that waits to be joined', () => {
  it('has a kubelet that starts again and again, and is no Node', async () => {
    expect(await nodes()).toEqual(['cp-1 True', 'worker-1 True']);
    const { out } = await running.ssh(SPARE, 'journalctl -u kubelet -n 20');
    expect(out).toContain(
      'failed to load kubelet config file, path: /var/lib/kubelet/config.yaml, error: failed to load Kubelet config file /var/lib/kubelet/config.yaml, error failed to read kubelet config file',
    );
    for (const path of ['kubelet.conf', 'pki/ca.crt'])
      expect(files().exists(`/etc/kubernetes/${path}`)).toBe(false);
    expect(files().exists('/etc/cni/net.d')).toBe(false);
  });

  it('joins with the command that kubeadm token create prints', async () => {
    const { out, err, code } = await running.ssh(SPARE, await joinCommand());
    expect(err).toBe('');
    expect(out).toMatch(
      new RegExp(
        `^\\[preflight\\] Running pre-flight checks
\\[preflight\\] Reading configuration from the "kubeadm-config" ConfigMap in namespace "kube-system"\\.\\.\\.
\\[preflight\\] Use 'kubeadm init phase upload-config kubeadm --config your-config-file' to re-upload it\\.
\\[kubelet-start\\] Writing kubelet configuration to file "/var/lib/kubelet/instance-config\\.yaml"
\\[patches\\] Applied patch of type "application/strategic-merge-patch\\+json" to target "kubeletconfiguration"
\\[kubelet-start\\] Writing kubelet configuration to file "/var/lib/kubelet/config\\.yaml"
\\[kubelet-start\\] Writing kubelet environment file with flags to file "/var/lib/kubelet/kubeadm-flags\\.env"
\\[kubelet-start\\] Starting the kubelet
\\[kubelet-check\\] Waiting for a healthy kubelet at http://127\\.0\\.0\\.1:10248/healthz\\. This can take up to 4m0s
\\[kubelet-check\\] The kubelet is healthy after [0-9.]+m?s
\\[kubelet-start\\] Waiting for the kubelet to perform the TLS Bootstrap

This node has joined the cluster:
\\* Certificate signing request was sent to apiserver and a response was received\\.
\\* The Kubelet was informed of the new secure connection details\\.

Run 'kubectl get nodes' on the control-plane to see this node join the cluster\\.

$`,
      ),
    );
    expect(code).toBe(0);
    await running.run(15_000);
    expect(await nodes()).toEqual(['cp-1 True', 'worker-1 True', 'worker-2 True']);
    const [request] = await running.list<CertificateSigningRequest>(resourceTypes.certificateSigningRequests);
    expect(request?.metadata?.name).toMatch(/^csr-[a-z0-9]{5}$/);
    expect(request?.spec).toMatchObject({
      signerName: 'kubernetes.io/kube-apiserver-client-kubelet',
      username: expect.stringMatching(/^system:bootstrap:[a-z0-9]{6}$/) as string,
      groups: expect.arrayContaining(['system:bootstrappers:kubeadm:default-node-token']) as string[],
    });
    expect(request?.status?.conditions?.map(({ type }) => type)).toEqual(['Approved']);
    expect(files().exists('/etc/kubernetes/bootstrap-kubelet.conf')).toBe(false);
    expect(files().readLink('/var/lib/kubelet/pki/kubelet-client-current.pem')).toMatch(
      /^\/var\/lib\/kubelet\/pki\/kubelet-client-2026-01-05-09-\d\d-\d\d\.pem$/,
    );
    expect(files().read('/var/lib/kubelet/instance-config.yaml')).toBe(
      'containerRuntimeEndpoint: "unix:///var/run/containerd/containerd.sock"\n',
    );
    await running.createDeployment('web', 4);
    await running.untilRunning(4);
    const pods = await running.pods();
    expect(new Set(pods.map(({ spec }) => spec?.nodeName))).toEqual(new Set(['worker-1', 'worker-2']));
  });

  it('leaves the cluster by reset, and joins it again', async () => {
    await running.ssh(SPARE, await joinCommand());
    const again = await running.ssh(SPARE, await joinCommand());
    expect(again).toEqual({
      out: '[preflight] Running pre-flight checks\n',
      err: `[preflight] Some fatal errors occurred:
	[ERROR FileAvailable--etc-kubernetes-kubelet.conf]: /etc/kubernetes/kubelet.conf already exists
	[ERROR Port-10250]: Port 10250 is in use
	[ERROR FileAvailable--etc-kubernetes-pki-ca.crt]: /etc/kubernetes/pki/ca.crt already exists
[preflight] If you know what you are doing, you can make a check non-fatal with \`--ignore-preflight-errors=...\`
error: error execution phase preflight: preflight checks failed
To see the stack trace of this error execute with --v=5 or higher
`,
      code: 1,
    });
    const refused = await running.ssh(SPARE, 'kubeadm reset', 'n\n');
    expect(refused.err).toMatch(
      /^W0105 09:\d\d:\d\d\.\d{6} +\d+ preflight\.go:55\] \[reset\] WARNING: Changes made to this host by 'kubeadm init' or 'kubeadm join' will be reverted\.\nerror: error execution phase preflight: aborted reset operation\n/,
    );
    const reset = await running.ssh(SPARE, 'kubeadm reset -f');
    expect(reset.code).toBe(0);
    expect(reset.err).toMatch(
      /^W0105 09:\d\d:\d\d\.\d{6} +\d+ removeetcdmember\.go:105\] \[reset\] No kubeadm config, using etcd pod spec to get data directory\n$/,
    );
    expect(reset.out).toBe(`[preflight] Running pre-flight checks
[reset] Deleted contents of the etcd data directory: /var/lib/etcd
[reset] Stopping the kubelet service
[reset] Unmounting mounted directories in "/var/lib/kubelet"
[reset] Deleting contents of directories: [/etc/kubernetes/manifests /var/lib/kubelet /etc/kubernetes/pki]
[reset] Deleting files: [/etc/kubernetes/admin.conf /etc/kubernetes/super-admin.conf /etc/kubernetes/kubelet.conf /etc/kubernetes/bootstrap-kubelet.conf /etc/kubernetes/controller-manager.conf /etc/kubernetes/scheduler.conf]

The reset process does not perform cleanup of CNI plugin configuration,
network filtering rules and kubeconfig files.

For information on how to perform this cleanup manually, please see:
    https://k8s.io/docs/reference/setup-tools/kubeadm/kubeadm-reset/

`);
    expect(files().list('/var/lib/kubelet')).toEqual([]);
    expect(files().list('/etc/cni/net.d').length).toBeGreaterThan(0);
    expect((await running.ssh(SPARE, 'crictl pods -q')).out).toBe('');
    const early = await running.ssh(SPARE, await joinCommand());
    expect(early.err).toBe(
      'error: error execution phase kubelet-start: a Node with name "worker-2" and status "Ready" already exists in the cluster. You must delete the existing Node or change the name of this new joining Node\nTo see the stack trace of this error execute with --v=5 or higher\n',
    );
    await running.ssh(SPARE, 'kubeadm reset -f');
    await running.do(() => running.client.resource<Node>(resourceTypes.nodes).delete(SPARE));
    expect((await running.ssh(SPARE, await joinCommand())).code).toBe(0);
    await running.run(15_000);
    expect(await nodes()).toContain('worker-2 True');
  });

  it('says why it does not trust a cluster', async () => {
    const command = await joinCommand();
    const problem = async (line: string): Promise<string | undefined> => {
      const { err, code } = await running.ssh(SPARE, line, undefined, 400_000);
      expect(code).toBe(1);
      return err.split('\n')[0];
    };
    const phase =
      "error: error execution phase preflight: couldn't validate the identity of the API Server: ";
    const [, hash = ''] = /sha256:(\w+)/.exec(command) ?? [];
    expect(await problem(command.replace(hash, 'a'.repeat(64)))).toBe(
      `${phase}cluster CA found in cluster-info ConfigMap is invalid: none of the public keys "sha256:${hash}" are pinned`,
    );
    expect(await problem(command.replace(hash, 'ab'))).toBe(
      `${phase}invalid discovery token CA certificate hash: invalid hash "sha256:ab", expected a 32 byte SHA-256 hash, found 1 bytes`,
    );
    expect(await problem(command.replace(/\.[a-z0-9]{16}/, `.${'a'.repeat(16)}`))).toBe(
      `${phase}failed to verify JWS signature of received cluster info object, can't trust this API Server`,
    );
    expect(await problem(command.replace(/[a-z0-9]{6}\.[a-z0-9]{16}/, 'abcdef.0123456789abcdef'))).toBe(
      `${phase}could not find a JWS signature in the cluster-info ConfigMap for token ID "abcdef"`,
    );
    expect(await problem(command.replace('10.0.0.10:6443', '10.0.0.10:6444'))).toBe(
      `${phase}failed to request the cluster-info ConfigMap: Get "https://10.0.0.10:6444/api/v1/namespaces/kube-public/configmaps/cluster-info": dial tcp 10.0.0.10:6444: connect: connection refused`,
    );
    expect(await problem('kubeadm join 10.0.0.10:6443 --token abcdef.0123456789abcdef')).toMatch(
      /^error: discovery\.bootstrapToken: Invalid value: "": using token-based discovery without caCertHashes can be unsafe\./,
    );
    expect(files().exists('/etc/kubernetes/pki/ca.crt')).toBe(false);
  });

  it('says what is wrong with the machine', async () => {
    await running.ssh(SPARE, 'systemctl stop containerd');
    await running.ssh(SPARE, 'systemctl disable kubelet');
    files().write('/proc/swaps', 'Filename Type Size Used Priority\n/swap.img file 1 0 -2\n');
    const command = await joinCommand();
    const { err } = await running.ssh(SPARE, command);
    expect(err)
      .toBe(`	[WARNING Swap]: swap is supported for cgroup v2 only. The kubelet must be properly configured to use swap. Please refer to https://kubernetes.io/docs/concepts/architecture/nodes/#swap-memory, or disable swap on the node
	[WARNING Service-Kubelet]: kubelet service is not enabled, please run 'systemctl enable kubelet.service'
[preflight] Some fatal errors occurred:
	[ERROR CRI]: could not connect to the container runtime: failed to create new CRI runtime service: validate service connection: validate CRI v1 runtime API for endpoint "unix:///var/run/containerd/containerd.sock": rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial unix /run/containerd/containerd.sock: connect: no such file or directory"
[preflight] If you know what you are doing, you can make a check non-fatal with \`--ignore-preflight-errors=...\`
error: error execution phase preflight: preflight checks failed
To see the stack trace of this error execute with --v=5 or higher
`);
    // The kubelet cannot run without its runtime, however much of it is ignored.
    const forced = await running.ssh(SPARE, `${command} --ignore-preflight-errors=cri`, undefined, 400_000);
    expect(forced.out).toContain(`[kubelet-check] The kubelet is not healthy after 4m0s

Unfortunately, an error has occurred:
	The HTTP call equal to 'curl -sSL http://127.0.0.1:10248/healthz' returned error: Get "http://127.0.0.1:10248/healthz": dial tcp 127.0.0.1:10248: connect: connection refused
`);
    expect(files().exists('/etc/kubernetes/bootstrap-kubelet.conf')).toBe(false);
  });
});

describe('what kubeadm keeps in the cluster', () => {
  it('is read by those who may, and says how it was set up', async () => {
    const maps = await running.list<ConfigMap>(resourceTypes.configMaps, 'kube-system');
    const found = maps.find(({ metadata }) => metadata?.name === 'kubeadm-config');
    expect(found?.data?.['ClusterConfiguration']).toBe(`apiServer: {}
apiVersion: kubeadm.k8s.io/v1beta4
caCertificateValidityPeriod: 87600h0m0s
certificateValidityPeriod: 8760h0m0s
certificatesDir: /etc/kubernetes/pki
clusterName: kubernetes
controllerManager: {}
dns: {}
encryptionAlgorithm: ECDSA-P256
etcd:
  local:
    dataDir: /var/lib/etcd
imageRepository: registry.k8s.io
kind: ClusterConfiguration
kubernetesVersion: v1.34.9
networking:
  dnsDomain: cluster.local
  podSubnet: 10.244.0.0/16
  serviceSubnet: 10.96.0.0/12
proxy: {}
scheduler: {}
`);
    const { out } = await running.ssh('cp-1', 'kubeadm certs check-expiration');
    expect(out).not.toContain('Error reading configuration from the Cluster');
  });
});
