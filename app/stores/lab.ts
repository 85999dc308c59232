import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import type { LabState, LabSummary } from '../../electron/shared/contract/lab.ts';
import { useConnection } from './connection.ts';

/** The lab that is open, and the list of those there are. */
export const useLab = defineStore('lab', () => {
  const connection = useConnection();
  const state = ref<LabState | null>(null);
  const labs = ref<LabSummary[]>([]);
  const loaded = ref(false);
  /** Step being read again after the lab is finished; null: none. */
  const reading = ref<string | null>(null);

  const current = computed(() => state.value?.steps[state.value.current]);
  const shown = computed(() => state.value?.steps.find((step) => step.id === reading.value) ?? current.value);

  function accept(next: LabState | null): void {
    const moved = next?.attempt !== state.value?.attempt || next?.phase !== state.value?.phase;
    state.value = next;
    loaded.value = true;
    if (moved) reading.value = null;
  }

  function follow(): () => void {
    const stops = [
      connection.follow('lab.watch', {}, (item) => accept(item.state)),
      connection.follow('labs.watch', {}, (item) => {
        labs.value = item.labs;
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }

  const open = (id: string): Promise<unknown> => connection.call('lab.open', { id });
  const restart = (): Promise<unknown> => connection.call('lab.restart', {});
  const answer = (step: string, question: string, answers: string[]): Promise<unknown> =>
    connection.call('lab.answer', { step, question, answer: answers });
  const hint = (step: string, task: string, index: number): Promise<unknown> =>
    connection.call('lab.hint', { step, task, hint: index });

  /** Shows a step. While the lab runs the host remembers which one; afterwards this window does. */
  async function goTo(step: string): Promise<void> {
    if (state.value?.phase === 'finished') reading.value = step;
    else await connection.call('lab.goTo', { step });
  }

  return { state, labs, loaded, reading, current, shown, accept, follow, open, restart, answer, hint, goTo };
});
