import type { CustomScheme, Protocol } from 'electron';
import { app } from './app.ts';
import { strict } from './strict.ts';

type Handler = Parameters<Protocol['handle']>[1];

const schemes = new Map<string, CustomScheme>();
const handlers = new Map<string, Handler>();

export const protocol = strict('protocol', {
  registerSchemesAsPrivileged(customSchemes: CustomScheme[]): void {
    if (app.isReady())
      throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready');
    for (const scheme of customSchemes) schemes.set(scheme.scheme, scheme);
  },
  handle(scheme: string, handler: Handler): void {
    // Inside Chromium `app:` is an https origin: without these privileges Electron would give it less.
    const { standard, secure, supportFetchAPI } = schemes.get(scheme)?.privileges ?? {};
    if (scheme !== 'app' || standard !== true || secure !== true || supportFetchAPI !== true)
      throw new Error(`the shim of Electron cannot serve the scheme ${scheme}`);
    handlers.set(scheme, handler);
  },
} satisfies Pick<Protocol, 'registerSchemesAsPrivileged' | 'handle'>);

/** The app's answer; undefined: nobody serves this scheme. */
export async function answerRequest(url: string, method: string): Promise<Response | undefined> {
  const handler = handlers.get(new URL(url).protocol.replace(':', ''));
  return handler?.(new Request(url, { method }));
}
