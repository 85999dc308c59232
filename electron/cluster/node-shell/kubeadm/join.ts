import type { Node } from '../../api/types.ts';
import { parseBootstrapToken } from '../../api/core/v1/secret/bootstrap-token.ts';
import { formatGoDuration } from '../../apimachinery/duration.ts';
import { isNotFound } from '../../client/api-errors.ts';
import { formatClientKubeConfig, readClientConfig } from '../../client/kubeconfig.ts';
import type { ClientConfig } from '../../client/kubeconfig.ts';
import { NetworkApiClient } from '../../client/network-api-client.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import { CLUSTER_CA_CERTIFICATE } from '../../kubeadm/control-plane.ts';
import {
  FIRST_LOCAL_SOCKET,
  instanceConfigurationText,
  KUBELET_CONFIG,
  KUBELET_INSTANCE_CONFIG,
  kubeletConfigurationText,
} from '../../kubeadm/kubelet-configuration.ts';
import { joinedKubeadmFlags, KUBEADM_FLAGS, minorOf } from '../../kubeadm/kubelet-flags.ts';
import { BOOTSTRAP_KUBECONFIG } from '../../kubeadm/kubelet-unit.ts';
import type { CommandContext } from '../interface.ts';
import { CommandError } from '../interface.ts';
import { parseOptions } from '../commands/options.ts';
import { detectCriSocket } from './cri-socket.ts';
import type { DiscoveredCluster } from './discovery.ts';
import { discover } from './discovery.ts';
import { failedIn, kubeadmError } from './kubeadm-error.ts';
import { waitForKubelet, waitForKubeconfig } from './kubelet-wait.ts';
import { commonChecks, fileAvailable, ignoredErrors, runChecks } from './preflight.ts';
import { kubeadmVersion } from './kubeadm-version.ts';
import { readStoredConfiguration, tellOfReading } from './stored-configuration.ts';

const KUBELET_KUBECONFIG = '/etc/kubernetes/kubelet.conf';
const BOOTSTRAP_USER = 'tls-bootstrap-token-user';
const SOCKET_ANNOTATION = 'kubeadm.alpha.kubernetes.io/cri-socket';
const DONE = `
This node has joined the cluster:
* Certificate signing request was sent to apiserver and a response was received.
* The Kubelet was informed of the new secure connection details.

Run 'kubectl get nodes' on the control-plane to see this node join the cluster.

`;

interface JoinOptions {
  readonly endpoint: string;
  readonly discoveryToken: string;
  readonly bootstrapToken: string;
  readonly pins: readonly string[];
  readonly ignored: ReadonlySet<string>;
  readonly criSocket: string;
}

/** `kubeadm join` of a worker. Models cmd/kubeadm/app/cmd/join.go and its phases (v1.34). */
export async function kubeadmJoin(args: readonly string[], context: CommandContext): Promise<number> {
  const options = joinOptions(args, context);
  const { out } = context;
  const userAgent = `kubeadm/${kubeadmVersion(context)} (linux/amd64) kubernetes/leme`;
  out('[preflight] Running pre-flight checks\n');
  await runChecks(
    [
      fileAvailable(KUBELET_KUBECONFIG),
      fileAvailable(BOOTSTRAP_KUBECONFIG),
      ...commonChecks(options.criSocket),
      fileAvailable(CLUSTER_CA_CERTIFICATE),
    ],
    options.ignored,
    context,
  );
  let cluster: DiscoveredCluster;
  try {
    cluster = await discover({ ...options, token: options.discoveryToken, userAgent }, context);
  } catch (error) {
    throw failedIn(
      "error execution phase preflight: couldn't validate the identity of the API Server",
      error,
    );
  }
  const { process } = context;
  const config: ClientConfig = { server: cluster.server, token: options.bootstrapToken, userAgent };
  const client = new NetworkApiClient(process, process.net, config);
  tellOfReading('preflight', out);
  let kubelet: Readonly<Record<string, unknown>>;
  try {
    ({ kubelet } = await readStoredConfiguration(client));
  } catch (error) {
    throw failedIn('error execution phase preflight: unable to fetch the kubeadm-config ConfigMap', error);
  }
  await startKubelet(options, cluster, client, kubelet, context);
  await waitForBootstrap(options, userAgent, context);
  out(DONE);
  return 0;
}

function joinOptions(args: readonly string[], context: CommandContext): JoinOptions {
  const { flags, values, lists, rest } = parseOptions('kubeadm', args, {
    flags: {
      '--discovery-token-unsafe-skip-ca-verification': 'unsafe',
      '--control-plane': 'control-plane',
      '--dry-run': 'dry-run',
    },
    values: {
      '--token': 'token',
      '--discovery-token': 'discovery-token',
      '--tls-bootstrap-token': 'tls-bootstrap-token',
      '--discovery-token-ca-cert-hash': 'hash',
      '--ignore-preflight-errors': 'ignore',
      '--cri-socket': 'cri-socket',
      '--certificate-key': 'certificate-key',
      '--apiserver-advertise-address': 'advertise',
      '--node-name': 'node-name',
      '--config': 'config',
      '--discovery-file': 'discovery-file',
      '-v': 'verbosity',
      '--v': 'verbosity',
    },
  });
  for (const name of ['control-plane', 'dry-run'])
    if (flags.has(name))
      throw new CommandError(
        `leme: "kubeadm join --${name}" is not modelled here: a machine joins as a worker; start with the topology kubeadm-3-3 for several control planes\n`,
      );
  for (const name of ['config', 'discovery-file', 'node-name'])
    if (values.has(name))
      throw new CommandError(
        `leme: "kubeadm join --${name}" is not modelled here; give a token and a hash\n`,
      );
  const [endpoint, ...more] = rest;
  if (more.length > 0) throw kubeadmError(`accepts at most 1 arg(s), received ${rest.length}`);
  if (endpoint === undefined)
    throw kubeadmError('discovery: Invalid value: "": bootstrapToken or file must be set');
  if (!/^[^:/\s]+:\d+$/.test(endpoint))
    throw kubeadmError(
      `discovery.bootstrapToken: Invalid value: ${JSON.stringify(endpoint)}: address ${endpoint}: missing port in address`,
    );
  const token = values.get('token') ?? '';
  const discoveryToken = values.get('discovery-token') ?? token;
  const bootstrapToken = values.get('tls-bootstrap-token') ?? token;
  const problems = [
    ...tokenProblem('discovery.bootstrapToken.token', discoveryToken),
    ...tokenProblem('discovery.tlsBootstrapToken', bootstrapToken),
  ];
  const pins = (lists.get('hash') ?? []).flatMap((text) => text.split(','));
  if (pins.length === 0 && !flags.has('unsafe'))
    problems.unshift(
      'discovery.bootstrapToken: Invalid value: "": using token-based discovery without caCertHashes can be unsafe. Set unsafeSkipCAVerification as true in your kubeadm config file or pass --discovery-token-unsafe-skip-ca-verification flag to continue',
    );
  if (problems.length > 0)
    throw kubeadmError(problems.length === 1 ? problems.join('') : `[${problems.join(', ')}]`);
  return {
    endpoint,
    discoveryToken,
    bootstrapToken,
    pins,
    ignored: ignoredErrors(values.get('ignore')),
    criSocket: values.get('cri-socket') ?? detectCriSocket(context.machine.files),
  };
}

function tokenProblem(field: string, token: string): string[] {
  if (parseBootstrapToken(token) !== undefined) return [];
  return [`${field}: Invalid value: ${JSON.stringify(token)}: the bootstrap token is invalid`];
}

/** Phase kubelet-start. */
async function startKubelet(
  { criSocket, bootstrapToken }: JoinOptions,
  { server, ca }: DiscoveredCluster,
  client: NetworkApiClient,
  kubelet: Readonly<Record<string, unknown>>,
  context: CommandContext,
): Promise<void> {
  const { machine, out } = context;
  const { files, units, spec } = machine;
  const credential = { token: bootstrapToken };
  files.write(
    BOOTSTRAP_KUBECONFIG,
    formatClientKubeConfig({ server, ca, user: BOOTSTRAP_USER, credential }),
    0o600,
  );
  if (!files.exists(CLUSTER_CA_CERTIFICATE)) files.write(CLUSTER_CA_CERTIFICATE, ca);
  await checkNodeName(spec.name, client);
  if (units.get('kubelet') !== undefined) units.stop('kubelet');
  const version = kubeadmVersion(context);
  const isLocal = minorOf(version) >= FIRST_LOCAL_SOCKET;
  if (isLocal) {
    out(`[kubelet-start] Writing kubelet configuration to file "${KUBELET_INSTANCE_CONFIG}"\n`);
    files.write(KUBELET_INSTANCE_CONFIG, instanceConfigurationText(criSocket));
    out(
      '[patches] Applied patch of type "application/strategic-merge-patch+json" to target "kubeletconfiguration"\n',
    );
  }
  out(`[kubelet-start] Writing kubelet configuration to file "${KUBELET_CONFIG}"\n`);
  files.write(KUBELET_CONFIG, kubeletConfigurationText(kubelet, isLocal ? criSocket : undefined));
  out(`[kubelet-start] Writing kubelet environment file with flags to file "${KUBEADM_FLAGS}"\n`);
  files.write(KUBEADM_FLAGS, joinedKubeadmFlags(criSocket, version));
  out('[kubelet-start] Starting the kubelet\n');
  if (units.get('kubelet') === undefined) return;
  // systemd starts it once it has ended.
  units.restart('kubelet');
}

/** A name that a Ready Node has is taken. @throws CommandError */
async function checkNodeName(name: string, client: NetworkApiClient): Promise<void> {
  const phase = 'error execution phase kubelet-start';
  let node: Node;
  try {
    node = await client.resource<Node>(resourceTypes.nodes).get(name);
  } catch (error) {
    if (isNotFound(error)) return;
    throw failedIn(`${phase}: cannot get Node ${JSON.stringify(name)}`, error);
  }
  const isReady = (node.status?.conditions ?? []).some(
    ({ type, status }) => type === 'Ready' && status === 'True',
  );
  if (isReady)
    throw kubeadmError(
      `${phase}: a Node with name ${JSON.stringify(name)} and status "Ready" already exists in the cluster. You must delete the existing Node or change the name of this new joining Node`,
    );
}

/** Phase kubelet-wait-bootstrap. The token does not stay on the disk, whatever comes of it. */
async function waitForBootstrap(
  { criSocket }: JoinOptions,
  userAgent: string,
  context: CommandContext,
): Promise<void> {
  const { machine, process, out } = context;
  const { files, spec } = machine;
  try {
    const healthyAfter = await waitForKubelet(context);
    out(`[kubelet-check] The kubelet is healthy after ${formatGoDuration(healthyAfter)}\n`);
    out('[kubelet-start] Waiting for the kubelet to perform the TLS Bootstrap\n');
    await waitForKubeconfig(KUBELET_KUBECONFIG, context);
  } finally {
    if (files.exists(BOOTSTRAP_KUBECONFIG)) files.remove(BOOTSTRAP_KUBECONFIG);
  }
  if (minorOf(kubeadmVersion(context)) >= FIRST_LOCAL_SOCKET) return;
  const client = new NetworkApiClient(
    process,
    process.net,
    readClientConfig(files, KUBELET_KUBECONFIG, userAgent),
  );
  const annotations = { [SOCKET_ANNOTATION]: criSocket };
  try {
    for (;;) {
      try {
        await client
          .resource<Node>(resourceTypes.nodes)
          .patch(spec.name, 'application/strategic-merge-patch+json', { metadata: { annotations } });
        return;
      } catch (error) {
        // The kubelet has not registered its Node yet.
        if (!isNotFound(error)) throw error;
        await process.clock.sleep(500);
      }
    }
  } catch (error) {
    throw failedIn('error execution phase kubelet-start: error writing CRISocket for this node', error);
  }
}
