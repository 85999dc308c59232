/** Chromium has no `app:` scheme without an embedder: pages of Leme live at this origin, which exists nowhere. */
export const ORIGIN = 'https://leme.invalid';
const APP = 'app://leme';

/** Address of Electron's world → address inside Chromium. */
export function toBrowser(url: string): string {
  return url === APP || url.startsWith(`${APP}/`) ? ORIGIN + url.slice(APP.length) : url;
}

/** Address inside Chromium → address as Electron would tell it. */
export function toElectron(url: string): string {
  return url === ORIGIN || url.startsWith(`${ORIGIN}/`) ? APP + url.slice(ORIGIN.length) : url;
}
