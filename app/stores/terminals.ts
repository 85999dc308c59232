import { defineStore } from 'pinia';
import { computed, ref, shallowRef, watch } from 'vue';
import type { TerminalInfo } from '../../electron/shared/contract/terminal.ts';
import { useConnection } from './connection.ts';

/** What the rest of the app can do with the terminal that is in front. */
export interface TerminalControls {
  focus(): void;
  /** Writes text at the prompt as if it had been pasted. */
  paste(text: string): void;
  search(): void;
  previousCommand(): void;
  nextCommand(): void;
  clear(): void;
}

/** The terminals of the console. They live in the host: closing the window leaves them running. */
export const useTerminals = defineStore('terminals', () => {
  const connection = useConnection();
  const list = ref<TerminalInfo[]>([]);
  const loaded = ref(false);
  const active = ref<string | null>(sessionStorage.getItem('leme.terminal'));
  const controls = shallowRef<TerminalControls>();
  const shown = computed(() => list.value.find((one) => one.id === active.value) ?? list.value[0]);
  let opening: Promise<void> | undefined;

  watch(active, (id) => {
    if (id !== null) sessionStorage.setItem('leme.terminal', id);
  });

  // The next host may be another one, without these terminals: what it has counts once it has said so.
  watch(
    () => connection.connected,
    (now) => {
      if (!now) loaded.value = false;
    },
    { flush: 'sync' },
  );

  function follow(): () => void {
    return connection.follow('terminals.watch', {}, (item) => {
      list.value = item.terminals;
      loaded.value = true;
      if (!item.terminals.some((one) => one.id === active.value))
        active.value = item.terminals[0]?.id ?? null;
    });
  }

  /** Opens a terminal and brings it to the front. @throws RpcError */
  async function open(profile: 'lab' | 'own', machine: string | null = null): Promise<void> {
    const { id } = await connection.call('terminal.open', { profile, machine, cols: 100, rows: 20 });
    active.value = id;
  }

  /** The first terminal of a session opens by itself. */
  function ensureOne(): Promise<void> {
    if (list.value.length > 0) return Promise.resolve();
    opening ??= open('lab').finally(() => (opening = undefined));
    return opening;
  }

  async function close(id: string): Promise<void> {
    await connection.call('terminal.close', { id });
  }

  return { list, loaded, active, shown, controls, follow, open, ensureOne, close };
});
