// @vitest-environment happy-dom
import { createApp, defineComponent, h, nextTick } from 'vue';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { useRowWindow } from './use-row-window.ts';

const ROW = 20;
const HEIGHT = 100;
const HEAD = 20;
let handled: boolean[] = [];

const Table = defineComponent(() => {
  const { first, end, active, onScroll, onKey } = useRowWindow({
    row: ROW,
    spare: 2,
    count: () => 100,
    head: () => HEAD,
  });
  return () =>
    h(
      'div',
      {
        id: 'scroller',
        ref: 'scroller',
        onScroll,
        onKeydown: (event: KeyboardEvent) => handled.push(onKey(event)),
      },
      Array.from({ length: end.value - first.value }, (_, index) => {
        const at = first.value + index;
        return h('button', { 'data-at': at, tabindex: at === active.value ? 0 : -1 }, String(at));
      }),
    );
});

describe('useRowWindow', () => {
  let app: ReturnType<typeof createApp>;
  const scroller = (): HTMLElement => document.getElementById('scroller') as HTMLElement;
  const rows = (): string[] => [...scroller().children].map(({ textContent }) => textContent ?? '');
  async function press(key: string): Promise<string> {
    const row = scroller().querySelector('[tabindex="0"]') ?? scroller();
    row.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    await nextTick();
    await nextTick();
    return document.activeElement?.textContent ?? '';
  }

  beforeEach(async () => {
    handled = [];
    document.body.innerHTML = '<div id="root"></div>';
    app = createApp(Table);
    app.mount('#root');
    Object.defineProperty(scroller(), 'clientHeight', { value: HEIGHT });
    await nextTick();
  });
  afterEach(() => app.unmount());

  it('goes from row to row, and scrolls so far that the row is in sight', async () => {
    expect(await press('ArrowDown')).toBe('1');
    expect(scroller().scrollTop).toBe(0);
    expect(await press('End')).toBe('99');
    // The last row ends where the view ends, below the line of names.
    expect(scroller().scrollTop).toBe(100 * ROW + HEAD - HEIGHT);
    expect(await press('ArrowDown')).toBe('99');
    expect(await press('ArrowUp')).toBe('98');
    expect(await press('Home')).toBe('0');
    expect(scroller().scrollTop).toBe(0);
    expect(await press('ArrowUp')).toBe('0');
    expect(handled).not.toContain(false);
  });

  it('builds what is in sight and a few more', async () => {
    expect(rows()[0]).toBe('0');
    await press('End');
    expect([rows()[0], rows().at(-1)]).toEqual(['94', '99']);
    expect(scroller().querySelectorAll('[tabindex="0"]')).toHaveLength(1);
  });

  it('leaves other keys alone, and those that are not for a row', async () => {
    await press('Enter');
    await press('a');
    scroller().dispatchEvent(new KeyboardEvent('keydown', { key: 'End', bubbles: true }));
    await nextTick();
    expect(handled).toEqual([false, false, false]);
    expect(rows()[0]).toBe('0');
  });
});
