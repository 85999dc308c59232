// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApp } from 'vue';
import type { App } from 'vue';
import { RpcError } from '../../../electron/shared/rpc/rpc-error.ts';
import { makeI18n } from '../../i18n/i18n.ts';
import { useConnection } from '../../stores/connection.ts';
import { useSession } from '../../stores/session.ts';
import { useUi } from '../../stores/ui.ts';
import { FakeHost } from '../../testing/fake-host.ts';
import TopologyDialog from './topology-dialog.vue';

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 40; turn += 1) await Promise.resolve();
};
const words = (element: Element | null): string => (element?.textContent ?? '').replace(/\s+/g, ' ').trim();

let host: FakeHost;
let app: App | undefined;
beforeEach(async () => {
  const pinia = createPinia();
  setActivePinia(pinia);
  host = new FakeHost();
  useConnection().start(host.open);
  await settle();
  useSession().follow();
  app = createApp(TopologyDialog);
  app.use(pinia).use(makeI18n('en')).mount(document.createElement('div'));
  await settle();
  useUi().dialog = 'topology';
  await settle();
});
afterEach(() => {
  app?.unmount();
  useConnection().stop();
});

/** A part of the dialog, which stands at the end of the page. */
function part<T extends HTMLElement = HTMLInputElement>(selector: string): T {
  const found = document.body.querySelector<T>(`.topology ${selector}`);
  if (found === null) throw new Error(`no ${selector} in the dialog`);
  return found;
}

const text = (): string => part<HTMLTextAreaElement>('textarea').value;
const create = (): HTMLButtonElement => part<HTMLButtonElement>('[type=submit]');
const names = (): string[] => [...document.body.querySelectorAll('.topology tbody th')].map(words);
const created = (): unknown[] =>
  host.calls.filter(({ name }) => name === 'cluster.create').map(({ input }) => input);

async function choose(selector: string, value: string): Promise<void> {
  part(selector).value = value;
  part(selector).dispatchEvent(new Event('change'));
  await settle();
}

async function write(value: string): Promise<void> {
  part('textarea').value = value;
  part('textarea').dispatchEvent(new Event('input'));
  await settle();
}

describe('a new cluster', () => {
  it('begins with the one that is there', () => {
    expect(text()).toBe('kubeadm-1-2');
    expect(names()).toEqual(['cp-1', 'worker-1', 'worker-2']);
    expect(create().disabled).toBe(false);
  });

  it('writes into the text what is chosen in the form', async () => {
    await choose('input[id$=planes]', '3');
    expect(text()).toBe('kubeadm-3-2');
    expect(names()).toEqual(['cp-1', 'cp-2', 'cp-3', 'worker-1', 'worker-2']);
    await choose('[aria-label="Container runtime of worker-1"]', 'docker');
    await choose('[aria-label="Kubelet version of worker-1"]', 'v1.23.17');
    await choose('[aria-label="System of worker-2"]', 'windows-2022');
    expect(text()).toBe('kubeadm-3-2,worker-1=docker+kubelet-1.23.17,worker-2=windows-2022');
    // A Windows machine is not joined by kubeadm here: nothing offers it.
    expect(words(part('tr:last-child .boxes'))).toBe('taint os=windows:NoSchedule');
    await choose('select[id$=kind]', 'oke');
    expect(text()).toBe('oke-2');
  });

  it('shows in the form what is written in the text, and that an even number of members gains nothing', async () => {
    await write('kubeadm-2-3,worker-3=cri-o');
    expect(part('input[id$=workers]').value).toBe('3');
    expect(part<HTMLSelectElement>('[aria-label="Container runtime of worker-3"]').value).toBe('cri-o');
    expect(words(part('.note'))).toMatch(/^An even number of control planes tolerates no more failures/);
  });

  it('says what is wrong with a text, keeps the form that was right, and creates nothing', async () => {
    await write('kubeadm-1-2,cp-1=windows');
    expect(words(part('[role=alert]'))).toBe(
      'cp-1 cannot run Windows: kube-apiserver, kube-controller-manager, kube-scheduler and etcd exist for Linux only. Choose a worker.',
    );
    expect(part('textarea').getAttribute('aria-invalid')).toBe('true');
    expect(names()).toEqual(['cp-1', 'worker-1', 'worker-2']);
    expect(create().disabled).toBe(true);
    create().click();
    await settle();
    expect(created()).toEqual([]);
    await write('kubeadm-1-1');
    expect(words(part('[role=alert]'))).toBe('');
    expect(create().disabled).toBe(false);
  });

  it('is created from the text, and the dialog closes', async () => {
    await write('kubeadm-3-1');
    create().click();
    await settle();
    expect(created()).toEqual([{ topology: 'kubeadm-3-1', seed: null }]);
    expect(useUi().dialog).toBeNull();
    expect(useUi().announcement).toBe('Cluster kubeadm-3-1 created');
  });

  it('tells why the host refuses it', async () => {
    host.refuse = new RpcError('Refused', 'a lab is being prepared');
    create().click();
    await settle();
    expect(useUi().failure).toMatch(/a lab is being prepared/);
    // What was typed is there still, with the reason beside it.
    expect(useUi().dialog).toBe('topology');
    expect(words(part('[role=alert]'))).toMatch(/a lab is being prepared/);
    expect(create().disabled).toBe(false);
    expect(useUi().announcement).not.toMatch(/created/);
  });
});
