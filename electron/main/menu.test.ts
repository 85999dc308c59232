import { beforeEach, describe, expect, it, vi } from 'vitest';
import { installMenu, menuTemplate } from './menu.ts';

const electron = vi.hoisted(() => ({
  app: { isPackaged: false },
  Menu: {
    buildFromTemplate: vi.fn((template: unknown) => ({ template })),
    setApplicationMenu: vi.fn(),
  },
}));
vi.mock('electron', () => electron);

/** Roles of the items, sub-menus in order after their parent. */
function roles(items: ReturnType<typeof menuTemplate>): (string | undefined)[] {
  return items.flatMap(({ role, submenu }) => [role, ...(Array.isArray(submenu) ? roles(submenu) : [])]);
}

beforeEach(() => void vi.clearAllMocks());

describe('the menu', () => {
  it('has developer tools in a built tree and none in a packaged app', () => {
    expect(roles(menuTemplate('linux', false))).toEqual([
      'fileMenu', 'quit', 'editMenu', 'viewMenu', 'resetZoom', 'zoomIn', 'zoomOut', 'togglefullscreen', 'toggleDevTools', 'windowMenu',
    ]); // prettier-ignore
    expect(roles(menuTemplate('linux', true))).not.toContain('toggleDevTools');
  });

  it('begins with the application’s own on macOS', () => {
    expect(roles(menuTemplate('darwin', true))[0]).toBe('appMenu');
    expect(roles(menuTemplate('win32', true))).not.toContain('appMenu');
  });

  it('never reloads: a reload would drop what the page holds', () => {
    for (const packaged of [true, false]) {
      const all = roles(menuTemplate('darwin', packaged));
      expect(all).not.toContain('reload');
      expect(all).not.toContain('forceReload');
    }
  });

  it('is installed for this platform', () => {
    installMenu();
    expect(electron.Menu.setApplicationMenu).toHaveBeenCalledExactlyOnceWith({
      template: menuTemplate(process.platform, false),
    });
  });
});
