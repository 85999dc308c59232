import type { ComponentView, MachineView } from '../../../../electron/shared/contract/diagram.ts';
import { bounds } from './geometry.ts';
import type { Rect } from './geometry.ts';
import { isLoadBalancer, placeComponents } from './place-components.ts';

export interface ZoneBand {
  readonly zone: string;
  readonly rect: Rect;
}

/** Where everything but the Pods is, in world units. */
export interface ClusterLayout {
  readonly machines: ReadonlyMap<string, Rect>;
  readonly components: ReadonlyMap<string, Rect>;
  /** Areas for Pods, by machine. */
  readonly pods: ReadonlyMap<string, Rect>;
  /** For Pods that have no node yet. */
  readonly unbound: Rect;
  readonly zones: readonly ZoneBand[];
  readonly bounds: Rect;
  /** Upper edge of the machines: arcs between members of etcd pass above it. */
  readonly top: number;
}

const GAP = 28;
const ROW_GAP = 48;
const ZONE_HEAD = 18;
const UNBOUND = { w: 128, h: 110 };

/**
 * Lays machines out: those outside, the load balancer and the control plane in a row, workers below, side by side by zone.
 * Pods without a node are at the right, beside one control plane or, where several need the width, beside the workers.
 * A machine keeps its slot for as long as the memory lives, also while it is gone and when others come.
 */
export class LayoutMemory {
  readonly #slots = new Map<string, number>();
  readonly #zones: string[] = [];

  arrange(machines: readonly MachineView[], components: readonly ComponentView[]): ClusterLayout {
    const rects = new Map<string, Rect>();
    const blocks = new Map<string, Rect>();
    const pods = new Map<string, Rect>();
    const byMachine = Map.groupBy(components, (one) => one.machine);
    const balances = (one: MachineView): boolean => isLoadBalancer(byMachine.get(one.name) ?? []);
    const crowded = machines.filter((one) => one.role === 'control-plane' && !balances(one)).length > 1;
    const frames = new Map(
      machines.map((machine) => [
        machine.name,
        placeComponents(machine, byMachine.get(machine.name) ?? [], crowded),
      ]),
    );
    const put = (name: string, x: number, y: number): Rect => {
      const frame = frames.get(name);
      if (frame === undefined) return { x, y, w: 0, h: 0 };
      const rect = { x, y, w: frame.w, h: frame.h };
      rects.set(name, rect);
      for (const [id, block] of frame.components)
        blocks.set(id, { ...block, x: x + block.x, y: y + block.y });
      if (frame.pods !== null) pods.set(name, { ...frame.pods, x: x + frame.pods.x, y: y + frame.pods.y });
      return rect;
    };

    const inRole = (role: MachineView['role']): MachineView[] =>
      this.#inOrder(
        machines.filter((one) => one.role === role),
        role,
      );
    const control = inRole('control-plane');
    const height = Math.max(0, ...control.map((one) => frames.get(one.name)?.h ?? 0));
    // Beside the API server, which is at the bottom of its frame; one above the other, for width is scarce.
    const left = [...control.filter(balances), ...inRole('outside')];
    let x = 0;
    let below = Math.max(
      height,
      left.reduce((sum, one) => sum + (frames.get(one.name)?.h ?? 0) + GAP, -GAP),
    );
    for (const machine of left) {
      below -= frames.get(machine.name)?.h ?? 0;
      const { w } = put(machine.name, 0, below);
      x = Math.max(x, w + 44);
      below -= GAP;
    }
    for (const machine of control.filter((one) => !balances(one))) x += put(machine.name, x, 0).w + GAP;
    const above: Rect = { x, y: Math.max(0, height - UNBOUND.h), ...UNBOUND };
    const top = bounds(crowded ? [...rects.values()] : [...rects.values(), above]);
    const row = this.#workers(inRole('worker'), frames, top, crowded ? GAP + UNBOUND.w : 0, put);
    const unbound: Rect = crowded ? { x: row.right, y: row.y, ...UNBOUND } : above;
    return {
      machines: rects,
      components: blocks,
      pods,
      unbound,
      zones: row.bands,
      bounds: bounds([
        ...rects.values(),
        unbound,
        ...row.bands.map((zone) => zone.rect),
        ...arcs(rects, crowded),
      ]),
      top: 0,
    };
  }

  #workers(
    workers: readonly MachineView[],
    frames: ReadonlyMap<string, { readonly w: number; readonly h: number }>,
    top: Rect,
    beside: number,
    put: (name: string, x: number, y: number) => Rect,
  ): { readonly bands: readonly ZoneBand[]; readonly right: number; readonly y: number } {
    const groups = this.#inZones(workers);
    const w = Math.max(224, ...workers.map((one) => frames.get(one.name)?.w ?? 0));
    const h = Math.max(0, ...workers.map((one) => frames.get(one.name)?.h ?? 0));
    const zoned = groups.some((group) => group.zone !== '');
    const plans = groups.map((group) => {
      const highest = Math.max(...group.machines.map((one) => one.slot)) + 1;
      const columns = columnsFor(highest, groups.length);
      return { ...group, columns, width: Math.min(columns, highest) * (w + GAP) - GAP };
    });
    const total = plans.reduce((sum, plan) => sum + plan.width + GAP, -GAP) + beside;
    let x = top.x + (top.w - total) / 2;
    const y = top.y + top.h + ROW_GAP + (zoned ? ZONE_HEAD : 0);
    const bands: ZoneBand[] = [];
    for (const plan of plans) {
      const placed = plan.machines.map(({ machine, slot }) =>
        put(
          machine.name,
          x + (slot % plan.columns) * (w + GAP),
          y + Math.floor(slot / plan.columns) * (h + GAP),
        ),
      );
      if (plan.zone !== '') {
        const around = bounds(placed);
        bands.push({
          zone: plan.zone,
          rect: {
            x: around.x - 8,
            y: around.y - 8 - ZONE_HEAD,
            w: around.w + 16,
            h: around.h + 16 + ZONE_HEAD,
          },
        });
      }
      x += plan.width + GAP;
    }
    return { bands, right: x, y };
  }

  #inZones(
    workers: readonly MachineView[],
  ): { zone: string; machines: { machine: MachineView; slot: number }[] }[] {
    for (const worker of workers) {
      const zone = worker.zone ?? '';
      if (!this.#zones.includes(zone)) this.#zones.push(zone);
    }
    return this.#zones.flatMap((zone) => {
      const members = workers.filter((worker) => (worker.zone ?? '') === zone);
      if (members.length === 0) return [];
      return [
        {
          zone,
          machines: members.map((machine) => ({ machine, slot: this.#slot(`zone ${zone}`, machine.name) })),
        },
      ];
    });
  }

  #inOrder(machines: readonly MachineView[], group: string): MachineView[] {
    // Newcomers get their slots in the order they came, not in the order a sort happens to look at them.
    for (const machine of machines) this.#slot(group, machine.name);
    return [...machines].sort((a, b) => this.#slot(group, a.name) - this.#slot(group, b.name));
  }

  #slot(group: string, name: string): number {
    const key = `${group}/${name}`;
    const known = this.#slots.get(key);
    if (known !== undefined) return known;
    const taken = [...this.#slots.keys()].filter((one) => one.startsWith(`${group}/`)).length;
    this.#slots.set(key, taken);
    return taken;
  }
}

function columnsFor(count: number, groups: number): number {
  if (count * groups <= 4) return count;
  return Math.max(1, Math.ceil(Math.sqrt((count * 1.3) / groups)));
}

/** Room above the machines for the arcs between members of etcd. */
function arcs(rects: ReadonlyMap<string, Rect>, crowded: boolean): Rect[] {
  const row = [...rects.values()].filter((rect) => rect.y === 0);
  if (!crowded || row.length === 0) return [];
  return [{ ...bounds(row), y: -44, h: 44 }];
}
