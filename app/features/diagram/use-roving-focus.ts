import { ref } from 'vue';
import type { Ref } from 'vue';

const DIRECTIONS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** One stop for Tab; arrow keys go to the nearest thing in that direction. Things carry `data-thing` with their key. */
export function useRovingFocus(root: Ref<HTMLElement | undefined>, reveal: (element: Element) => void) {
  const current = ref<string>();

  function things(): HTMLElement[] {
    return [...(root.value?.querySelectorAll<HTMLElement>('[data-thing]') ?? [])];
  }

  function nearest(from: HTMLElement, [dx, dy]: readonly [number, number]): HTMLElement | undefined {
    const a = from.getBoundingClientRect();
    const ax = a.left + a.width / 2;
    const ay = a.top + a.height / 2;
    let best: HTMLElement | undefined;
    let bestCost = Infinity;
    for (const one of things()) {
      if (one === from) continue;
      const b = one.getBoundingClientRect();
      const x = b.left + b.width / 2 - ax;
      const y = b.top + b.height / 2 - ay;
      const along = x * dx + y * dy;
      if (along < 2) continue;
      // What lies in the same row (or column) comes first; what lies beside it must be much nearer.
      const level = dx === 0 ? b.left < a.right && a.left < b.right : b.top < a.bottom && a.top < b.bottom;
      const cost = level ? along : along + 3 * Math.abs(dx === 0 ? x : y) + 60;
      if (cost < bestCost) {
        best = one;
        bestCost = cost;
      }
    }
    return best;
  }

  function onKey(event: KeyboardEvent): void {
    const direction = DIRECTIONS[event.key];
    const from = (event.target as Element).closest<HTMLElement>('[data-thing]');
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const all = event.key === 'Home' || event.key === 'End' ? things() : [];
    const next =
      direction !== undefined && from !== null
        ? nearest(from, direction)
        : event.key === 'Home'
          ? all[0]
          : all.at(-1);
    if (next === undefined) return;
    event.preventDefault();
    next.focus();
  }

  function onFocus(event: FocusEvent): void {
    const thing = (event.target as Element).closest<HTMLElement>('[data-thing]');
    if (thing === null) return;
    current.value = thing.dataset['thing'];
    if (thing.matches(':focus-visible')) reveal(thing);
  }

  return { current, onKey, onFocus };
}
