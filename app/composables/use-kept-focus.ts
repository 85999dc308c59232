import { onBeforeUnmount, onMounted } from 'vue';

const FOCUSABLE =
  'button:enabled, a[href], input:enabled, select:enabled, textarea:enabled, [tabindex]:not([tabindex^="-"]), [data-focus-after]';

/** Where the focus lands inside what is still there, going outwards from what has gone; nowhere beyond the pane. */
function landing(path: readonly Element[]): HTMLElement | null {
  for (const element of path) {
    if (!element.isConnected) continue;
    const own = element.matches('[tabindex]') ? (element as HTMLElement) : null;
    const inside =
      element.querySelector<HTMLElement>('[data-pane-focus]') ??
      own ??
      element.querySelector<HTMLElement>(FOCUSABLE);
    if (inside !== null) return inside;
  }
  return null;
}

/** What had the focus, and what it lay in up to its pane. */
function pathOf(element: Element): Element[] {
  const pane = element.closest('[data-pane]');
  const path: Element[] = [];
  for (let at: Element | null = pane === null ? null : element; at !== null; at = at.parentElement) {
    path.push(at);
    if (at === pane) break;
  }
  return path;
}

/**
 * Keeps the keyboard where it was when what had the focus goes away (an answered question, a step that gives way to the
 * next): the focus lands on what took its place. `data-focus-after` marks a text that is worth landing on. A click that
 * takes the focus away is left alone.
 */
export function useKeptFocus(): void {
  let path: readonly Element[] = [];

  function onFocus(event: FocusEvent): void {
    path = event.target instanceof Element ? pathOf(event.target) : [];
  }
  function onPointer(): void {
    path = [];
  }
  const observer = new MutationObserver(() => {
    const [last] = path;
    if (last === undefined || last.isConnected || document.activeElement !== document.body) return;
    landing(path)?.focus();
  });

  onMounted(() => {
    document.addEventListener('pointerdown', onPointer, { capture: true });
    document.addEventListener('focusin', onFocus);
    observer.observe(document.body, { childList: true, subtree: true });
  });
  onBeforeUnmount(() => {
    document.removeEventListener('pointerdown', onPointer, { capture: true });
    document.removeEventListener('focusin', onFocus);
    observer.disconnect();
  });
}
