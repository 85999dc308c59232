import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import type {
  ControllerAnswer,
  ControllersAnswer,
  ObjectLink,
} from '../../electron/shared/contract/controllers.ts';
import { useConnection } from './connection.ts';
import { useExplorer } from './explorer.ts';
import { useUi } from './ui.ts';

/** Real milliseconds between two looks at the queues. */
const EVERY = 1000;

/** The controllers of kube-controller-manager from inside: who leads, what waits, what was done. */
export const useControllers = defineStore('controllers', () => {
  const connection = useConnection();
  const explorer = useExplorer();
  const ui = useUi();
  /** Whose; null: of the one that leads. */
  const machine = shallowRef<string | null>(null);
  /** The controller that is looked at. */
  const name = shallowRef<string | null>(null);
  const list = shallowRef<ControllersAnswer>();
  const detail = shallowRef<ControllerAnswer>();
  const failure = shallowRef<{ readonly code: string; readonly message: string } | null>(null);
  const leader = computed(
    () => list.value?.managers.find(({ state }) => state === 'leading')?.machine ?? null,
  );

  /** Brings the view of the controllers to the front; `which`: with one of them open. */
  function show(which?: string, of: string | null = null): void {
    ui.view = 'controllers';
    if (machine.value !== of) list.value = undefined;
    machine.value = of;
    if (which !== undefined) open(which);
    void look();
  }

  function open(which: string): void {
    if (name.value !== which) detail.value = undefined;
    name.value = which;
    void look();
  }

  async function look(): Promise<void> {
    const [of, which] = [machine.value, name.value];
    try {
      const found = await connection.call('controllers.list', { machine: of });
      if (machine.value !== of) return;
      list.value = found;
      failure.value = null;
      if (which === null) return;
      const one = await connection.call('controllers.get', { machine: of, name: which });
      if (machine.value === of && name.value === which) detail.value = one;
    } catch (error) {
      // Not connected, or no cluster yet: what was known stays, and it is asked again.
      const { code = '', message = String(error) } = error as { code?: string; message?: string };
      failure.value = { code, message };
    }
  }

  /** Keeps both up to date for as long as the returned function is not called. */
  function follow(): () => void {
    void look();
    const timer = setInterval(() => void look(), EVERY);
    return () => clearInterval(timer);
  }

  /** Opens an object among those of the API. */
  async function openObject(link: ObjectLink): Promise<void> {
    ui.view = 'explorer';
    if (explorer.kinds.length === 0) await explorer.discover();
    explorer.openBy(link.apiVersion, link.kind, link.namespace, link.name);
  }

  return { machine, name, list, detail, failure, leader, show, open, look, follow, openObject };
});
