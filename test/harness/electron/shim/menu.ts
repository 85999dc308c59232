import type { Menu as ElectronMenu, MenuItemConstructorOptions } from 'electron';
import { app } from './app.ts';
import { onlyKeys, strict } from './strict.ts';

const ITEM_KEYS = ['role', 'label', 'id', 'type', 'submenu', 'click', 'accelerator'];
/** Roles of the platform that the shim can do; all others are Electron's own business. */
const ROLES: Readonly<Record<string, () => void>> = { quit: () => app.quit() };
const built = new WeakMap<object, MenuItemConstructorOptions[]>();
let applied: MenuItemConstructorOptions[] | undefined;

function check(template: readonly MenuItemConstructorOptions[]): void {
  for (const item of template) {
    onlyKeys('MenuItem', item, ITEM_KEYS);
    if (Array.isArray(item.submenu)) check(item.submenu);
  }
}

export const Menu = strict('Menu', {
  buildFromTemplate(template: MenuItemConstructorOptions[]): ElectronMenu {
    check(template);
    const menu = strict('Menu', {});
    built.set(menu, template);
    return menu as ElectronMenu;
  },
  setApplicationMenu(menu: ElectronMenu | null): void {
    applied = menu === null ? undefined : built.get(menu);
  },
} satisfies Pick<typeof ElectronMenu, 'buildFromTemplate' | 'setApplicationMenu'>);

type Shape = string | { readonly [name: string]: readonly Shape[] };
const nameOf = ({ id, role, label, type }: MenuItemConstructorOptions): string =>
  id ?? role ?? label ?? type ?? '';

/** Names of what is in the menu: id, else role, else label. */
export function menuShape(items: readonly MenuItemConstructorOptions[] = applied ?? []): Shape[] {
  return items.map((item) =>
    Array.isArray(item.submenu) ? { [nameOf(item)]: menuShape(item.submenu) } : nameOf(item),
  );
}

/** A click on the item that is reached by these names. */
export function clickMenu(path: readonly string[]): void {
  let items = applied ?? [];
  let item: MenuItemConstructorOptions | undefined;
  for (const name of path) {
    item = items.find((candidate) => nameOf(candidate) === name);
    if (item === undefined) throw new Error(`the menu has no ${path.join(' > ')}`);
    items = Array.isArray(item.submenu) ? item.submenu : [];
  }
  if (item?.click !== undefined) {
    (item.click as () => void)();
    return;
  }
  const role = ROLES[item?.role ?? ''];
  if (role === undefined)
    throw new Error(`the shim of Electron cannot do the role ${item?.role ?? '(none)'}`);
  role();
}
