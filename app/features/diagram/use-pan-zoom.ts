import { computed, onBeforeUnmount, onMounted, ref, watch } from 'vue';
import type { Ref } from 'vue';
import type { Rect } from './layout/geometry.ts';

const MIN = 0.12;
const MAX = 3;
/** A small cluster is not blown up beyond this, a large one not shrunk at once below the second. */
const FIT_MAX = 1.35;
const MARGIN = 14;

/** Pan and zoom of the world: wheel pans, Ctrl+wheel (or pinch) zooms at the pointer, dragging the ground pans. */
export function usePanZoom(viewport: Ref<HTMLElement | undefined>, world: () => Rect) {
  const scale = ref(1);
  const x = ref(0);
  const y = ref(0);
  /** Until the person moves the picture it is fitted whenever the pane or the cluster changes size. */
  const touched = ref(false);
  let observer: ResizeObserver | undefined;

  const transform = computed(() => `translate(${x.value}px, ${y.value}px) scale(${scale.value})`);

  function fit(): void {
    const element = viewport.value;
    if (element === undefined || element.clientWidth === 0) return;
    const area = world();
    const w = element.clientWidth - MARGIN * 2;
    const h = element.clientHeight - MARGIN * 2;
    scale.value = Math.min(
      FIT_MAX,
      Math.max(MIN, Math.min(w / Math.max(area.w, 1), h / Math.max(area.h, 1))),
    );
    x.value = MARGIN + (w - area.w * scale.value) / 2 - area.x * scale.value;
    y.value = MARGIN + (h - area.h * scale.value) / 2 - area.y * scale.value;
  }

  function refit(): void {
    touched.value = false;
    fit();
  }

  function zoomAt(factor: number, px: number, py: number): void {
    touched.value = true;
    const next = Math.min(MAX, Math.max(MIN, scale.value * factor));
    const ratio = next / scale.value;
    x.value = px - (px - x.value) * ratio;
    y.value = py - (py - y.value) * ratio;
    scale.value = next;
  }

  function zoom(factor: number): void {
    const element = viewport.value;
    if (element !== undefined) zoomAt(factor, element.clientWidth / 2, element.clientHeight / 2);
  }

  function onWheel(event: WheelEvent): void {
    event.preventDefault();
    const box = viewport.value?.getBoundingClientRect();
    if (box === undefined) return;
    if (event.ctrlKey || event.metaKey)
      zoomAt(Math.exp(-event.deltaY * 0.006), event.clientX - box.left, event.clientY - box.top);
    else {
      touched.value = true;
      x.value -= event.shiftKey ? event.deltaY : event.deltaX;
      y.value -= event.shiftKey ? 0 : event.deltaY;
    }
  }

  function onPointerDown(event: PointerEvent): void {
    const target = event.target as Element;
    if (event.button !== 0 || target.closest('button, a') !== null) return;
    const element = viewport.value;
    if (element === undefined) return;
    const start = { x: event.clientX - x.value, y: event.clientY - y.value };
    const move = (next: PointerEvent): void => {
      touched.value = true;
      x.value = next.clientX - start.x;
      y.value = next.clientY - start.y;
    };
    const up = (): void => {
      element.removeEventListener('pointermove', move);
      element.removeEventListener('pointerup', up);
      element.removeEventListener('pointercancel', up);
    };
    element.setPointerCapture(event.pointerId);
    element.addEventListener('pointermove', move);
    element.addEventListener('pointerup', up);
    element.addEventListener('pointercancel', up);
  }

  /** Brings an element that has the focus into the picture. */
  function reveal(element: Element): void {
    const view = viewport.value?.getBoundingClientRect();
    if (view === undefined) return;
    const box = element.getBoundingClientRect();
    const dx = Math.max(0, view.left + MARGIN - box.left) - Math.max(0, box.right + MARGIN - view.right);
    const dy = Math.max(0, view.top + MARGIN - box.top) - Math.max(0, box.bottom + MARGIN - view.bottom);
    if (dx === 0 && dy === 0) return;
    touched.value = true;
    x.value += dx;
    y.value += dy;
  }

  onMounted(() => {
    const element = viewport.value;
    if (element === undefined) return;
    element.addEventListener('wheel', onWheel, { passive: false });
    observer = new ResizeObserver(() => {
      if (!touched.value) fit();
    });
    observer.observe(element);
    fit();
  });
  onBeforeUnmount(() => {
    viewport.value?.removeEventListener('wheel', onWheel);
    observer?.disconnect();
  });
  watch(
    () => {
      const area = world();
      return `${area.x} ${area.y} ${area.w} ${area.h}`;
    },
    () => {
      if (!touched.value) fit();
    },
  );

  return { transform, scale, fit: refit, zoom, onPointerDown, reveal };
}
