import type { Session, WebContents } from 'electron';
import { strict } from './strict.ts';

type RequestHandler = Parameters<Session['setPermissionRequestHandler']>[0];
type CheckHandler = Parameters<Session['setPermissionCheckHandler']>[0];

/** Some of what a page may ask for, by Electron's names. */
const PERMISSIONS = [
  'clipboard-read',
  'clipboard-sanitized-write',
  'geolocation',
  'media',
  'notifications',
  'fullscreen',
  'openExternal',
  'midi',
  'hid',
  'serial',
  'usb',
] as const;

let onRequest: RequestHandler = null;
let onCheck: CheckHandler = null;

export const session = strict('session', {
  defaultSession: strict('Session', {
    setPermissionRequestHandler: (handler: RequestHandler): void => void (onRequest = handler),
    setPermissionCheckHandler: (handler: CheckHandler): void => void (onCheck = handler),
  } satisfies Pick<Session, 'setPermissionRequestHandler' | 'setPermissionCheckHandler'>),
});

/** What the program answers to each permission, asked and checked; without a handler Electron grants. */
export function permissions(): Record<string, { asked: boolean; checked: boolean }> {
  return Object.fromEntries(
    PERMISSIONS.map((permission) => {
      let asked = onRequest === null;
      onRequest?.(
        null as unknown as WebContents,
        permission as never,
        (granted) => void (asked = granted),
        {} as never,
      );
      const checked = onCheck === null || onCheck(null, permission as never, 'app://leme', {} as never);
      return [permission, { asked, checked }];
    }),
  );
}
