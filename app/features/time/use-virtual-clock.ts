import { onBeforeUnmount, onMounted, ref } from 'vue';
import { useTime } from '../../stores/time.ts';

/** Real milliseconds between two drawings of the clock. */
const TICK = 100;
/** The host tells the time at least this often (real ms); beyond it the drawn clock waits rather than run ahead. */
const AHEAD = 1500;

/** Virtual time now, in milliseconds, drawn on between what the host tells. */
export function useVirtualClock() {
  const time = useTime();
  const now = ref<number>();
  let timer: ReturnType<typeof setInterval> | undefined;

  function tick(): void {
    const state = time.state;
    if (state === undefined) return;
    const passed = Math.min(performance.now() - time.receivedAt, AHEAD);
    now.value = state.paused ? state.now : state.now + passed * state.speed;
  }

  onMounted(() => {
    tick();
    timer = setInterval(tick, TICK);
  });
  onBeforeUnmount(() => clearInterval(timer));
  return now;
}
