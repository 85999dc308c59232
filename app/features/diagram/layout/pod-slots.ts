import type { PodView } from '../../../../electron/shared/contract/diagram.ts';
import type { Rect } from './geometry.ts';

export interface PodCell {
  readonly pod: PodView;
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

export interface PodLabel {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly w: number;
}

export interface PodArrangement {
  readonly cells: readonly PodCell[];
  readonly labels: readonly PodLabel[];
}

/** Side of a cell and the gap after it, largest first. */
const SIZES: readonly (readonly [number, number])[] = [
  [16, 4],
  [12, 3],
  [9, 2],
  [6, 2],
  [4, 1],
  [2, 1],
];
const LABEL = 74;
const ROW = 21;

/** Pods of one owner stand together; everything in kube-system is one group. */
export function groupOf(pod: PodView): string {
  if (pod.namespace === 'kube-system') return 'kube-system';
  const owner = pod.owner?.split('/').at(-1);
  return owner === undefined ? pod.namespace : `${pod.namespace}/${owner}`;
}

/** Places of Pods inside one machine's area. A Pod keeps its place until it is gone; a newcomer takes the first free one. */
export class PodSlots {
  readonly #rows: (string | undefined)[] = [];
  readonly #inGroup = new Map<string, (string | undefined)[]>();
  readonly #all: (string | undefined)[] = [];

  arrange(pods: readonly PodView[], area: Rect): PodArrangement {
    settle(
      this.#all,
      pods.map((pod) => pod.uid),
    );
    const groups = Map.groupBy(pods, groupOf);
    settle(this.#rows, [...groups.keys()]);
    for (const key of [...this.#inGroup.keys()]) if (!groups.has(key)) this.#inGroup.delete(key);
    for (const [key, members] of groups) {
      const slots = this.#inGroup.get(key) ?? [];
      this.#inGroup.set(key, slots);
      settle(
        slots,
        members.map((pod) => pod.uid),
      );
    }
    return this.#labelled(pods, groups, area) ?? this.#grid(pods, area);
  }

  /** One row per group with its name before it; undefined when they do not fit. */
  #labelled(
    pods: readonly PodView[],
    groups: ReadonlyMap<string, readonly PodView[]>,
    area: Rect,
  ): PodArrangement | undefined {
    const rows = Math.floor((area.h + 2) / ROW);
    if (area.w < LABEL * 2 || this.#rows.length > rows) return undefined;
    const longest = Math.max(0, ...[...this.#inGroup.values()].map((slots) => slots.length));
    const size = SIZES.find(([side, gap]) => side >= 9 && longest * (side + gap) <= area.w - LABEL + gap);
    if (size === undefined) return undefined;
    const [side, gap] = size;
    const byUid = new Map(pods.map((pod) => [pod.uid, pod]));
    const cells: PodCell[] = [];
    const labels: PodLabel[] = [];
    for (const [row, key] of this.#rows.entries()) {
      if (key === undefined) continue;
      const y = area.y + row * ROW;
      labels.push({ text: key.split('/').at(-1) ?? key, x: area.x, y, w: LABEL - 6 });
      for (const [index, uid] of (this.#inGroup.get(key) ?? []).entries()) {
        const pod = uid === undefined ? undefined : byUid.get(uid);
        if (pod !== undefined)
          cells.push({ pod, x: area.x + LABEL + index * (side + gap), y: y + (16 - side) / 2, size: side });
      }
      if (groups.size === 0) break;
    }
    return { cells, labels };
  }

  #grid(pods: readonly PodView[], area: Rect): PodArrangement {
    const count = this.#all.length;
    const fits = ([side, gap]: readonly [number, number]): boolean =>
      Math.floor((area.w + gap) / (side + gap)) * Math.floor((area.h + gap) / (side + gap)) >= count;
    const [side, gap] = SIZES.find(fits) ?? [2, 1];
    const columns = Math.max(1, Math.floor((area.w + gap) / (side + gap)));
    const byUid = new Map(pods.map((pod) => [pod.uid, pod]));
    const cells = this.#all.flatMap((uid, index) => {
      const pod = uid === undefined ? undefined : byUid.get(uid);
      if (pod === undefined) return [];
      return [
        {
          pod,
          x: area.x + (index % columns) * (side + gap),
          y: area.y + Math.floor(index / columns) * (side + gap),
          size: side,
        },
      ];
    });
    return { cells, labels: [] };
  }
}

/** Frees the slots of those that are gone, then gives each newcomer the first free slot. */
function settle(slots: (string | undefined)[], present: readonly string[]): void {
  const wanted = new Set(present);
  for (const [index, key] of slots.entries()) {
    if (key === undefined) continue;
    if (wanted.has(key)) wanted.delete(key);
    else slots[index] = undefined;
  }
  let free = 0;
  for (const key of wanted) {
    while (free < slots.length && slots[free] !== undefined) free += 1;
    slots[free] = key;
  }
  while (slots.length > 0 && slots.at(-1) === undefined) slots.pop();
}
