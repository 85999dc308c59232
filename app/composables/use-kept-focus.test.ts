// @vitest-environment happy-dom
import { createApp, defineComponent, h, nextTick, ref } from 'vue';
import { afterEach, describe, expect, it } from 'vitest';
import { useKeptFocus } from './use-kept-focus.ts';

const stage = ref<'ask' | 'answered' | 'next' | 'empty'>('ask');
const Pane = defineComponent(() => {
  useKeptFocus();
  const content = () =>
    stage.value === 'empty'
      ? h('p', 'nothing')
      : h('article', { key: stage.value === 'next' ? 2 : 1, tabindex: 0, 'data-pane-focus': '' }, [
          h('form', [
            stage.value === 'ask'
              ? h('button', { id: 'send' }, 'send')
              : h('p', { id: 'result', tabindex: -1, 'data-focus-after': '' }, 'right'),
          ]),
          h('button', { id: 'onward' }, 'next step'),
        ]);
  return () =>
    h('div', [h('section', { 'data-pane': 'lab', tabindex: -1 }, [content()]), h('button', { id: 'other' })]);
});

const focus = (id: string): void => document.getElementById(id)?.focus();
const focused = (): string => {
  const element = document.activeElement;
  return element?.id !== undefined && element.id !== '' ? element.id : (element?.tagName ?? '');
};
async function show(next: typeof stage.value): Promise<void> {
  stage.value = next;
  await nextTick();
  await new Promise((resolve) => queueMicrotask(() => resolve(undefined)));
}

describe('useKeptFocus', () => {
  let app: ReturnType<typeof createApp> | undefined;
  function mount(): void {
    stage.value = 'ask';
    document.body.innerHTML = '<div id="root"></div>';
    app = createApp(Pane);
    app.mount('#root');
  }
  afterEach(() => app?.unmount());

  it('lands on the result of what was answered, then on the step that takes the place of another', async () => {
    mount();
    focus('send');
    await show('answered');
    expect(focused()).toBe('result');
    focus('onward');
    await show('next');
    expect(focused()).toBe('ARTICLE');
    await show('empty');
    expect(focused()).toBe('SECTION');
  });

  it('leaves the focus alone where it has not gone away, and where a click took it', async () => {
    mount();
    focus('other');
    await show('answered');
    expect(focused()).toBe('other');
    await show('ask');
    focus('send');
    document.body.dispatchEvent(new Event('pointerdown', { bubbles: true }));
    await show('answered');
    expect(focused()).toBe('BODY');
  });
});
