import type { Clock } from '../../../base/clock.ts';
import type { KubeObject, Node, Pod } from '../../api/types.ts';
import { newBadRequest, newNotFound, StatusError } from '../../apimachinery/status.ts';
import { HttpClientConnection } from '../../network/http-client.ts';
import type { NetworkAccess, PeerCertificate } from '../../network/interface.ts';
import { DialError } from '../../network/interface.ts';

const NODES = { group: '', resource: 'nodes' };

/** How this server reaches kubelets: `--kubelet-client-certificate` and the addresses that Nodes report. */
export class KubeletConnection {
  readonly #net: NetworkAccess;
  readonly #clock: Clock;
  readonly #authority: string;
  readonly #node: (name: string) => Promise<KubeObject | undefined>;

  constructor(
    net: NetworkAccess,
    clock: Clock,
    authority: string,
    node: (name: string) => Promise<KubeObject | undefined>,
  ) {
    this.#net = net;
    this.#clock = clock;
    this.#authority = authority;
    this.#node = node;
  }

  /** Address of the kubelet that runs a Pod. @throws StatusError */
  async of(pod: Pod): Promise<{ readonly host: string; readonly port: number }> {
    const name = pod.spec?.nodeName ?? '';
    if (name === '') throw newBadRequest(`pod ${pod.metadata?.name ?? ''} does not have a host assigned`);
    return this.ofNode(name);
  }

  /** @throws StatusError 404 when there is no such Node, 500 when it has no address */
  async ofNode(name: string): Promise<{ readonly host: string; readonly port: number }> {
    const node = (await this.#node(name)) as Node | undefined;
    if (node === undefined) throw newNotFound(NODES, name);
    const address = node.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
    if (address === undefined)
      throw new StatusError(500, '', `no preferred addresses found; known addresses: []`);
    return { host: address, port: node.status?.daemonEndpoints?.kubeletEndpoint?.Port ?? 10_250 };
  }

  /** A new connection with this server's own client certificate. @throws DialError */
  async dial(address: { readonly host: string; readonly port: number }): Promise<HttpClientConnection> {
    const now = this.#clock.now();
    const certificate: PeerCertificate = {
      commonName: 'kube-apiserver-kubelet-client',
      organizations: ['kubeadm:cluster-admins'],
      notBefore: now,
      notAfter: now + 365 * 86_400_000,
      issuer: this.#authority,
    };
    return new HttpClientConnection(
      await this.#net.dial(address, { protocol: 'https', certificate }),
      this.#clock,
    );
  }

  /** A connection to whatever listens in a Pod. @throws DialError */
  async dialPod(host: string, port: number): Promise<HttpClientConnection> {
    return new HttpClientConnection(await this.#net.dial({ host, port }, { protocol: 'https' }), this.#clock);
  }
}

/** Runs `work`; a backend that cannot be reached becomes a Status. @throws StatusError */
export async function reaching<T>(
  prefix: string,
  code: number,
  reason: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DialError) throw new StatusError(code, reason, `${prefix}${error.message}`);
    throw error;
  }
}
