import { defineStore } from 'pinia';
import { ref } from 'vue';
import type { SessionState } from '../../electron/shared/contract/session.ts';
import { useConnection } from './connection.ts';

/** Where the host is in its life, and what it wants to tell. */
export const useSession = defineStore('session', () => {
  const connection = useConnection();
  const state = ref<SessionState>();

  function follow(): () => void {
    return connection.follow('session.watch', {}, (item) => {
      state.value = item;
    });
  }

  async function dismiss(id: string): Promise<void> {
    if (state.value !== undefined)
      state.value.notices = state.value.notices.filter((notice) => notice.id !== id);
    await connection.call('session.dismissNotice', { id });
  }

  return { state, follow, dismiss };
});
