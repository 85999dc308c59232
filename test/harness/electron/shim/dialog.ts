import type * as Electron from 'electron';
import { tellTest } from './control.ts';
import { strict } from './strict.ts';

export const dialog = strict('dialog', {
  showErrorBox: (title: string, content: string): void => tellTest({ event: 'errorBox', title, content }),
} satisfies Pick<typeof Electron.dialog, 'showErrorBox'>);
