// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApp, h, nextTick } from 'vue';
import type { App, Component } from 'vue';
import { makeI18n } from '../../i18n/i18n.ts';
import { useUi } from '../../stores/ui.ts';
import { fakeController, fakeControllers } from '../../testing/fake-controllers.ts';
import ControllerList from './controller-list.vue';
import QueueKeys from './queue-keys.vue';
import { queueRows } from './queue-rows.ts';
import { span } from './span.ts';
import SyncList from './sync-list.vue';

const NOW = Date.UTC(2026, 2, 2, 12);
const words = (element: Element | null): string => (element?.textContent ?? '').replace(/\s+/g, ' ').trim();
let pinia: ReturnType<typeof createPinia>;
let app: App | undefined;
beforeEach(() => setActivePinia((pinia = createPinia())));
afterEach(() => app?.unmount());

/** A component on a page, in one of the languages. */
function show(component: Component, props: object, locale: 'en' | 'pt-BR' = 'pt-BR'): HTMLElement {
  const root = document.createElement('div');
  app = createApp(() => h(component, props));
  app.use(pinia).use(makeI18n(locale)).mount(root);
  return root;
}

describe('span', () => {
  it.each([
    [250, '250 ms'],
    [-5, '0 ms'],
    [12_400, '12 s'],
    [60_000, '1 min'],
    [200_000, '3 min 20 s'],
    [3_600_000, '1 h'],
    [7_500_000, '2 h 5 min'],
    [86_400_000, '1 d'],
    [97_200_000, '1 d 3 h'],
  ])('%i', (ms, text) => {
    expect(span(ms)).toBe(text);
  });
});

describe('the queue of a controller', () => {
  it('has its keys in the order of their turn, with ages and times of retries', () => {
    const [queue] = fakeController(NOW, ['cp-1'], null, 'deployment').queues;
    const rows = queueRows(
      {
        ...queue!,
        delayed: [{ key: 'b', label: 'b', object: null, retries: 0, error: null, at: NOW + 500 }],
      },
      NOW,
    );
    expect(rows.map(({ place, ms }) => [place, ms])).toEqual([
      ['again', 12],
      ['ready', 40],
      ['delayed', 500],
    ]);
  });

  it('says when a failing key is tried again, how often it was, and why it fails', () => {
    const [queue] = fakeController(NOW, ['cp-1'], null, 'replicaset').queues;
    const root = show(QueueKeys, { queue: queue!, now: NOW }, 'en');
    expect(words(root.querySelector('li'))).toMatch(
      /^default\/web-7c5ddbdf54 ?tried again in 9 s ?11 retries ?pods is forbidden: User/,
    );
  });
});

describe('what a controller did last', () => {
  it('tells desired, observed and action, and opens the decision in the flow', async () => {
    const { syncs } = fakeController(NOW, ['cp-1'], null, 'replicaset');
    const root = show(SyncList, { syncs });
    expect(root.querySelectorAll('li')).toHaveLength(2);
    expect(words(root.querySelector('dl'))).toBe('Desejado3 PodsObservado2 PodsAçãocriar 1 Pod');
    root.querySelector<HTMLElement>('.record')?.click();
    expect(useUi().selection).toEqual({ type: 'record', id: 4001 });
    const all = root.querySelector('input') as HTMLInputElement;
    all.checked = true;
    all.dispatchEvent(new Event('change'));
    await nextTick();
    expect(root.querySelectorAll('li')).toHaveLength(4);
  });
});

describe('the list of controllers', () => {
  it('puts those that do not run apart, says why, and is searched', async () => {
    const list = fakeControllers(NOW, ['cp-1', 'cp-2'], null);
    const opened: string[] = [];
    const root = show(ControllerList, {
      list,
      selected: 'job-controller',
      onOpen: (name: string) => opened.push(name),
    });
    const names = (): string[] => [...root.querySelectorAll('.name')].map(words);
    expect(names().slice(-2)).toEqual(['cronjob', 'token-cleaner']);
    expect(words(root.querySelector('[aria-current]'))).toBe('job');
    expect([...root.querySelectorAll('.one')].at(-2)?.getAttribute('title')).toBe(
      'cronjob-controller: desabilitado: --controllers o retira',
    );
    const search = root.querySelector('input') as HTMLInputElement;
    search.value = 'replica';
    search.dispatchEvent(new Event('input'));
    await nextTick();
    expect(names()).toEqual(['replicaset']);
    root.querySelector<HTMLElement>('.one')?.click();
    expect(opened).toEqual(['replicaset-controller']);
  });
});
