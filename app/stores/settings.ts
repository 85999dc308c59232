import { defineStore } from 'pinia';
import { computed, ref, watch } from 'vue';
import { Settings } from '../../electron/shared/contract/session.ts';
import type { Locale } from '../../electron/shared/contract/text.ts';
import { useConnection } from './connection.ts';

/** Only so that the first paint has the right theme and language; the host's copy is the true one. */
const CACHE = 'leme.settings';

function cached(): Settings {
  try {
    return Settings.parse(JSON.parse(localStorage.getItem(CACHE) ?? '{}'));
  } catch {
    return Settings.parse({});
  }
}

/** Language, theme, motion, console and pane sizes. Changes apply at once and are then told to the host. */
export const useSettings = defineStore('settings', () => {
  const connection = useConnection();
  const values = ref<Settings>(cached());
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const still = matchMedia('(prefers-reduced-motion: reduce)');
  const systemDark = ref(dark.matches);
  const systemStill = ref(still.matches);
  dark.addEventListener('change', () => (systemDark.value = dark.matches));
  still.addEventListener('change', () => (systemStill.value = still.matches));

  const locale = computed<Locale>(() => {
    if (values.value.locale !== 'system') return values.value.locale;
    return navigator.language.toLowerCase().startsWith('pt') ? 'pt-BR' : 'en';
  });
  const theme = computed<'light' | 'dark'>(() => {
    if (values.value.theme !== 'system') return values.value.theme;
    return systemDark.value ? 'dark' : 'light';
  });
  const reducedMotion = computed(() =>
    values.value.motion === 'system' ? systemStill.value : values.value.motion === 'reduced',
  );

  watch(values, (next) => localStorage.setItem(CACHE, JSON.stringify(next)), { deep: true });

  async function load(): Promise<void> {
    values.value = await connection.call('settings.get', {});
  }

  async function set(change: Partial<Settings>): Promise<void> {
    values.value = { ...values.value, ...change };
    if (connection.connected) await connection.call('settings.set', change);
  }

  return { values, locale, theme, reducedMotion, load, set };
});
