export const isMac = /mac|iphone|ipad/i.test(navigator.platform);

interface KeyLike {
  readonly key: string;
  /** The physical key: on a Mac, Alt changes what `key` says. */
  readonly code?: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

/** True when the key event is that chord, e.g. `Ctrl+Shift+F`, `Mod+,`, `?`. */
export function matchesChord(event: KeyLike, chord: string, mac = isMac): boolean {
  const parts = chord.split('+');
  const key = parts.at(-1) ?? '';
  const wanted = new Set(parts.slice(0, -1));
  if (wanted.delete('Mod')) wanted.add(mac ? 'Meta' : 'Ctrl');
  // A printable sign such as `?` needs Shift on some layouts and not on others.
  const sign = key.length === 1 && key.toLowerCase() === key.toUpperCase();
  return (
    event.ctrlKey === wanted.has('Ctrl') &&
    event.metaKey === wanted.has('Meta') &&
    event.altKey === wanted.has('Alt') &&
    (sign || event.shiftKey === wanted.has('Shift')) &&
    (event.key === key ||
      (event.altKey && (event.code === `Key${key}` || event.code === `Digit${key}`)) ||
      event.key.toLowerCase() === key.toLowerCase() ||
      (key === 'Space' && event.key === ' '))
  );
}

/**
 * Whether a chord may be taken from the shell while the terminal has the focus. Alt and a letter moves by words there
 * and Ctrl+K cuts the line; Alt and a digit would only be a count, so it goes to a pane, as in editors with a terminal.
 */
export function worksInTerminal(chord: string, mac = isMac): boolean {
  const parts = chord.split('+');
  const key = parts.at(-1) ?? '';
  if (/^F\d+$/.test(key)) return true;
  if (parts.includes('Ctrl') && parts.includes('Shift')) return true;
  if (/^\d$/.test(key) && parts.includes('Alt')) return true;
  return mac && (parts.includes('Mod') || parts.includes('Meta'));
}

/** The chord as people read it on this platform. */
export function chordLabel(chord: string, mac = isMac): string {
  if (!mac) return chord.replace('Mod', 'Ctrl');
  return chord
    .replace('Mod', '⌘')
    .replace('Meta', '⌘')
    .replace('Ctrl', '⌃')
    .replace('Shift', '⇧')
    .replace('Alt', '⌥')
    .replaceAll('+', '');
}
