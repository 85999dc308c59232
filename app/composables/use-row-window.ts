import type { ComputedRef, Ref } from 'vue';
import { computed, nextTick, onBeforeUnmount, onMounted, ref, useTemplateRef, watch } from 'vue';

export interface RowWindowOptions {
  /** Height of every row in pixels. */
  readonly row: number;
  /** Rows that are built above and below those in sight. */
  readonly spare: number;
  /** How many rows there are. */
  readonly count: () => number;
  /** Pixels that the line of names takes at the top. */
  readonly head: (scroller: HTMLElement) => number;
}

export interface RowWindow {
  /** Rows to be built: from `first` on, to before `end`. */
  readonly first: ComputedRef<number>;
  readonly end: ComputedRef<number>;
  /** The row that has, or would get, the keyboard. */
  readonly active: Ref<number>;
  /** True where columns are hidden to the right. */
  readonly more: Ref<boolean>;
  onScroll(): void;
  /** Arrows, Page, Home and End go from row to row. True when the key was one of them. */
  onKey(event: KeyboardEvent): boolean;
}

/**
 * A long table of which only the rows in sight are built, with the keyboard going from row to row. In the template what scrolls
 * has `ref="scroller"`, and what takes the focus in a row has its place as `data-at`.
 */
export function useRowWindow({ row, spare, count, head }: RowWindowOptions): RowWindow {
  const scroller = useTemplateRef<HTMLElement>('scroller');
  const top = ref(0);
  const height = ref(400);
  const active = ref(0);
  const more = ref(false);
  let sizes: ResizeObserver | undefined;

  const first = computed(() => Math.max(0, Math.floor(top.value / row) - spare));
  const end = computed(() => Math.min(count(), first.value + Math.ceil(height.value / row) + spare * 2));

  function onScroll(): void {
    const element = scroller.value;
    top.value = element?.scrollTop ?? 0;
    more.value = element !== null && element.scrollLeft + element.clientWidth < element.scrollWidth - 1;
  }

  onMounted(() => {
    sizes = new ResizeObserver(() => {
      height.value = scroller.value?.clientHeight ?? 400;
      onScroll();
    });
  });
  watch(scroller, (element, before) => {
    if (before) sizes?.unobserve(before);
    if (element) sizes?.observe(element);
  });
  onBeforeUnmount(() => sizes?.disconnect());

  function move(to: number, element: HTMLElement): void {
    active.value = Math.min(Math.max(to, 0), Math.max(0, count() - 1));
    const y = active.value * row;
    const bottom = y + row + head(element);
    if (y < element.scrollTop) element.scrollTop = y;
    else if (bottom > element.scrollTop + element.clientHeight)
      element.scrollTop = bottom - element.clientHeight;
    onScroll();
    void nextTick(() => element.querySelector<HTMLElement>(`[data-at="${active.value}"]`)?.focus());
  }

  function onKey(event: KeyboardEvent): boolean {
    const element = scroller.value;
    const onRow = (event.target as HTMLElement).matches('[data-at]');
    if (element === null || !onRow) return false;
    const page = Math.max(1, Math.floor((height.value - head(element)) / row));
    const to: Readonly<Record<string, number>> = {
      ArrowDown: active.value + 1,
      ArrowUp: active.value - 1,
      PageDown: active.value + page,
      PageUp: active.value - page,
      Home: 0,
      End: count() - 1,
    };
    const next = to[event.key];
    if (next === undefined) return false;
    move(next, element);
    event.preventDefault();
    return true;
  }

  return { first, end, active, more, onScroll, onKey };
}
