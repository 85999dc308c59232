import { describe, expect, it } from 'vitest';
import { chordLabel, matchesChord, worksInTerminal } from './chords.ts';

const key = (
  name: string,
  modifiers: Partial<Record<'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey', boolean>> = {},
) => ({
  key: name,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...modifiers,
});

describe('chords', () => {
  it('match exactly their modifiers', () => {
    expect(matchesChord(key('k', { ctrlKey: true }), 'Mod+K', false)).toBe(true);
    expect(matchesChord(key('k', { metaKey: true }), 'Mod+K', false)).toBe(false);
    expect(matchesChord(key('k', { metaKey: true }), 'Mod+K', true)).toBe(true);
    expect(matchesChord(key('F', { ctrlKey: true, shiftKey: true }), 'Ctrl+Shift+F', false)).toBe(true);
    expect(matchesChord(key('f', { ctrlKey: true }), 'Ctrl+Shift+F', false)).toBe(false);
    expect(matchesChord(key('F8'), 'F8', false)).toBe(true);
    expect(matchesChord(key('F8', { ctrlKey: true }), 'F8', false)).toBe(false);
  });

  it('take a sign with or without Shift, as the layout has it', () => {
    expect(matchesChord(key('?', { shiftKey: true }), '?', false)).toBe(true);
    expect(matchesChord(key('?'), '?', false)).toBe(true);
    expect(matchesChord(key(' '), 'Space', false)).toBe(true);
  });

  it('leave to the shell what belongs to the shell', () => {
    expect(worksInTerminal('F8', false)).toBe(true);
    expect(worksInTerminal('Ctrl+Shift+F', false)).toBe(true);
    expect(worksInTerminal('Alt+1', false)).toBe(true);
    for (const chord of ['Mod+K', 'Space', '?', 'Alt+D', '1', 'Mod+,'])
      expect(worksInTerminal(chord, false), chord).toBe(false);
    expect(worksInTerminal('Mod+K', true)).toBe(true);
  });

  it('are written as the platform writes them', () => {
    expect(chordLabel('Mod+K', false)).toBe('Ctrl+K');
    expect(chordLabel('Mod+K', true)).toBe('⌘K');
  });
});
