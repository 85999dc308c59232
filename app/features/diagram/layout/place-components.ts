import type { ComponentView, MachineView } from '../../../../electron/shared/contract/diagram.ts';
import type { Rect } from './geometry.ts';

/** Sizes of one machine's frame, relative to its upper left corner. */
export interface FrameLayout {
  readonly w: number;
  readonly h: number;
  readonly components: ReadonlyMap<string, Rect>;
  /** Null where no Pod can run. */
  readonly pods: Rect | null;
}

const HEAD = 24;
const PAD = 10;
const AGENTS = ['kubelet', 'container-runtime', 'kube-proxy', 'cni'] as const;
const CONTROL = ['etcd', 'kube-scheduler', 'kube-controller-manager', 'kube-apiserver'] as const;

/** Components on their places: a kind always has the same place, whatever else runs. `crowded`: several control planes share the row. */
export function placeComponents(
  machine: MachineView,
  components: readonly ComponentView[],
  crowded: boolean,
): FrameLayout {
  if (machine.role === 'outside' || isLoadBalancer(components)) return small(components);
  if (machine.role === 'worker') return worker(machine, components);
  return crowded ? narrowControlPlane(machine, components) : controlPlane(machine, components);
}

function row(
  kinds: readonly string[],
  components: readonly ComponentView[],
  at: Rect,
  gap: number,
): [string, Rect][] {
  const w = (at.w - gap * (kinds.length - 1)) / kinds.length;
  return kinds.flatMap((kind, index) => {
    const found = components.find((one) => one.kind === kind);
    return found === undefined
      ? []
      : [[found.id, { x: at.x + index * (w + gap), y: at.y, w, h: at.h }] as [string, Rect]];
  });
}

/** What has no place of its own goes into rows below, in the order it came. */
function others(
  components: readonly ComponentView[],
  placed: ReadonlyMap<string, Rect>,
  y: number,
  width: number,
): [string, Rect][] {
  const w = 108;
  const columns = Math.max(1, Math.floor((width - PAD * 2 + 8) / (w + 8)));
  return components
    .filter((one) => !placed.has(one.id))
    .map((one, index) => [
      one.id,
      { x: PAD + (index % columns) * (w + 8), y: y + Math.floor(index / columns) * 30, w, h: 24 },
    ]);
}

function below(rects: readonly [string, Rect][]): number {
  return rects.length === 0 ? 0 : Math.max(...rects.map(([, rect]) => rect.y + rect.h));
}

/** The API server is at the bottom middle: clients come from below and from the left, etcd and the loops sit above it. */
function controlPlane(machine: MachineView, components: readonly ComponentView[]): FrameLayout {
  const w = 444;
  const placed = new Map<string, Rect>();
  const agents = components.some((one) => AGENTS.includes(one.kind as (typeof AGENTS)[number]));
  if (agents)
    for (const [id, rect] of row(AGENTS, components, { x: PAD, y: HEAD + 4, w: w - PAD * 2, h: 24 }, 8))
      placed.set(id, rect);
  const top = agents ? HEAD + 4 + 24 + 14 : HEAD + 6;
  for (const [id, rect] of row(
    CONTROL.slice(0, 3),
    components,
    { x: PAD, y: top, w: w - PAD * 2, h: 36 },
    26,
  ))
    placed.set(id, rect);
  const api = components.find((one) => one.kind === 'kube-apiserver');
  const low = top + 36 + 32;
  if (api !== undefined) placed.set(api.id, { x: 160, y: low, w: 124, h: 44 });
  const rest = others(components, placed, low + 52, w);
  for (const [id, rect] of rest) placed.set(id, rect);
  const pods = machine.isNode ? { x: 310, y: low, w: 124, h: 44 } : null;
  return { w, h: Math.max(low + 44 + PAD, below(rest) + PAD), components: placed, pods };
}

/** Where there are several: narrow, etcd at the top so that the arcs between members begin there, the API server below it. */
function narrowControlPlane(machine: MachineView, components: readonly ComponentView[]): FrameLayout {
  const w = 292;
  const inner = w - PAD * 2;
  const placed = new Map<string, Rect>();
  const put = (rows: readonly [string, Rect][]): void => rows.forEach(([id, rect]) => placed.set(id, rect));
  put(row(['etcd'], components, { x: PAD + 66, y: HEAD + 8, w: inner - 132, h: 36 }, 0));
  let y = HEAD + 8 + 36 + 20;
  // Between the two loops is room for the line from the API server to etcd.
  put(row(CONTROL.slice(1, 2), components, { x: PAD, y, w: 96, h: 34 }, 0));
  put(row(CONTROL.slice(2, 3), components, { x: w - PAD - 126, y, w: 126, h: 34 }, 0));
  y += 34 + 20;
  put(row(['kube-apiserver'], components, { x: PAD + 66, y, w: inner - 132, h: 36 }, 0));
  y += 36 + 16;
  if (components.some((one) => AGENTS.includes(one.kind as (typeof AGENTS)[number]))) {
    put(row(AGENTS.slice(0, 2), components, { x: PAD, y, w: inner, h: 22 }, 8));
    put(row(AGENTS.slice(2), components, { x: PAD, y: y + 28, w: inner, h: 22 }, 8));
    y += 28 + 22 + 8;
  }
  const rest = others(components, placed, y, w);
  put(rest);
  const podsY = Math.max(y, below(rest) + 8);
  const pods = machine.isNode ? { x: PAD, y: podsY, w: inner, h: 44 } : null;
  return { w, h: podsY + (pods === null ? 0 : 44 + PAD), components: placed, pods };
}

function worker(machine: MachineView, components: readonly ComponentView[]): FrameLayout {
  const w = 224;
  const placed = new Map<string, Rect>();
  for (const [id, rect] of row(
    AGENTS.slice(0, 2),
    components,
    { x: PAD, y: HEAD + 4, w: w - PAD * 2, h: 26 },
    14,
  ))
    placed.set(id, rect);
  const second = row(AGENTS.slice(2), components, { x: PAD, y: HEAD + 38, w: w - PAD * 2, h: 24 }, 14);
  for (const [id, rect] of second) placed.set(id, rect);
  const y = second.length > 0 ? HEAD + 38 + 24 + 8 : HEAD + 38;
  const rest = others(components, placed, y, w);
  for (const [id, rect] of rest) placed.set(id, rect);
  const podsY = Math.max(y, below(rest) + 8);
  const pods = machine.isNode ? { x: PAD, y: podsY, w: w - PAD * 2, h: 66 } : null;
  return { w, h: podsY + (pods === null ? 0 : 66) + PAD, components: placed, pods };
}

/** A machine that only spreads connections over the API servers. */
export function isLoadBalancer(components: readonly ComponentView[]): boolean {
  return components.length > 0 && components.every(({ kind }) => kind === 'load-balancer');
}

function small(components: readonly ComponentView[]): FrameLayout {
  const w = 128;
  const placed = new Map<string, Rect>(
    components.map((one, index) => [one.id, { x: PAD, y: HEAD + 6 + index * 34, w: w - PAD * 2, h: 28 }]),
  );
  return { w, h: HEAD + 6 + Math.max(1, components.length) * 34 + 4, components: placed, pods: null };
}
