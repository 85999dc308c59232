import type { Shell } from 'electron';
import { tellTest } from './control.ts';
import { strict } from './strict.ts';

export const shell = strict('shell', {
  /** Tells the test; nothing is opened. */
  openExternal: (url: string): Promise<void> => {
    tellTest({ event: 'openExternal', url });
    return Promise.resolve();
  },
} satisfies Pick<Shell, 'openExternal'>);
