import { defineStore } from 'pinia';
import { ref } from 'vue';
import { SPEEDS } from '../../electron/shared/contract/session.ts';
import type { z } from 'zod';
import type { StepRequest, TimeState } from '../../electron/shared/contract/session.ts';
import { useConnection } from './connection.ts';

export type StepKind = z.infer<typeof StepRequest>['until'];

/** Virtual time. `state` is what the host said last; the clock between two items is drawn by `useVirtualClock`. */
export const useTime = defineStore('time', () => {
  const connection = useConnection();
  const state = ref<TimeState>();
  /** `performance.now()` when `state` came. */
  const receivedAt = ref(0);
  const stepping = ref(false);

  function accept(item: TimeState): void {
    state.value = item;
    receivedAt.value = performance.now();
  }

  function follow(): () => void {
    return connection.follow('time.watch', {}, accept);
  }

  async function setPaused(paused: boolean): Promise<void> {
    accept(await connection.call('time.set', { paused }));
  }

  async function toggle(): Promise<void> {
    await setPaused(!(state.value?.paused ?? false));
  }

  async function setSpeed(speed: number): Promise<void> {
    accept(await connection.call('time.set', { speed }));
  }

  /** One notch up (+1) or down (-1) in the list of speeds. */
  async function shiftSpeed(by: 1 | -1): Promise<void> {
    const now = state.value?.speed ?? 1;
    const next = by > 0 ? SPEEDS.find((speed) => speed > now) : SPEEDS.findLast((speed) => speed < now);
    if (next !== undefined) await setSpeed(next);
  }

  async function step(until: StepKind): Promise<void> {
    if (stepping.value) return;
    stepping.value = true;
    try {
      accept(await connection.call('time.step', { until }));
    } finally {
      stepping.value = false;
    }
  }

  return { state, receivedAt, stepping, follow, toggle, setPaused, setSpeed, shiftSpeed, step };
});
