// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApp, defineComponent, h } from 'vue';
import type { App } from 'vue';
import type { MachineView } from '../../../electron/shared/contract/diagram.ts';
import { RpcError } from '../../../electron/shared/rpc/rpc-error.ts';
import { makeI18n } from '../../i18n/i18n.ts';
import { useConnection } from '../../stores/connection.ts';
import { useDiagram } from '../../stores/diagram.ts';
import { useUi } from '../../stores/ui.ts';
import { FakeHost } from '../../testing/fake-host.ts';
import MachineInspector from './machine-inspector.vue';

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 40; turn += 1) await Promise.resolve();
};
const words = (element: Element | null | undefined): string =>
  (element?.textContent ?? '').replace(/\s+/g, ' ').trim();

let host: FakeHost;
let app: App | undefined;
let root: HTMLElement;
beforeEach(async () => {
  const pinia = createPinia();
  setActivePinia(pinia);
  host = new FakeHost();
  useConnection().start(host.open);
  useDiagram().follow();
  await settle();
  root = document.createElement('div');
  // A form that is on no page is not sent.
  document.body.append(root);
  const page = defineComponent(() => () => {
    const machine = useDiagram().picture.machines.get('worker-2');
    return machine === undefined ? null : h(MachineInspector, { machine: { ...machine } });
  });
  app = createApp(page);
  app.use(pinia).use(makeI18n('en')).mount(root);
  await settle();
});
afterEach(() => {
  app?.unmount();
  root.remove();
  useConnection().stop();
});

function button(label: string): HTMLButtonElement {
  const found = [...root.querySelectorAll('button')].filter(
    (one) => (one.getAttribute('aria-label') ?? words(one)) === label,
  );
  // Twice on one page is a fault too: nobody can tell them apart.
  if (found.length !== 1) throw new Error(`${found.length} buttons are called ${label}`);
  return found[0]!;
}

const has = (label: string): boolean =>
  [...root.querySelectorAll('button')].some((one) => words(one) === label);
const chips = (): string[] => [...root.querySelectorAll('.chips .chip')].map(words);
const applied = (): unknown[] =>
  host.calls.filter(({ name }) => name === 'fault.apply').map(({ input }) => input);

async function press(label: string): Promise<void> {
  button(label).click();
  await settle();
}

/** Into the field that stands before a button. */
async function write(before: string, value: string): Promise<void> {
  const input = button(before).closest('form')!.querySelector('input')!;
  input.value = value;
  input.dispatchEvent(new Event('input'));
  await settle();
}

async function change(next: Partial<MachineView>): Promise<void> {
  const item = host.diagram.value;
  host.diagram.set({
    ...item,
    machines: item.machines.map((one) => (one.name === 'worker-2' ? { ...one, ...next } : one)),
  });
  await settle();
}

describe('the disk of a machine', () => {
  it('is filled further than it is, up to all of it, and freed again', async () => {
    expect(chips()).toEqual([]);
    await write('Fill', '41');
    expect(button('Fill').disabled).toBe(true);
    await write('Fill', '101');
    expect(button('Fill').disabled).toBe(true);
    await write('Fill', '');
    expect(button('Fill').disabled).toBe(true);
    await write('Fill', '97');
    expect(button('Fill').disabled).toBe(false);
    expect(has('Free the disk')).toBe(false);
    await press('Fill');
    expect(chips()).toEqual(['disk 97 %']);
    expect(button('Fill').disabled).toBe(true);
    await press('Free the disk');
    expect(chips()).toEqual([]);
    expect(applied()).toEqual([
      { verb: 'disk-fill', machine: 'worker-2', percent: 97 },
      { verb: 'disk-free', machine: 'worker-2' },
    ]);
    expect(useUi().announcement).toBe('Free the disk: worker-2');
  });

  it('tells why it was not filled, and stays as it was', async () => {
    host.refuse = new RpcError('Refused', 'worker-2 is powered off');
    await press('Fill');
    expect(useUi().failure).toMatch(/worker-2 is powered off/);
    expect(useUi().announcement).toBe('');
    expect(chips()).toEqual([]);
  });
});

describe('the clock of a machine', () => {
  it('is set ahead and behind in minutes, at most a year, and right again', async () => {
    for (const wrong of ['0', '', '525601']) {
      await write('Set', wrong);
      expect(button('Set').disabled).toBe(true);
    }
    await write('Set', '-90.5');
    expect(has('Set the clock right')).toBe(false);
    await press('Set');
    expect(chips()).toEqual(['clock 1 h 30 min behind']);
    await press('Set the clock right');
    expect(chips()).toEqual([]);
    expect(applied()).toEqual([
      { verb: 'clock', machine: 'worker-2', ms: -5_430_000 },
      { verb: 'clock', machine: 'worker-2', ms: 0 },
    ]);
  });
});

describe('the socket of a runtime', () => {
  it('is deleted only after a question, and is then said to be gone', async () => {
    await press('Delete the runtime’s socket');
    expect(useUi().dialog).toBe('confirm');
    expect(applied()).toEqual([]);
    useUi().confirmation?.run();
    await settle();
    expect(applied()).toEqual([{ verb: 'socket-remove', machine: 'worker-2' }]);
    expect(chips()).toEqual(['no socket']);
    expect(root.textContent).toContain('/run/containerd/containerd.sock is gone');
    expect(has('Delete the runtime’s socket')).toBe(false);
  });

  it('is not offered where no runtime is', async () => {
    const item = host.diagram.value;
    host.diagram.set({
      ...item,
      components: item.components.filter((one) => one.kind !== 'container-runtime'),
    });
    await settle();
    expect(has('Delete the runtime’s socket')).toBe(false);
  });
});

describe('the units of a machine', () => {
  it('are stopped and started, each by its own button', async () => {
    await press('Stop kubelet');
    expect(chips()).toEqual(['kubelet stopped']);
    await press('Start kubelet');
    expect(chips()).toEqual([]);
    expect(applied()).toEqual([
      { verb: 'unit-stop', machine: 'worker-2', unit: 'kubelet' },
      { verb: 'unit-start', machine: 'worker-2', unit: 'kubelet' },
    ]);
  });
});

describe('a machine without power', () => {
  it('has nothing to break', async () => {
    await change({ powered: false });
    expect(has('Fill')).toBe(false);
    expect(has('Set')).toBe(false);
    expect(has('Power on the machine')).toBe(true);
  });
});
