import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { chromium } from 'playwright-core';

/** Chromium of this run, with a profile below the app's own folder, no network, and an address for the test to join. */
export class Chromium {
  readonly context: BrowserContext;
  /** `http://127.0.0.1:<port>` of the browser's debugging server. */
  readonly address: string;

  private constructor(context: BrowserContext, address: string) {
    this.context = context;
    this.address = address;
  }

  static async launch(userData: string): Promise<Chromium> {
    const profile = join(userData, 'chromium');
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: '/usr/bin/chromium',
      locale: process.env['LEME_SHIM_LOCALE'] ?? 'en-US',
      viewport: { width: 1440, height: 900 },
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1',
        '--remote-debugging-port=0',
      ],
    });
    const file = join(profile, 'DevToolsActivePort');
    while (!existsSync(file) || !readFileSync(file, 'utf8').includes('\n'))
      await new Promise((resolve) => void setTimeout(resolve, 20));
    const [port] = readFileSync(file, 'utf8').split('\n');
    return new Chromium(context, `http://127.0.0.1:${port}`);
  }
}
