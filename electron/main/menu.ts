import type { MenuItemConstructorOptions } from 'electron';
import { app, Menu } from 'electron';

/** The platform's own menu: on macOS the shortcuts for copy, paste and quit live in it; elsewhere Alt shows it. */
export function menuTemplate(platform: string, packaged: boolean): MenuItemConstructorOptions[] {
  // On macOS the application's menu has it; the File menu elsewhere needs nothing else.
  const first: MenuItemConstructorOptions =
    platform === 'darwin' ? { role: 'appMenu' } : { role: 'fileMenu', submenu: [{ role: 'quit' }] };
  const template: MenuItemConstructorOptions[] = [
    { role: 'editMenu' },
    {
      role: 'viewMenu',
      submenu: [
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
        ...(packaged ? [] : [{ role: 'toggleDevTools' } as const]),
      ],
    },
    { role: 'windowMenu' },
  ];
  return [first, ...template];
}

export function installMenu(): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(process.platform, app.isPackaged)));
}
