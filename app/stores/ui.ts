import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';

export type Selection =
  | { readonly type: 'machine'; readonly name: string }
  | { readonly type: 'component'; readonly id: string }
  | { readonly type: 'pod'; readonly uid: string }
  | { readonly type: 'record'; readonly id: number };

export type PaneName = 'lab' | 'diagram' | 'console' | 'side';
export type EtcdPart = 'keys' | 'members';
export type DialogName = 'palette' | 'settings' | 'help' | 'labs' | 'topology' | 'confirm';

/** What is about to be done and cannot be undone; keys of the catalogue. */
export interface Confirmation {
  readonly title: string;
  readonly body: string;
  readonly params: Readonly<Record<string, string>>;
  readonly run: () => void;
}

function same(a: Selection, b: Selection): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** What is selected, which dialog is open, what is shown where. Nothing here outlives the window. */
export const useUi = defineStore('ui', () => {
  const trail = ref<Selection[]>([]);
  const position = ref(-1);
  const dialog = ref<DialogName | null>(null);
  const view = ref<'diagram' | 'narrative' | 'tables' | 'explorer' | 'etcd' | 'scheduler' | 'controllers'>(
    'diagram',
  );
  const etcdPart = ref<EtcdPart>('keys');
  /** Whose disk the keys are read from; null: the leader's. */
  const etcdDisk = ref<string | null>(null);
  const etcdKey = ref<string | null>(null);
  const side = ref<'inspector' | 'messages'>('messages');
  /** Narrows the messages to one actor. */
  const actorFilter = ref('');
  const announcement = ref('');
  const failure = ref<string | null>(null);
  const collapsed = ref<Record<'lab' | 'side', boolean>>({ lab: false, side: false });

  const selection = computed<Selection | null>(() => trail.value[position.value] ?? null);
  const canGoBack = computed(() => position.value > 0);
  const canGoForward = computed(() => position.value < trail.value.length - 1);

  function select(next: Selection): void {
    const now = selection.value;
    if (now === null || !same(now, next)) {
      trail.value = [...trail.value.slice(0, position.value + 1), next].slice(-50);
      position.value = trail.value.length - 1;
    }
    side.value = 'inspector';
    collapsed.value = { ...collapsed.value, side: false };
  }

  function go(by: 1 | -1): void {
    position.value = Math.min(Math.max(position.value + by, 0), trail.value.length - 1);
  }

  function deselect(): void {
    trail.value = [];
    position.value = -1;
  }

  function showMessages(actor = ''): void {
    actorFilter.value = actor;
    side.value = 'messages';
    collapsed.value = { ...collapsed.value, side: false };
  }

  /** Brings etcd's keys or members to the front; `disk`: those of one machine. */
  function showEtcd(part: EtcdPart, disk?: string | null): void {
    view.value = 'etcd';
    etcdPart.value = part;
    if (disk !== undefined) etcdDisk.value = disk;
  }

  const confirmation = shallowRef<Confirmation | null>(null);

  /** Asks first; does it only when the person says so. */
  function confirm(next: Confirmation): void {
    confirmation.value = next;
    dialog.value = 'confirm';
  }

  function toggle(pane: 'lab' | 'side'): void {
    collapsed.value = { ...collapsed.value, [pane]: !collapsed.value[pane] };
  }

  /** For screen readers, politely. */
  function announce(text: string): void {
    announcement.value = text;
  }

  return {
    selection,
    canGoBack,
    canGoForward,
    dialog,
    view,
    etcdPart,
    etcdDisk,
    etcdKey,
    showEtcd,
    confirmation,
    confirm,
    side,
    actorFilter,
    announcement,
    failure,
    collapsed,
    select,
    go,
    deselect,
    showMessages,
    toggle,
    announce,
  };
});
