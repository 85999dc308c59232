import { contains, maskOf } from '../ip/cidr.ts';
import type { PolicyRule, Route } from './interface.ts';
import { DEFAULT_TABLE, LOCAL_TABLE, MAIN_TABLE, NetlinkError } from './interface.ts';
import type { Link } from './link.ts';

/** What decides about a route beside the destination. */
export interface RouteQuestion {
  readonly destination: number;
  /** 0 for a packet whose source is not chosen yet. */
  readonly source: number;
  readonly mark: number;
  /** Where it came in; undefined for one that begins here. */
  readonly iif: Link | undefined;
}

export interface RouteAnswer {
  readonly route: Route;
  readonly rule: PolicyRule;
}

/** Routes of one table by prefix length: a lookup costs one step per length in use. */
class Table {
  readonly #byLength = new Map<number, Map<number, Route[]>>();
  #lengths: readonly number[] = [];

  get size(): number {
    let size = 0;
    for (const routes of this.#byLength.values()) for (const list of routes.values()) size += list.length;
    return size;
  }

  *[Symbol.iterator](): Iterator<Route> {
    for (const routes of this.#byLength.values()) for (const list of routes.values()) yield* list;
  }

  at(route: Route): readonly Route[] {
    return this.#byLength.get(route.destination.bits)?.get(route.destination.base) ?? [];
  }

  add(route: Route): void {
    const { base, bits } = route.destination;
    let routes = this.#byLength.get(bits);
    if (routes === undefined) {
      routes = new Map();
      this.#byLength.set(bits, routes);
      this.#lengths = [...this.#byLength.keys()].sort((a, b) => b - a);
    }
    const list = routes.get(base) ?? [];
    // Of equal prefixes the one with the lowest metric counts, then the older one.
    const at = list.findIndex((other) => (other.metric ?? 0) > (route.metric ?? 0));
    routes.set(base, at < 0 ? [...list, route] : [...list.slice(0, at), route, ...list.slice(at)]);
  }

  delete(route: Route): void {
    const { base, bits } = route.destination;
    const routes = this.#byLength.get(bits);
    const left = (routes?.get(base) ?? []).filter((other) => other !== route);
    if (left.length > 0) routes?.set(base, left);
    else routes?.delete(base);
    if (routes?.size === 0) {
      this.#byLength.delete(bits);
      this.#lengths = [...this.#byLength.keys()].sort((a, b) => b - a);
    }
  }

  lookup(ip: number): Route | undefined {
    for (const bits of this.#lengths) {
      const list = this.#byLength.get(bits)?.get((ip & maskOf(bits)) >>> 0);
      const found = list?.find(({ link }) => link === undefined || link.up);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

/** Routing tables and policy rules of a namespace. Models net/ipv4/fib_frontend.c and fib_rules.c. */
export class RoutingTables {
  readonly #tables = new Map<number, Table>();
  #rules: readonly PolicyRule[] = [
    { priority: 0, table: LOCAL_TABLE },
    { priority: 32766, table: MAIN_TABLE },
    { priority: 32767, table: DEFAULT_TABLE },
  ];

  get rules(): readonly PolicyRule[] {
    return this.#rules;
  }

  /** In the order of `ip route show`: by destination, the default first. */
  list(table: number): readonly Route[] {
    return [...(this.#tables.get(table) ?? [])].sort(
      (a, b) => a.destination.base - b.destination.base || b.destination.bits - a.destination.bits,
    );
  }

  get tables(): readonly number[] {
    return [...this.#tables.keys()].sort((a, b) => a - b);
  }

  /** @throws NetlinkError `RTNETLINK answers: File exists` */
  add(route: Route): void {
    const table = this.#tables.get(route.table) ?? new Table();
    if (table.at(route).some((other) => (other.metric ?? 0) === (route.metric ?? 0)))
      throw new NetlinkError('RTNETLINK answers: File exists');
    table.add(route);
    this.#tables.set(route.table, table);
  }

  /** Puts a route in the place of the one with its destination and metric, if there is one. */
  replace(route: Route): void {
    const table = this.#tables.get(route.table);
    for (const other of table?.at(route) ?? [])
      if ((other.metric ?? 0) === (route.metric ?? 0)) table?.delete(other);
    this.add(route);
  }

  /** Takes the first that fits away. @throws NetlinkError `RTNETLINK answers: No such process` */
  delete(table: number, fits: (route: Route) => boolean): void {
    for (const route of this.#tables.get(table) ?? [])
      if (fits(route)) {
        this.#tables.get(table)?.delete(route);
        return;
      }
    throw new NetlinkError('RTNETLINK answers: No such process');
  }

  /** Takes all away that fit, e.g. those of a link that went down. */
  flush(fits: (route: Route) => boolean): void {
    for (const table of this.#tables.values())
      for (const route of [...table]) if (fits(route)) table.delete(route);
  }

  addRule(rule: PolicyRule): void {
    const at = this.#rules.findIndex((other) => other.priority > rule.priority);
    this.#rules =
      at < 0 ? [...this.#rules, rule] : [...this.#rules.slice(0, at), rule, ...this.#rules.slice(at)];
  }

  /** @throws NetlinkError `RTNETLINK answers: No such file or directory` */
  deleteRule(fits: (rule: PolicyRule) => boolean): void {
    const at = this.#rules.findIndex(fits);
    if (at < 0) throw new NetlinkError('RTNETLINK answers: No such file or directory');
    this.#rules = this.#rules.filter((_, index) => index !== at);
  }

  /** The route of one table; undefined without one. */
  lookup(table: number, ip: number): Route | undefined {
    return this.#tables.get(table)?.lookup(ip);
  }

  /** The first rule whose table has a route decides; undefined: `Network is unreachable`. */
  choose(question: RouteQuestion): RouteAnswer | undefined {
    for (const rule of this.#rules) {
      if (!RoutingTables.#applies(rule, question)) continue;
      const route = this.#tables.get(rule.table)?.lookup(question.destination);
      if (route !== undefined) return { route, rule };
    }
    return undefined;
  }

  static #applies(rule: PolicyRule, { destination, source, mark, iif }: RouteQuestion): boolean {
    if (rule.from !== undefined && !contains(rule.from, source)) return false;
    if (rule.to !== undefined && !contains(rule.to, destination)) return false;
    if (rule.fwmark !== undefined && (mark & rule.fwmark.mask) >>> 0 !== rule.fwmark.value) return false;
    if (rule.iif !== undefined && rule.iif !== (iif === undefined ? 'lo' : iif.name)) return false;
    // Sockets bound to a device are not modelled: a rule for one never fits.
    return rule.oif === undefined;
  }
}
