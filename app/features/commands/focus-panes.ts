import type { PaneName } from '../../stores/ui.ts';

const ORDER: readonly PaneName[] = ['lab', 'diagram', 'console', 'side'];

function paneElement(name: PaneName): HTMLElement | null {
  return document.querySelector<HTMLElement>(`[data-pane="${name}"]`);
}

/** Moves the focus into a pane: to what it marks with `data-pane-focus`, or to the pane itself. */
export function focusPane(name: PaneName): boolean {
  const pane = paneElement(name);
  if (pane === null || pane.offsetParent === null) return false;
  const target = pane.querySelector<HTMLElement>('[data-pane-focus]') ?? pane;
  target.focus();
  return true;
}

/** F6 and Shift+F6: the next pane that is on the screen. */
export function cyclePanes(by: 1 | -1): void {
  const at = ORDER.findIndex((name) => paneElement(name)?.contains(document.activeElement) === true);
  for (let step = 1; step <= ORDER.length; step += 1) {
    const index = (at + by * step + ORDER.length * 2 + (at < 0 && by < 0 ? 1 : 0)) % ORDER.length;
    const name = ORDER[index];
    if (name !== undefined && focusPane(name)) return;
  }
}
