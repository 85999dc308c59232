import type { IpcMain } from 'electron';
import type { Listener } from './events.ts';
import { strict } from './strict.ts';

const listeners = new Map<string, Listener[]>();

/** How pages' messages come in. */
export const ipcEvents = {
  emit(channel: string, ...args: unknown[]): void {
    for (const listener of listeners.get(channel) ?? []) (listener as (...all: unknown[]) => void)(...args);
  },
};

export const ipcMain = strict('ipcMain', {
  on(channel: string, listener: Listener): IpcMain {
    listeners.set(channel, [...(listeners.get(channel) ?? []), listener]);
    return ipcMain as unknown as IpcMain;
  },
} satisfies Pick<IpcMain, 'on'>);
