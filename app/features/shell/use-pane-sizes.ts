import { onBeforeUnmount } from 'vue';
import { useSettings } from '../../stores/settings.ts';

/** Real milliseconds without a change before sizes are told to the host. */
const QUIET = 400;

/** Sizes of panes in percent, kept in the settings by the splitter's name. */
export function usePaneSizes() {
  const settings = useSettings();
  const pending: Record<string, number[]> = {};
  let timer: ReturnType<typeof setTimeout> | undefined;

  function sizes(name: string, standard: readonly number[]): readonly number[] {
    const kept = settings.values.layout[name];
    // A pane that was collapsed opens at its standard size the next time.
    return kept?.length === standard.length && kept.every((size) => size >= 10) ? kept : standard;
  }

  function save(): void {
    void settings.set({ layout: { ...settings.values.layout, ...pending } }).catch(() => undefined);
  }

  function remember(name: string, layout: number[]): void {
    pending[name] = layout.map((size) => Math.round(size * 10) / 10);
    clearTimeout(timer);
    timer = setTimeout(save, QUIET);
  }

  onBeforeUnmount(() => clearTimeout(timer));
  return { sizes, remember };
}
