import type { ITheme } from '@xterm/xterm';

/** Sixteen colours that keep AA contrast on the console's ground, per theme. */
const LIGHT = {
  black: '#1a1f24',
  red: '#ab1f19',
  green: '#12653a',
  yellow: '#7d4f00',
  blue: '#0b57a4',
  magenta: '#8a2a86',
  cyan: '#0a6470',
  white: '#59636c',
  brightBlack: '#616b74',
  brightRed: '#ab1f19',
  brightGreen: '#12653a',
  brightYellow: '#7d4f00',
  brightBlue: '#0b57a4',
  brightMagenta: '#8a2a86',
  brightCyan: '#0a6470',
  brightWhite: '#1a1f24',
};
const DARK = {
  black: '#3c4750',
  red: '#ff8b82',
  green: '#62ca90',
  yellow: '#e2b24d',
  blue: '#73b4f5',
  magenta: '#dd9ad9',
  cyan: '#66c6d3',
  white: '#cdd5db',
  brightBlack: '#93a0ab',
  brightRed: '#ffa69f',
  brightGreen: '#86dbab',
  brightYellow: '#efc878',
  brightBlue: '#98c9fa',
  brightMagenta: '#e8b6e5',
  brightCyan: '#8fd9e3',
  brightWhite: '#ffffff',
};

/** Colours of xterm from the design tokens that are in force. */
export function terminalTheme(): ITheme {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string): string => style.getPropertyValue(name).trim();
  const dark = document.documentElement.dataset['theme'] === 'dark';
  return {
    ...(dark ? DARK : LIGHT),
    background: token('--console'),
    foreground: token('--console-ink'),
    cursor: token('--console-ink'),
    cursorAccent: token('--console'),
    selectionBackground: dark ? '#2b4a6b' : '#b9d5f1',
  };
}
