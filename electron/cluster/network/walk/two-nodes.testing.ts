import { SeededRand } from '../../../base/rand.ts';
import { Segment } from '../fabric/segment.ts';
import { cidr, parsePrefix } from '../ip/cidr.ts';
import { ipv4 } from '../ip/ipv4.ts';
import { ForwardingDatabase } from '../namespace/forwarding-database.ts';
import { NetworkNamespace } from '../namespace/network-namespace.ts';
import { VtepDatabase } from '../namespace/vtep-database.ts';
import { makeVethPair } from '../namespace/make-veth-pair.ts';
import { DataPlane } from './data-plane.ts';

/**
 * Two machines with flannel's vxlan as flanneld and its CNI plugin leave them: n1 (10.0.10.11, Pods p1 10.244.0.2 and p2 10.244.0.3) and n2
 * (10.0.10.12, Pod p3 10.244.1.2).
 */
export class TwoNodes {
  readonly clock = { now: Date.UTC(2026, 10, 27, 22, 45, 12) };
  readonly cut = new Set<string>();
  readonly segment: Segment;
  readonly plane: DataPlane;
  readonly n1 = new NetworkNamespace('n1', '');
  readonly n2 = new NetworkNamespace('n2', '');
  readonly p1: NetworkNamespace;
  readonly p2: NetworkNamespace;
  readonly p3: NetworkNamespace;

  constructor(options: { readonly fabricMtu?: number; readonly podMtu?: number } = {}) {
    this.segment = new Segment('subnet', {
      ...(options.fabricMtu === undefined ? {} : { mtu: options.fabricMtu }),
      isCut: (from, to) => this.cut.has(`${from}>${to}`),
    });
    this.plane = new DataPlane({ now: () => this.clock.now, rand: new SeededRand('two nodes') });
    this.#node(this.n1, '10.0.10.11', '0b', '10.244.0', '00', options.podMtu ?? 1450);
    this.#node(this.n2, '10.0.10.12', '0c', '10.244.1', '01', options.podMtu ?? 1450);
    this.#peer(this.n1, '10.244.1', '01', '10.0.10.12');
    this.#peer(this.n2, '10.244.0', '00', '10.0.10.11');
    this.p1 = this.#pod(this.n1, 'p1', '10.244.0', '00', 2, options.podMtu ?? 1450);
    this.p2 = this.#pod(this.n1, 'p2', '10.244.0', '00', 3, options.podMtu ?? 1450);
    this.p3 = this.#pod(this.n2, 'p3', '10.244.1', '01', 2, options.podMtu ?? 1450);
  }

  #node(node: NetworkNamespace, ip: string, last: string, range: string, hex: string, mtu: number): void {
    node.setUp('lo', true);
    node.addAddress('lo', { ip: ipv4('169.254.20.10'), bits: 32 });
    const eth0 = node.addLink({
      name: 'eth0',
      mac: `02:00:0a:00:0a:${last}`,
      device: { kind: 'uplink', port: undefined },
    });
    this.segment.plug(eth0);
    node.addAddress('eth0', { ip: ipv4(ip), bits: 24 });
    node.setUp('eth0', true);
    node.addRoute({ destination: cidr('0.0.0.0/0'), via: ipv4('10.0.10.1') });
    node.sysctls.set('net.ipv4.ip_forward', '1');
    node.addLink({
      name: 'flannel.1',
      mac: `02:00:0a:f4:${hex}:00`,
      mtu,
      device: {
        kind: 'vxlan',
        vni: 1,
        local: ipv4(ip),
        port: 8472,
        lower: eth0,
        learning: false,
        vteps: new VtepDatabase(),
      },
    });
    node.addAddress('flannel.1', { ip: ipv4(`${range}.0`), bits: 32 });
    node.setUp('flannel.1', true);
    node.addLink({
      name: 'cni0',
      mac: `02:00:0a:f4:${hex}:01`,
      mtu,
      device: { kind: 'bridge', ports: new Set(), fdb: new ForwardingDatabase() },
    });
    node.addAddress('cni0', { ip: ipv4(`${range}.1`), bits: 24, broadcast: ipv4(`${range}.255`) });
    node.setUp('cni0', true);
  }

  #peer(node: NetworkNamespace, range: string, hex: string, remote: string): void {
    const mac = `02:00:0a:f4:${hex}:00`;
    const gateway = ipv4(`${range}.0`);
    node.setNeighbour('flannel.1', gateway, mac);
    node.addRoute({ destination: cidr(`${range}.0/24`), via: gateway, dev: 'flannel.1', onlink: true });
    node.appendVtep('flannel.1', mac, ipv4(remote));
  }

  #pod(
    node: NetworkNamespace,
    name: string,
    range: string,
    hex: string,
    last: number,
    mtu: number,
  ): NetworkNamespace {
    const pod = new NetworkNamespace(node.machine, name);
    pod.setUp('lo', true);
    makeVethPair(
      { namespace: node, name: `veth${name}`, mac: `02:00:0a:f4:${hex}:f${last}`, mtu },
      { namespace: pod, name: 'eth0', mac: `02:00:0a:f4:${hex}:0${last}`, mtu },
    );
    node.setMaster(`veth${name}`, 'cni0');
    node.setUp(`veth${name}`, true);
    node.setHairpin(`veth${name}`, true);
    const address = parsePrefix(`${range}.${last}/24`);
    if (address === undefined) throw new Error('no address');
    pod.addAddress('eth0', { ...address, broadcast: ipv4(`${range}.255`) });
    pod.setUp('eth0', true);
    pod.addRoute({ destination: cidr('0.0.0.0/0'), via: ipv4(`${range}.1`) });
    pod.addRoute({ destination: cidr('10.244.0.0/16'), via: ipv4(`${range}.1`) });
    return pod;
  }
}
