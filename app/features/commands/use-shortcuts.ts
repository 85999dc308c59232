import { onBeforeUnmount, onMounted } from 'vue';
import { useAttempt } from '../../composables/use-attempt.ts';
import { useUi } from '../../stores/ui.ts';
import { matchesChord, worksInTerminal } from './chords.ts';
import { useCommands } from './use-commands.ts';

const TYPING = 'input, textarea, select, [contenteditable="true"]';
/** Where Space presses or chooses something. */
const PRESSABLE = 'button, a, summary, [role="button"], [role="tab"], [role="radio"], [role="checkbox"], [role="option"], [role="menuitem"]';

/** Makes the keys of the registry work in the whole window. */
export function useShortcuts(): void {
  const commands = useCommands();
  const ui = useUi();
  const attempt = useAttempt();

  function onKey(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing || ui.dialog !== null) return;
    const target = event.target as Element | null;
    const inTerminal = target?.closest('.xterm') != null;
    const typing = !inTerminal && target?.closest(TYPING) != null;
    for (const command of commands.fixed) {
      for (const chord of command.keys ?? []) {
        if (!matchesChord(event, chord)) continue;
        if (inTerminal && !worksInTerminal(chord)) continue;
        const plain = chord.length === 1 || chord === 'Space';
        if (plain && (typing || target?.closest('[role="dialog"], [role="menu"]') != null)) continue;
        if (chord === 'Space' && target?.closest(PRESSABLE) != null) continue;
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
