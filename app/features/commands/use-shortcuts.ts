import { onBeforeUnmount, onMounted } from 'vue';
import { useAttempt } from '../../composables/use-attempt.ts';
import { useUi } from '../../stores/ui.ts';
import { matchesChord, worksInTerminal } from './chords.ts';
import { useCommands } from './use-commands.ts';

const TYPING = 'input, textarea, select, [contenteditable="true"]';
/** Where Space presses or chooses something. */
const PRESSABLE =
  'button, a, summary, [role="button"], [role="tab"], [role="radio"], [role="checkbox"], [role="option"], [role="menuitem"]';

function within(target: Element | null, selector: string): boolean {
  return target !== null && target.closest(selector) !== null;
}

/** Makes the keys of the registry work in the whole window. */
export function useShortcuts(): void {
  const commands = useCommands();
  const ui = useUi();
  const attempt = useAttempt();

  function onKey(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing || ui.dialog !== null) return;
    const target = event.target as Element | null;
    const inTerminal = within(target, '.xterm');
    const typing = !inTerminal && within(target, TYPING);
    for (const command of commands.fixed) {
      for (const chord of command.keys ?? []) {
        if (!matchesChord(event, chord)) continue;
        if (inTerminal && !worksInTerminal(chord)) continue;
        const plain = chord.length === 1 || chord === 'Space';
        if (plain && (typing || within(target, '[role="dialog"], [role="menu"]'))) continue;
        if (chord === 'Space' && within(target, PRESSABLE)) continue;
        if (command.enabled !== undefined && !command.enabled()) continue;
        event.preventDefault();
        event.stopPropagation();
        void attempt(() => command.run());
        return;
      }
    }
  }

  onMounted(() => window.addEventListener('keydown', onKey, { capture: true }));
  onBeforeUnmount(() => window.removeEventListener('keydown', onKey, { capture: true }));
}
