import type { Member } from '../../../cluster/etcd/client/cluster.ts';

/** Where a member is reached inside the simulation, and from outside. */
export interface MemberAddress {
  readonly machine: string;
  readonly ip: string;
  /** `https://127.0.0.1:2379` */
  readonly url: string;
}

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '::1']);

/** `host:port`, with or without a scheme, to its host in lower case; undefined when it is none. */
function hostOf(authority: string): string | undefined {
  const match = /^(?:https?:\/\/|unix:\/\/)?(\[[0-9a-f:]+\]|[^:/[\]]+)(?::\d+)?\/?$/i.exec(authority);
  return match?.[1]?.replace(/^\[|\]$/g, '').toLowerCase();
}

/**
 * Names that a client may use for the members, and what member addresses it is told. Some Go clients send a URL in
 * place of `host:port`, and those of etcd 3.5.0 a list: `#initially=[127.0.0.1:2379;…]`.
 */
export class AddressTranslation {
  readonly #members: () => readonly MemberAddress[];

  constructor(members: () => readonly MemberAddress[]) {
    this.#members = members;
  }

  /** `loopback`: a client outside. `inside`: one that knows the simulated addresses. `foreign`: to be refused. */
  kindOf(authority: string | undefined): 'loopback' | 'inside' | 'foreign' {
    if (authority === undefined) return 'foreign';
    const list = /^#initially=\[(.*)\]$/.exec(authority)?.[1] ?? authority;
    const hosts = list.split(/[;,]/).map(hostOf);
    if (hosts.every((host) => host !== undefined && LOOPBACK.has(host))) return 'loopback';
    const isMember = (host: string | undefined): boolean =>
      host !== undefined && this.#members().some(({ ip, machine }) => host === ip || host === machine);
    return hosts.every((host) => isMember(host) || (host !== undefined && LOOPBACK.has(host)))
      ? 'inside'
      : 'foreign';
  }

  /** A response with members in it, as a client outside can use their client URLs; others unchanged. */
  outward<T extends object>(response: T): T {
    const { members, member } = response as { members?: readonly Member[]; member?: Member };
    if (members === undefined) return response;
    return {
      ...response,
      ...(member === undefined ? {} : { member: this.#translate(member) }),
      members: members.map((each) => this.#translate(each)),
    };
  }

  #translate(member: Member): Member {
    return { ...member, clientUrls: member.clientUrls.map((url) => this.#outside(url)) };
  }

  #outside(url: string): string {
    const host = hostOf(url);
    return this.#members().find(({ ip, machine }) => host === ip || host === machine)?.url ?? url;
  }
}
